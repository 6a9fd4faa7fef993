package web

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/web/figure"
)

// TestLessonsAreTrue computes every step of every lesson for its shipped model: the
// choice that the lesson calls usual is right, in contexts of several seeds.
func TestLessonsAreTrue(t *testing.T) {
	library, err := modelfile.OpenLibrary(os.DirFS("../trained_models"), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range Lessons {
		f, err := library.Get(l.Model)
		if err != nil {
			t.Fatal(err)
		}
		src, err := data.NewSources(f.Network.Spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		computed := map[string]*figure.Figure{}
		for _, s := range l.Steps {
			for _, seed := range []int{1, 2} {
				key := fmt.Sprint(s.Figure, seed)
				if computed[key] == nil {
					computed[key] = compute(t, l.Model, s.Figure, f, src, url.Values{"seed": {fmt.Sprint(seed)}})
				}
				checkStep(t, l, s, computed[key])
			}
		}
	}
}

func compute(t *testing.T, model, id string, f *modelfile.File, src *data.Sources, query url.Values) *figure.Figure {
	t.Helper()
	entry, ok := figure.Named(id)
	if !ok || entry.Applies(f.Network.Spec) != "" {
		t.Fatalf("%s is no figure of %s", id, model)
	}
	r, err := figure.NewRequest(model, f, src, query)
	if err != nil {
		t.Fatal(err)
	}
	fig, err := entry.Compute(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return fig
}

func checkStep(t *testing.T, l Lesson, s Step, fig *figure.Figure) {
	t.Helper()
	where := l.Slug + ", " + s.Title
	for _, id := range s.Panels {
		if !slices.ContainsFunc(fig.Panels, func(p figure.Panel) bool { return p.ID == id && p.Why == "" }) {
			t.Errorf("%s: %s has no panel %s", where, s.Figure, id)
		}
	}
	value, ok := fig.Numbers[s.Number]
	if !ok {
		t.Fatalf("%s: %s has no number %s", where, s.Figure, s.Number)
	}
	if s.Over != "" {
		by, ok := fig.Numbers[s.Over]
		if !ok {
			t.Fatalf("%s: %s has no number %s", where, s.Figure, s.Over)
		}
		value /= by
	}
	if right := s.right(float64(value)); right != s.Usual {
		t.Errorf("%s: %g makes choice %d right, the lesson says %d", where, value, right, s.Usual)
	}
}

// right is the choice that a value makes right; -1 for one that is no number.
func (s Step) right(value float64) int {
	for i, c := range s.Choices {
		if value < c.Below {
			return i
		}
	}
	return -1
}
