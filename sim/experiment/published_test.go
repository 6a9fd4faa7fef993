package experiment

import (
	"math"
	"os"
	"testing"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/reference"
)

// The reference folder keeps wide populations every 50th sample only; what was
// computed from all of them is compared here with a replay of the same contexts,
// which differs from the original by the rounding of 20,000 chained samples.
func TestPopulationsOfThePublishedTestGiveThePublishedNumbers(t *testing.T) {
	for _, p := range reference.Trained(t) {
		a := reference.Open(t, p.Archive)
		if !a.Has("clarity/z") {
			continue
		}
		t.Run(p.Archive, func(t *testing.T) {
			t.Parallel()
			run := replay(t, a, p.Torch)
			z := run.Population()
			c := analysis.SignalClarity(run.S, z)
			agree(t, a, "clarity/z", c.PerContext, 1e-5)
			agree(t, a, "clarity_unit/z", c.PerUnit, 1e-5)
			d, err := analysis.DecodeSources(run.S, z, 10)
			if err != nil {
				t.Fatal(err)
			}
			agree(t, a, "decoding_r2/z", d.R2, 1e-5)
			pca, ok := analysis.Principal(z, 3, true)
			if !ok {
				t.Fatal("no components")
			}
			agree(t, a, "pca/explained_variance_ratio", pca.Ratio, 1e-5)
			agree(t, a, "pca/mean", pca.Mean, 1e-5)
			agree(t, a, "pca/components", pca.Components.RawMatrix().Data, 1e-5)
		})
	}
}

// replay plays a published network through the contexts of its archive, without noise.
func replay(t *testing.T, a *reference.Archive, torch string) Run {
	t.Helper()
	b, err := os.ReadFile(torch)
	if err != nil {
		t.Fatal(err)
	}
	f, err := modelfile.Import(torch, b)
	if err != nil {
		t.Fatal(err)
	}
	_, mixing := a.Float64("A")
	var contexts []data.Context
	for ; len(mixing) > 0; mixing = mixing[4:] {
		contexts = append(contexts, data.Context{Stimuli: 2, Sources: 2, A: mixing[:4]})
	}
	s := paper(t, f.Network)
	s.Noise = 0
	run, err := s.In(t.Context(), contexts)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func agree(t *testing.T, a *reference.Archive, name string, got []float64, tolerance float64) {
	t.Helper()
	_, want := a.Float64(name)
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	worst := 0.0
	for i := range got {
		worst = math.Max(worst, math.Abs(got[i]-want[i]))
	}
	t.Logf("%s: within %.1e", name, worst)
	if !(worst <= tolerance) {
		t.Errorf("%s differs by %.2g from the published", name, worst)
	}
}
