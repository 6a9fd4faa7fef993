package record

import (
	"math"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
)

// Player plays one row of a network as long as one likes, with contexts, noise and
// interventions changed in between. It belongs to one goroutine.
type Player struct {
	r       *recorder
	current Phase
}

// NewPlayer starts at sample 0 of the sources, states at zero. Set a context before
// the first Advance.
func NewPlayer(n *model.Network, src *data.Sources, seed uint64) (*Player, error) {
	r, err := newRecorder(n, src, 1, false)
	if err != nil {
		return nil, err
	}
	r.begin(0, seed, 0, 0)
	return &Player{r: r}, nil
}

// SetContext mixes the sources in another way from the next sample on.
func (p *Player) SetContext(c data.Context) {
	p.current.Context = c
	p.r.setContext(0, c)
}

// Freeze holds the modulation as it is, or lets it go; the LSTM runs on unseen.
func (p *Player) Freeze(frozen bool) {
	p.current.Frozen = frozen
	p.r.group.Freeze(0, frozen)
}

// SetNoise sets the sd of the noise on stimuli.
func (p *Player) SetNoise(sd float64) { p.r.lanes[0].noise = float32(sd) }

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

// Advance goes on by some samples and gives their recording.
func (p *Player) Advance(samples int) *Recording {
	rec := p.r.recording(samples)
	rec.Spans = []Span{{0, samples, p.current.Context, p.current.Frozen}}
	p.r.lanes[0].out = rec
	for t := range samples {
		p.r.advance(t)
	}
	return rec
}
