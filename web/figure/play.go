package figure

import (
	"context"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/record"
)

// contexts draws n of the model's own family; `purpose` keeps draws for different
// ends apart.
func (r Request) contexts(n int, purpose uint64) ([]data.Context, error) {
	sp := r.spec()
	c, err := data.NewContexts(sp.Mixing, sp.Dim, sp.Dim, sp.Threshold, r.Seed+purpose<<56)
	if err != nil {
		return nil, err
	}
	return c.Take(n)
}

// Purposes of contexts drawn.
const (
	forTest uint64 = iota
	forComponents
	forTurns
	forReturn
	forGrid
)

// test is the published test: the request's contexts one after the other.
func (r Request) test(contexts []data.Context) record.Protocol {
	p := record.Test(contexts, r.Samples)
	p.Noise, p.Seed = r.Noise, r.Seed
	return p
}

// played is a recording cut into contexts.
type played struct {
	*record.Recording
	s, x, y []analysis.Block
	spans   []record.Span
}

func (r Request) play(ctx context.Context, p record.Protocol) (played, error) {
	rec, err := record.Play(ctx, r.File.Network, r.Sources, p)
	if err != nil {
		return played{}, err
	}
	return cut(rec), nil
}

// cut takes every phase as a context, one that begins frozen with what follows.
// testRun draws the request's contexts and plays the published test in them.
func (r Request) testRun(ctx context.Context) ([]data.Context, played, error) {
	contexts, err := r.contexts(r.Contexts, forTest)
	if err != nil {
		return nil, played{}, err
	}
	run, err := r.play(ctx, r.test(contexts))
	return contexts, run, err
}

func cut(rec *record.Recording) played {
	p := played{Recording: rec}
	for i, span := range rec.Spans {
		if i > 0 && rec.Spans[i-1].Frozen && !span.Frozen {
			p.spans[len(p.spans)-1].To = span.To // the same context, feedback restored
			continue
		}
		p.spans = append(p.spans, span)
	}
	p.s, p.x, p.y = p.blocks("s"), p.blocks("x"), p.blocks("y")
	return p
}

// blocks cuts a signal into contexts; nil when the model has none of that name.
func (p played) blocks(name string) []analysis.Block {
	signal := p.Signal(name)
	if signal == nil {
		return nil
	}
	whole := analysis.Block{N: signal.Width, Data: signal.Data}
	var b []analysis.Block
	for _, s := range p.spans {
		b = append(b, whole.Slice(s.From, s.To))
	}
	return b
}

// inverses are W* of each context.
func (p played) inverses() [][]float64 {
	var w [][]float64
	for _, s := range p.spans {
		w = append(w, s.Context.Inverse())
	}
	return w
}

// weights are what the model does to stimuli, (T,S²) per context: the weights of an
// unmixing or modulation network, the effective weights of a spatial one. Other
// models have none, and why says so.
func (r Request) weights(p played) (w []analysis.Block, kind, why string) {
	if w = p.blocks("w"); w != nil {
		return w, "weights W", ""
	}
	params := r.File.Network.Params
	wx, wro, m := params.Tensor("W_x"), params.Tensor("W_ro"), p.blocks("m")
	if wx == nil || wro == nil || m == nil {
		if r.spec().Model == "dale" {
			return nil, "", "The Dalean network rectifies twice between stimuli and outputs, so that what it does to a stimulus depends on the stimulus: there are no weights to compare with the inverse."
		}
		return nil, "", "The LSTM's readout is the output: no weights lie between stimuli and outputs that could be compared with the inverse."
	}
	for _, b := range m {
		w = append(w, analysis.EffectiveWeights(b, wx.Data, wro.Data, r.spec().Dim))
	}
	return w, "effective weights W_ro diag(m) W_x", ""
}
