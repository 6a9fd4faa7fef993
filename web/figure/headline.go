package figure

import (
	"context"
	"math"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
)

// Test run of the numbers by which a model is known in lists.
const (
	headlineSeed     = 1
	headlineContexts = 20
	headlineSamples  = 1000
)

// Measure plays a model through 20 test contexts of seed 1 and writes the numbers by
// which it is known in lists to its provenance: `contexts`, `late_error`, for two
// sources `clarity_x` and `clarity_y`, and for a population `decoding_r2_z`, each the
// mean over contexts. A number that is not finite is left out.
func Measure(ctx context.Context, f *modelfile.File, src *data.Sources) error {
	r := Request{File: f, Sources: src, Seed: headlineSeed, Contexts: headlineContexts, Samples: headlineSamples, Noise: f.Network.Spec.Noise}
	_, run, err := r.testRun(ctx)
	if err != nil {
		return err
	}
	numbers := map[string]float64{"contexts": headlineContexts}
	keep := func(name string, values []float64) {
		if v := analysis.Describe(values).Mean; !math.IsNaN(v) && !math.IsInf(v, 0) {
			numbers[name] = v
		}
	}
	keep("late_error", analysis.ErrorCourse(run.s, run.y).PerContext)
	if f.Network.Spec.Dim == 2 {
		keep("clarity_x", analysis.SignalClarity(run.s, run.x).PerContext)
		keep("clarity_y", analysis.SignalClarity(run.s, run.y).PerContext)
	}
	if z := run.blocks(r.population()); z != nil {
		decoded, err := analysis.DecodeSources(run.s, z, headlineContexts/2)
		if err != nil {
			return err
		}
		keep("decoding_r2_z", decoded.R2)
	}
	f.Provenance.Numbers = numbers
	return nil
}
