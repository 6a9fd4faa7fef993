package record

import (
	"math"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// Player plays one row of a network as long as one likes, with contexts, noise and
// interventions changed in between. It belongs to one goroutine.
type Player struct {
	r       *recorder
	seed    uint64
	current Phase
	course  course
}

// NewPlayer starts at sample 0 of the sources, states at zero. Set a context before
// the first Advance.
func NewPlayer(n *model.Network, src *data.Sources, seed uint64) (*Player, error) {
	r, err := newRecorder(n, src, 1, false)
	if err != nil {
		return nil, err
	}
	r.begin(0, seed, 0, 0)
	return &Player{r: r, seed: seed}, nil
}

// Fork is a second player that stands where this one does: the same states, place in
// the sources, noise to come, contexts and interventions. From then on each goes its way.
func (p *Player) Fork() *Player {
	f := *p
	f.r = p.r.fork(p.r.group.Net)
	return &f
}

// Beside plays another network, states at zero and with no interventions, on the
// samples that this one is about to play: the same sources, contexts and noise.
func (p *Player) Beside(n *model.Network) (*Player, error) {
	if n.Spec.Dim != p.r.group.Net.Spec.Dim {
		return nil, spec.FieldError{Field: "model", Message: "separates another number of sources than the network it is to play beside"}
	}
	r, err := newRecorder(n, p.r.src, 1, false)
	if err != nil {
		return nil, err
	}
	r.begin(0, p.seed, 0, 0)
	now, out := r.lanes[0].now, r.lanes[0].out
	r.lanes[0] = p.r.lanes[0]
	r.lanes[0].now, r.lanes[0].out = now, out
	b := &Player{r: r, seed: p.seed, course: p.course}
	b.setContext(p.current.Context)
	return b, nil
}

// SetContext mixes the sources in another way from the next sample on, and ends a course.
func (p *Player) SetContext(c data.Context) {
	p.course = course{}
	p.setContext(c)
}

func (p *Player) setContext(c data.Context) {
	p.current.Context = c
	p.r.setContext(0, c)
}

// Context is that of the last sample played, or the one set since.
func (p *Player) Context() data.Context { return p.current.Context }

// Hold freezes the modulation by degrees: a share of it from 0 to 1 stays from sample to
// sample. At 1 it is frozen; the LSTM runs on unseen.
func (p *Player) Hold(share float64) {
	p.current.Frozen = share > 0
	p.r.group.Hold(0, float32(share))
}

// SetNoise sets the sd of the noise on stimuli.
func (p *Player) SetNoise(sd float64) { p.r.lanes[0].noise = float32(sd) }

// Swap has the sources come in reverse order, or in their own.
func (p *Player) Swap(swapped bool) { p.r.lanes[0].swapped = swapped }

// Clamp holds feedback signal j at a value (0 is a lesion); nil lets it go. A signal
// that the network does not have is left alone.
func (p *Player) Clamp(signal int, value *float32) {
	if signal < 0 || signal >= p.r.group.Net.Spec.Outputs() {
		return
	}
	v := float32(math.NaN())
	if value != nil {
		v = *value
	}
	p.r.group.Clamp(signal, v)
}

// Silence holds the gains of these units at 0 and lets all others go.
func (p *Player) Silence(units []int) { p.r.group.Silence(units) }

// SetTau goes on with another time constant of the modulation, states as they are.
func (p *Player) SetTau(tau float64) {
	if n := p.r.group.Net; n.Spec.Tau != tau {
		p.r = p.r.fork(n.WithTau(tau))
	}
}

// Advance goes on by some samples and gives their recording. Its span is in the context
// of the last of them.
func (p *Player) Advance(samples int) *Recording {
	rec := p.r.recording(samples)
	p.r.lanes[0].out = rec
	for t := range samples {
		if c, moves := p.course.next(); moves {
			p.setContext(c)
		}
		p.r.advance(t)
	}
	rec.Spans = []Span{{0, samples, p.current.Context, p.current.Frozen}}
	return rec
}
