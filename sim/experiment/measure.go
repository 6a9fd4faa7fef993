package experiment

import (
	"context"
	"math"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
)

// Measure plays a network through the paper's test and gives the numbers by which it
// is known in lists, each the mean over contexts: `contexts`, `late_error`, for two
// sources `clarity_x` and `clarity_y`, and for a population `decoding_r2_z`. A number
// that is not finite is left out.
func Measure(ctx context.Context, n *model.Network, src *data.Sources) (map[string]float64, error) {
	setup := Paper(n, src)
	run, err := setup.Test(ctx)
	if err != nil {
		return nil, err
	}
	numbers := map[string]float64{"contexts": float64(setup.Contexts)}
	keep := func(name string, values []float64) {
		if v := analysis.Describe(values).Mean; !math.IsNaN(v) && !math.IsInf(v, 0) {
			numbers[name] = v
		}
	}
	keep("late_error", analysis.ErrorCourse(run.S, run.Y).PerContext)
	if n.Spec.Dim == 2 {
		keep("clarity_x", analysis.SignalClarity(run.S, run.X).PerContext)
		keep("clarity_y", analysis.SignalClarity(run.S, run.Y).PerContext)
	}
	if z := run.Population(); z != nil {
		decoded, err := analysis.DecodeSources(run.S, z, setup.Contexts/2)
		if err != nil {
			return nil, err
		}
		keep("decoding_r2_z", decoded.R2)
	}
	return numbers, nil
}
