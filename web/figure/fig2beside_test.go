package figure

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// shelf finds the models of a test by their ids.
func shelf(t *testing.T) func(id string) (*modelfile.File, *data.Sources, error) {
	files := map[string]*modelfile.File{
		"slow":    fresh(spec.Modulation, func(s *spec.Spec) { s.Tau = 100 }),
		"blind":   fresh(spec.Modulation, func(s *spec.Spec) { s.Input = "y" }),
		"diffuse": fresh(spec.Spatial, nil),
	}
	return func(id string) (*modelfile.File, *data.Sources, error) {
		f, ok := files[id]
		if !ok {
			return nil, nil, fmt.Errorf("there is no model of this id")
		}
		src, err := data.NewSources(f.Network.Spec, nil)
		return f, src, err
	}
}

func TestFigure2SetsModelsSideBySide(t *testing.T) {
	t.Parallel()
	e, _ := Named("fig2")
	r := request(t, "fast", untrained()["modulation"], small+"&with=slow,+blind")
	r.Find = shelf(t)
	fig, err := e.Compute(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"side-weights", "side-errors", "side-clarity"} {
		found := false
		for _, p := range fig.Panels {
			if p.ID == id {
				found = true
				for _, want := range []string{"fast, τ 1, input xy", "slow, τ 100, input xy", "blind, τ 1, input y"} {
					if !strings.Contains(string(p.Option), want) {
						t.Errorf("panel %s does not name %q", id, want)
					}
				}
			}
		}
		if !found {
			t.Errorf("there is no panel %s", id)
		}
	}
	alone := compute(t, "fig2", untrained()["modulation"], small)
	if len(alone.Panels) != len(fig.Panels)-3 || alone.Numbers["clarity_y"] != fig.Numbers["clarity_y"] {
		t.Error("the figure of the model alone is another than beside others")
	}
}

func TestFigure2RefusesByName(t *testing.T) {
	t.Parallel()
	e, _ := Named("fig2")
	for with, want := range map[string]string{
		"nobody": "nobody", "slow,diffuse": "diffuse", strings.Repeat("slow,", 9): "more than 8",
	} {
		r := request(t, "fast", untrained()["modulation"], small+"&with="+with)
		r.Find = shelf(t)
		_, err := e.Compute(context.Background(), r)
		var fields spec.Errors
		if !errors.As(err, &fields) || fields[0].Field != "with" || !strings.Contains(err.Error(), want) {
			t.Errorf("with=%s: error %v", with, err)
		}
	}
}
