package record

import (
	"context"
	"math/rand/v2"
	"runtime"

	"golang.org/x/sync/errgroup"

	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
)

// checkEvery is how many samples pass before a cancelled context is noticed.
const checkEvery = 256

// gainSource is the generator of a Dalean network's first gain.
func gainSource(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6761696e)) }

// Play runs one protocol, states carried from phase to phase. It ends early, with
// the context's error, when ctx is cancelled.
func Play(ctx context.Context, n *model.Network, src *data.Sources, p Protocol) (*Recording, error) {
	r, err := newRecorder(n, src, 1, p.Hidden)
	if err != nil {
		return nil, err
	}
	recs, err := r.play(ctx, []Protocol{p})
	if err != nil {
		return nil, err
	}
	return recs[0], nil
}

// PlayAll runs independent protocols, kernel.Lanes of them side by side, on all
// cores. Each recording is what Play gives, up to the rounding of other sums.
func PlayAll(ctx context.Context, n *model.Network, src *data.Sources, ps []Protocol) ([]*Recording, error) {
	if len(ps) < kernel.Lanes/4 {
		return playEach(ctx, n, src, ps)
	}
	out := make([]*Recording, len(ps))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for from := 0; from < len(ps); from += kernel.Lanes {
		part := ps[from:min(from+kernel.Lanes, len(ps))]
		work.Go(func() error {
			r, err := newRecorder(n, src, kernel.Lanes, part[0].Hidden)
			if err != nil {
				return err
			}
			recs, err := r.play(ctx, part)
			copy(out[from:], recs)
			return err
		})
	}
	return out, work.Wait()
}

// playEach runs a few protocols one by one, on all cores.
func playEach(ctx context.Context, n *model.Network, src *data.Sources, ps []Protocol) ([]*Recording, error) {
	out := make([]*Recording, len(ps))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range ps {
		work.Go(func() (err error) {
			out[i], err = Play(ctx, n, src, p)
			return err
		})
	}
	return out, work.Wait()
}

// play runs one protocol per lane, until the longest is over.
func (r *recorder) play(ctx context.Context, ps []Protocol) ([]*Recording, error) {
	recs, longest := make([]*Recording, len(ps)), 0
	for i, p := range ps {
		recs[i] = r.recording(p.Samples())
		r.lanes[i].out = recs[i]
		r.begin(i, p.Seed, p.FirstSample, p.Noise)
		longest = max(longest, recs[i].Samples)
	}
	for t := range longest {
		if t%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for i, p := range ps {
			r.enterPhase(i, p, t)
		}
		r.advance(t)
	}
	return recs, nil
}

// enterPhase begins the phases of a lane that begin at sample t.
func (r *recorder) enterPhase(i int, p Protocol, t int) {
	rec := r.lanes[i].out
	for k := len(rec.Spans); k < len(p.Phases); k++ {
		from := 0
		if k > 0 {
			from = rec.Spans[k-1].To
		}
		if from != t {
			return
		}
		rec.Spans = append(rec.Spans, Span{from, from + p.Phases[k].Samples, p.Phases[k].Context, p.Phases[k].Frozen})
		if p.Phases[k].Samples > 0 {
			r.enter(i, p.Phases[k])
		}
	}
}
