package figure

import (
	"context"
	"math/rand/v2"

	"golang.org/x/sync/errgroup"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/record"
)

// mixture is sources and stimuli of contexts without any network: s and x, one block
// per context, sources running on from sample 0.
func (r Request) mixture(contexts []data.Context, samples int) (s, x []analysis.Block) {
	rng := rand.New(rand.NewPCG(r.Seed, 0x6d6978))
	t := 0
	for _, c := range contexts {
		bs := analysis.Block{N: c.Sources, Data: make([]float32, c.Sources*samples)}
		bx := analysis.Block{N: c.Stimuli, Data: make([]float32, c.Stimuli*samples)}
		for i := range samples {
			r.sample(t, c, bs.Row(i), bx.Row(i), rng)
			t++
		}
		s, x = append(s, bs), append(x, bx)
	}
	return s, x
}

// sample writes sources and stimuli of sample t.
func (r Request) sample(t int, c data.Context, s, x []float32, rng *rand.Rand) {
	for j := range s {
		s[j] = r.Sources.At(j, t)
	}
	for i := range x {
		sum := r.Noise * rng.NormFloat64()
		for j, v := range s {
			sum += c.A[i*c.Sources+j] * float64(v)
		}
		x[i] = float32(sum)
	}
}

// condition is one test of the same network under other circumstances.
type condition struct {
	name     string
	sources  *data.Sources
	contexts []data.Context
}

// playConditions plays every condition by itself, at most two at a time.
func (r Request) playConditions(ctx context.Context, conditions []condition) ([]played, error) {
	runs := make([]played, len(conditions))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	for i, c := range conditions {
		g.Go(func() error {
			rec, err := record.Play(ctx, r.File.Network, c.sources, r.test(c.contexts))
			if err == nil {
				runs[i] = cut(rec)
			}
			return err
		})
	}
	return runs, g.Wait()
}
