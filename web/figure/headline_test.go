package figure

import (
	"context"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
)

func TestMeasureOfClosedForm(t *testing.T) {
	f, err := modelfile.Ideal()
	if err != nil {
		t.Fatal(err)
	}
	src, err := data.NewSources(f.Network.Spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := *f
	if err := Measure(context.Background(), &g, src); err != nil {
		t.Fatal(err)
	}
	n := g.Provenance.Numbers
	if n["clarity_y"] < 0.97 || n["late_error"] > 0.02 || n["decoding_r2_z"] < 0.99 || n["clarity_x"] > 0.7 {
		t.Errorf("closed-form feedback measures %v", n)
	}
}
