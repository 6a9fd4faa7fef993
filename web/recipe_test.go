package web

import (
	"slices"
	"testing"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// Cards and settings say by which recipe a network was trained; where that is not known,
// a card says nothing.
func TestTheRecipeIsSaid(t *testing.T) {
	fast := spec.Default(spec.Modulation)
	fast.Window, fast.Schedule = 100, "cosine"
	words := "fast recipe: weights move every 100 samples, cosine rate"
	for _, c := range []struct {
		sp     spec.Spec
		origin string
		want   string
	}{
		{spec.Default(spec.Modulation), modelfile.Trained, "paper's recipe"},
		{fast, modelfile.Trained, words},
		{spec.Default(spec.Modulation), modelfile.Imported, ""},
		{spec.Default(spec.Ideal), modelfile.ClosedForm, ""},
	} {
		if got := NewModelCard("m", false, c.sp, modelfile.Provenance{Origin: c.origin}).Recipe; got != c.want {
			t.Errorf("the card of a network that is %s says %q, want %q", c.origin, got, c.want)
		}
	}
	found := false
	for _, g := range Settings(fast) {
		found = found || slices.ContainsFunc(g.Rows, func(s Setting) bool { return s.Name == "recipe" && s.Value == words && s.Changed })
	}
	if !found {
		t.Error("the settings do not say the recipe")
	}
}
