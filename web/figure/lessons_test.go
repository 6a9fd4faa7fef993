package figure_test

import (
	"fmt"
	"slices"
	"testing"

	"unmixlab/templates"
	"unmixlab/web"
	"unmixlab/web/figure"
)

// TestLessonsAreTrue computes every step of every lesson for its shipped model: the
// choice that the lesson calls right is right, in the contexts of two seeds. It stands
// here, as the figures are those that the acceptance criteria are tested on.
func TestLessonsAreTrue(t *testing.T) {
	t.Parallel()
	lessons, err := web.ReadLessons(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lessons {
		t.Run(l.Slug, func(t *testing.T) {
			t.Parallel()
			for _, s := range l.Steps() {
				for _, seed := range []uint64{l.Seed, l.Seed + 1} {
					query := fmt.Sprintf("seed=%d", seed)
					if s.Figure == "fig1-s1" {
						query += "&batches=300" // of its perceptron, about which no lesson asks
					}
					checkStep(t, l, s, figure.OfShipped(t, s.Figure, s.Model, query))
				}
			}
		})
	}
}

func checkStep(t *testing.T, l web.Lesson, s *web.Step, fig *figure.Figure) {
	t.Helper()
	where := fmt.Sprintf("%s, step %d", l.Slug, s.Index+1)
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
	right := slices.IndexFunc(s.Choices, func(c web.Choice) bool { return float64(value) < c.Below })
	if right != s.Usual {
		t.Errorf("%s, seed %v: %g makes choice %d right, the lesson says %d", where, fig.Params["seed"], value, right, s.Usual)
	}
}
