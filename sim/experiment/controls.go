package experiment

import (
	"context"
	"math/rand/v2"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
)

// Mixture is what a control without feedback is given in place of the network: sources
// (T,S) and stimuli (T,X) of the contexts, sources running on from sample 0 (Fig 1-s1).
func (s Setup) Mixture(contexts []data.Context, samples int) (sources, stimuli []analysis.Block) {
	rng := rand.New(rand.NewPCG(s.Seed, 0x6d6978))
	for k, c := range contexts {
		bs, bx := s.mixed(c, k*samples, samples, rng)
		sources, stimuli = append(sources, bs), append(stimuli, bx)
	}
	return sources, stimuli
}

// mixed is T samples of sources and stimuli of one context, from sample `from` on.
func (s Setup) mixed(c data.Context, from, samples int, rng *rand.Rand) (sources, stimuli analysis.Block) {
	signals := make([][]float32, c.Sources)
	sources = analysis.Block{N: c.Sources, Data: make([]float32, samples*c.Sources)}
	for j := range signals {
		signals[j] = make([]float32, samples)
		for t := range samples {
			signals[j][t] = s.Sources.At(j, from+t)
			sources.Row(t)[j] = signals[j][t]
		}
	}
	x := make([]float64, samples*c.Stimuli)
	data.Mix(x, c.Stimuli, 1, []data.Context{c}, signals, func() float64 { return s.Noise * rng.NormFloat64() })
	stimuli = analysis.Block{N: c.Stimuli, Data: make([]float32, len(x))}
	for i, v := range x {
		stimuli.Data[i] = float32(v)
	}
	return sources, stimuli
}

// perceptronRows is how many contexts a perceptron meets in a batch.
const perceptronRows = 32

// Perceptron trains a feedforward network (2-32-16-8-2 for two sources and a window of
// 1; windows of n samples go in and out at once) on fresh contexts, and gives its
// signal clarity in each of the given ones (Fig 1-s1d to i).
func (s Setup) Perceptron(ctx context.Context, contexts []data.Context, window, batches int) ([]float64, error) {
	sp := s.spec()
	net := analysis.NewPerceptron(s.Seed, window*sp.Dim, 32, 16, 8, window*sp.Dim)
	fresh, err := data.ContextsOf(sp, s.Seed+1)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(s.Seed, 0x6d6c70))
	for range batches {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		drawn, err := fresh.Take(perceptronRows)
		if err != nil {
			return nil, err
		}
		in, target := make([][]float64, len(drawn)), make([][]float64, len(drawn))
		start := rng.IntN(s.Sources.Len())
		for i, c := range drawn {
			bs, bx := s.mixed(c, start, window, rng)
			in[i], target[i] = wide(bx.Data), wide(bs.Data)
		}
		net.Learn(in, target)
	}
	var clarity []float64
	for k, c := range contexts {
		sources, y := s.through(net, c, k*s.Samples, window, rng)
		clarity = append(clarity, analysis.SignalClarity([]analysis.Block{sources}, []analysis.Block{y}).PerContext[0])
	}
	return clarity, nil
}

// through passes a context window by window through the network.
func (s Setup) through(net *analysis.Perceptron, c data.Context, from, window int, rng *rand.Rand) (sources, y analysis.Block) {
	sources, y = analysis.Block{N: c.Sources}, analysis.Block{N: c.Sources}
	for t := 0; t < max(s.Samples, window); t += window {
		bs, bx := s.mixed(c, from+t, window, rng)
		sources.Data = append(sources.Data, bs.Data...)
		for _, v := range net.Forward(wide(bx.Data)) {
			y.Data = append(y.Data, float32(v))
		}
	}
	return sources, y
}

func wide(v []float32) []float64 {
	w := make([]float64, len(v))
	for i, x := range v {
		w[i] = float64(x)
	}
	return w
}
