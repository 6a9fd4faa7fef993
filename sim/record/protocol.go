// Package record plays networks through protocols and keeps what they did: sources,
// stimuli, outputs, feedback and populations, sample by sample.
//
// Letters: T samples, S sources, N width of a signal, L lanes. Every signal is (T,N),
// row-major float32.
package record

import (
	"unmixlab/sim/data"
	"unmixlab/sim/spec"
)

// Phase is a stretch of one context, with feedback at work or held as it was.
type Phase struct {
	Context data.Context
	Samples int
	Frozen  bool
}

// Protocol is a list of phases. States begin at zero and are carried from phase to
// phase; sources run on from FirstSample.
type Protocol struct {
	Phases      []Phase
	Noise       float64 // sd of the noise on stimuli
	Seed        uint64  // of the noise and of a Dalean network's first gain
	FirstSample int
	Hidden      bool // keep the LSTM's hidden state "h" as well
}

// Samples is the length of all phases.
func (p Protocol) Samples() int {
	n := 0
	for _, ph := range p.Phases {
		n += ph.Samples
	}
	return n
}

// Test is the published test: contexts one after the other, feedback always at work.
func Test(contexts []data.Context, samples int) Protocol {
	return FreezeTest(contexts, samples, len(contexts), 0)
}

// FreezeTest holds the modulation during the first `frozen` samples of every context
// from index `from` on, while the LSTM runs on unseen; published: 500 of 1000.
func FreezeTest(contexts []data.Context, samples, from, frozen int) Protocol {
	frozen = min(frozen, samples)
	var p Protocol
	for i, c := range contexts {
		if i >= from && frozen > 0 {
			p.Phases = append(p.Phases, Phase{c, frozen, true})
			if frozen < samples {
				p.Phases = append(p.Phases, Phase{c, samples - frozen, false})
			}
			continue
		}
		p.Phases = append(p.Phases, Phase{c, samples, false})
	}
	return p
}

// Span is a phase's place in a recording: samples From to To, To excluded.
type Span struct {
	From, To int
	Context  data.Context
	Frozen   bool
}

// Signal is one named quantity, (T,Width) row-major.
type Signal struct {
	Name  string
	Width int
	Data  []float32
}

// Recording is what a network did in one protocol. Signals are "s", "x", "y" and "l"
// (feedback signals), then the model's own: "w" weights (S*S); "m", "z"; for a Dalean
// network "m", "p", "z_L", "z_H".
type Recording struct {
	Spec    spec.Spec
	Samples int
	Spans   []Span // the phases in order
	Signals []Signal
}

// Signal finds a signal by name; nil when it was not recorded.
func (r *Recording) Signal(name string) *Signal {
	for i := range r.Signals {
		if r.Signals[i].Name == name {
			return &r.Signals[i]
		}
	}
	return nil
}

// Contexts are the spans joined where the context stays the same.
func (r *Recording) Contexts() []Span {
	var out []Span
	for _, s := range r.Spans {
		if n := len(out); n > 0 && same(out[n-1].Context, s.Context) {
			out[n-1].To = s.To
			out[n-1].Frozen = out[n-1].Frozen || s.Frozen
			continue
		}
		out = append(out, s)
	}
	return out
}

func same(a, b data.Context) bool {
	if len(a.A) != len(b.A) || a.Stimuli != b.Stimuli {
		return false
	}
	for i := range a.A {
		if a.A[i] != b.A[i] {
			return false
		}
	}
	return true
}
