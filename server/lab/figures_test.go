package lab

import (
	"testing"

	"unmixlab/sim/modelfile"
)

// A population's component is fitted once; a network without a population has none.
func TestComponents(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	l, _ := openLab(t, Config{})
	ideal, src, err := l.OpenModel(ctx, modelfile.IdealID)
	if err != nil {
		t.Fatal(err)
	}
	fit := l.Component(modelfile.IdealID, ideal, src)
	first := fit(ctx)
	if first == nil || first.Signal != "z" {
		t.Fatalf("the component is %+v, want one of z", first)
	}
	if again := fit(ctx); again != first {
		t.Error("asked again it is fitted again")
	}
	saved, err := l.SaveRun(ctx, trained(t, l, tiny(1)).ID, "Weights alone")
	if err != nil {
		t.Fatal(err)
	}
	weights, src, err := l.OpenModel(ctx, saved.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c := l.Component(saved.ID, weights, src)(ctx); c != nil {
		t.Errorf("modulated weights have the component %+v", c)
	}
	l.Close()
	if c := fit(ctx); c != nil {
		t.Errorf("a lab that is closed gave %+v", c)
	}
}

// What is asked for twice is computed once.
func TestAFigureIsKept(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	query := map[string][]string{"contexts": {"3"}, "samples": {"200"}}
	first, err := l.Figure(t.Context(), modelfile.IdealID, "fig1", query)
	if err != nil || first.Params["contexts"] != 3 {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, _ := l.Figure(t.Context(), modelfile.IdealID, "fig1", query); again != first {
		t.Error("asked again it is computed again")
	}
}
