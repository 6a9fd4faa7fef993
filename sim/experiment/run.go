package experiment

import (
	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/record"
)

// Run is a recording cut into its contexts: one block of each signal per context.
type Run struct {
	Spans   []record.Span    // of the contexts; one that begins frozen goes on when it is let go
	S, X, Y []analysis.Block // sources (T,S), stimuli (T,X) and outputs (T,S)

	network   *model.Network
	recording *record.Recording
}

// cut takes every phase as a context, one that begins frozen with what follows.
func cut(n *model.Network, rec *record.Recording) Run {
	r := Run{network: n, recording: rec}
	for i, span := range rec.Spans {
		if i > 0 && rec.Spans[i-1].Frozen && !span.Frozen {
			r.Spans[len(r.Spans)-1].To = span.To // the same context, feedback restored
			continue
		}
		r.Spans = append(r.Spans, span)
	}
	r.S, r.X, r.Y = r.Blocks("s"), r.Blocks("x"), r.Blocks("y")
	return r
}

// Whole is a signal over all contexts, (T,N); its N is 0 where the model has none of
// that name.
func (r Run) Whole(name string) analysis.Block {
	signal := r.recording.Signal(name)
	if signal == nil {
		return analysis.Block{}
	}
	return analysis.Block{N: signal.Width, Data: signal.Data}
}

// Blocks are a signal (T,N) in each context; nil where the model has none of that name.
func (r Run) Blocks(name string) []analysis.Block {
	whole := r.Whole(name)
	if whole.N == 0 {
		return nil
	}
	var b []analysis.Block
	for _, s := range r.Spans {
		b = append(b, whole.Slice(s.From, s.To))
	}
	return b
}

// Contexts are the run's contexts in order.
func (r Run) Contexts() []data.Context {
	var c []data.Context
	for _, s := range r.Spans {
		c = append(c, s.Context)
	}
	return c
}

// At is the number of the context that sample t belongs to.
func (r Run) At(t int) int {
	for c, s := range r.Spans {
		if t < s.To {
			return c
		}
	}
	return len(r.Spans) - 1
}

// Inverses are the ideal weights W* (S,X) of each context, row-major: the inverse of A
// or its pseudo-inverse.
func (r Run) Inverses() [][]float64 {
	var w [][]float64
	for _, s := range r.Spans {
		w = append(w, s.Context.Inverse())
	}
	return w
}

// Unmixed are the outputs (T,S) that W* of each context would make of the stimuli,
// noise included.
func (r Run) Unmixed() []analysis.Block {
	out := make([]analysis.Block, len(r.X))
	for k, w := range r.Inverses() {
		x := r.X[k]
		b := analysis.Block{N: r.S[k].N, Data: make([]float32, r.S[k].N*x.T())}
		for t := range x.T() {
			row := x.Row(t)
			for i := range b.N {
				sum := 0.0
				for j, v := range row {
					sum += w[i*x.N+j] * float64(v)
				}
				b.Row(t)[i] = float32(sum)
			}
		}
		out[k] = b
	}
	return out
}

// Weights are what the network does to stimuli in each context, (T,S²): the weights W
// of an unmixing or modulation network, the effective weights W_ro diag(m) W_x of a
// spatial one. Others have none.
func (r Run) Weights() []analysis.Block {
	if w := r.Blocks("w"); w != nil {
		return w
	}
	wx, wro, m := r.network.Params.Tensor("W_x"), r.network.Params.Tensor("W_ro"), r.Blocks("m")
	if wx == nil || wro == nil {
		return nil
	}
	var w []analysis.Block
	for _, b := range m {
		w = append(w, analysis.EffectiveWeights(b, wx.Data, wro.Data, r.network.Spec.Dim))
	}
	return w
}

// Population is the activity (T,Z) of the middle units in each context; nil for a
// model without them.
func (r Run) Population() []analysis.Block { return r.Blocks(model.Population(r.network.Spec)) }

// Stretch is samples from..to of the sources, the outputs and the population.
func (r Run) Stretch(from, to int) analysis.Stretch {
	of := func(name string) analysis.Block { return r.Whole(name).Slice(from, to) }
	return analysis.Stretch{S: of("s"), Y: of("y"), Z: of(model.Population(r.network.Spec))}
}
