package experiment

import (
	"context"
	"math"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
)

// The test by which a network is measured again and again while it trains: short, and
// the same for all runs on the same sources, whatever their seeds.
const (
	progressContexts = 6
	progressSamples  = 1000 // of a context at most
	angleStride      = 4    // samples between two that a subspace is fitted to
)

// Progress is how far a network has come in a short test; NaN where there is no answer.
type Progress struct {
	LateError float64 // mean ‖s-y‖ over the late halves of contexts
	ClarityX  float64 // of stimuli, the bound from below; two sources only
	ClarityY  float64 // of outputs
	Angle     float64 // larger principal angle, in degrees, between the planes of the population in successive contexts
}

// MeasureProgress plays a network through the short test. It changes nothing of it.
func MeasureProgress(ctx context.Context, n *model.Network, src *data.Sources) (Progress, error) {
	setup := Paper(n, src)
	setup.Contexts, setup.Samples = progressContexts, min(progressSamples, n.Spec.Steps)
	run, err := setup.Test(ctx)
	if err != nil {
		return Progress{}, err
	}
	mean := func(values []float64) float64 { return analysis.Describe(values).Mean }
	p := Progress{LateError: mean(analysis.ErrorCourse(run.S, run.Y).PerContext), ClarityX: math.NaN(), ClarityY: math.NaN(), Angle: math.NaN()}
	if n.Spec.Dim == 2 {
		p.ClarityX = mean(analysis.SignalClarity(run.S, run.X).PerContext)
		p.ClarityY = mean(analysis.SignalClarity(run.S, run.Y).PerContext)
	}
	if z := run.Population(); z != nil {
		p.Angle = mean(angles(z))
	}
	return p, nil
}

// angles are the larger principal angles between the planes of the population's activity
// (T,Z) in successive contexts, from their late halves.
func angles(z []analysis.Block) []float64 {
	var out []float64
	for k := 1; k < len(z); k++ {
		out = append(out, analysis.PrincipalAngles(late(z[k-1]), late(z[k]), 2)[1])
	}
	return out
}

// late are some samples of the late half of a block.
func late(b analysis.Block) analysis.Block {
	out := analysis.Block{N: b.N}
	for t := b.T() / 2; t < b.T(); t += angleStride {
		out.Data = append(out.Data, b.Row(t)...)
	}
	return out
}
