// Package live plays a network for one client, who controls it by commands and is
// shown frames and the session's state. A twin may play beside it on the same samples.
// It knows no connection: commands come in on a channel, and what is to be shown goes to
// a function.
package live

import (
	"math"
	"slices"
	"time"

	"unmixlab/server/hub"
	"unmixlab/server/wire"
	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
)

const (
	frameEvery   = time.Second / 30
	defaultSpeed = 1000 // samples a second
	wideRows     = 600  // a second that are sent of wide signals, and as many of a step
	contextTakes = 1000 // samples, as in the paper's test
)

// Session is one live simulation as its client has set it up. It belongs to one
// goroutine.
type Session struct {
	guest    Guest
	invite   Invite
	own, src *data.Sources // those it began with, and those of the moment
	sp       spec.Spec     // the network's, with the sources of the moment
	sides    []side        // the network, and its twin if there is one
	contexts *data.Contexts
	drawn    int     // contexts drawn since the beginning
	opening  opening // what sample 0 was played with
	names    []string
	owed     float64 // samples due that the last frame left over

	state
}

// opening is how a session began.
type opening struct {
	context data.Context
	drawn   int // contexts drawn by then
}

// New is a session at the beginning of the network's own seed, on the sources src. The
// guest's fit is asked once the session runs; invite finds models for twins.
func New(g Guest, src *data.Sources, invite Invite) (*Session, error) {
	s := &Session{guest: g, invite: invite, own: src, src: src, sp: g.Network.Spec, names: wire.Shown}
	s.settings = fresh(s.sp)
	return s, s.begin()
}

// begin starts anew from the seed, with the settings as they are: the first context,
// states at zero, the twin beside it.
func (s *Session) begin() error {
	player, err := record.NewPlayer(s.guest.Network, s.src, s.Seed)
	if err != nil {
		return err
	}
	contexts, err := data.ContextsOf(s.sp, s.Seed)
	if err != nil {
		return err
	}
	own := &axis{fit: s.guest.Fit}
	if len(s.sides) > 0 {
		own = s.sides[0].axis
	}
	s.sides, s.contexts, s.drawn, s.Sample, s.owed = []side{{player, own}}, contexts, 0, 0, 0
	s.impose()
	if err := s.next(); err != nil {
		return err
	}
	return s.join()
}

// impose has the network's player do what the settings say.
func (s *Session) impose() {
	p := s.sides[0].player
	p.SetTau(s.Tau)
	p.SetNoise(s.Noise)
	p.Swap(s.Swapped)
	p.Hold(s.Hold)
	p.Silence(s.Silenced)
	for signal, v := range s.Clamps {
		p.Clamp(signal, &v)
	}
}

// reset starts anew from the seed with nothing done to the feedback. A twin that was
// frozen ends with the moment that it kept.
func (s *Session) reset() error {
	f := fresh(s.sp)
	s.Hold, s.Clamps, s.Silenced, s.Tau, s.Swapped = 0, f.Clamps, f.Silenced, f.Tau, false
	if s.Twin != nil && s.Twin.Kind == twinFrozen {
		s.Twin = nil
	}
	return s.begin()
}

// rewind starts anew as the session began, with the settings of now.
func (s *Session) rewind() error {
	if s.Sample == 0 {
		return nil
	}
	was := s.opening
	if err := s.begin(); err != nil {
		return err
	}
	for s.drawn < was.drawn {
		if err := s.next(); err != nil {
			return err
		}
	}
	s.setContext(was.context)
	return nil
}

// enter starts anew as a scene says. One that cannot be leaves the session as it was.
func (s *Session) enter(sc scene) (err error) {
	was := *s
	defer func() {
		if err != nil {
			*s = was
		}
	}()
	s.sp, s.src, s.Twin, s.settings, s.Playing = s.guest.Network.Spec, s.own, nil, sc.settings, sc.playing
	if err := s.setSources(sc.tones); err != nil {
		return err
	}
	if sc.twin != nil {
		if s.Twin, err = s.find(*sc.twin); err != nil {
			return err
		}
	}
	if err := s.begin(); err != nil {
		return err
	}
	if sc.place != nil {
		s.setContext(sc.place.context())
	}
	return nil
}

// setSources has the session begin with other sources the next time; without a kind they
// are its own again.
func (s *Session) setSources(t tones) error {
	if t.kind == "" {
		s.sp, s.src = s.guest.Network.Spec, s.own
		return nil
	}
	sp, err := t.of(s.sp)
	if err != nil {
		return err
	}
	src, err := data.NewSources(sp, nil)
	if err != nil {
		return err
	}
	s.sp, s.src = sp, src
	return nil
}

// next draws a fresh context.
func (s *Session) next() error {
	c, err := s.contexts.Next()
	if err != nil {
		return err
	}
	s.drawn++
	s.setContext(c)
	return nil
}

func (s *Session) setContext(c data.Context) {
	for _, side := range s.sides {
		side.player.SetContext(c)
	}
	s.Context = wire.NewContext(c, s.Sample, s.Sample)
}

// follow goes to the points one after the other, in so many samples each.
func (s *Session) follow(points []point, samples int) {
	legs := make([]record.Leg, len(points))
	for i, p := range points {
		legs[i] = record.Leg{To: p.context(), Samples: samples}
	}
	for _, side := range s.sides {
		side.player.Follow(legs...)
	}
}

// tick is the frame that is due after frameEvery has passed.
func (s *Session) tick() hub.Group {
	s.owed += s.Speed * frameEvery.Seconds()
	n := math.Floor(s.owed)
	s.owed -= n
	return s.advance(int(n), int(math.Ceil(s.Speed/wideRows)))
}

// step plays some samples of a session that rests.
func (s *Session) step(samples int) hub.Group {
	s.Playing = false
	return s.advance(samples, (samples+wideRows-1)/wideRows)
}

// stepContext plays to the end of the way under way, or the whole of a fresh context.
func (s *Session) stepContext() (hub.Group, error) {
	if leg, ok := s.sides[0].player.Course(); ok {
		return s.step(min(leg.Samples, maxStep)), nil
	}
	if err := s.next(); err != nil {
		return nil, err
	}
	return s.step(contextTakes), nil
}

// advance goes on by n samples and gives the frame with the signals of all sides, of
// wide ones every so many samples; nil where nothing of them is wanted.
func (s *Session) advance(n, stride int) hub.Group {
	if s.Sample == 0 {
		s.opening = opening{s.sides[0].player.Context(), s.drawn}
	}
	_, moves := s.sides[0].player.Course()
	var blocks []wire.Block
	for i, side := range s.sides {
		at := wire.Place{Side: i, First: s.Sample, Stride: stride}
		blocks = append(blocks, side.blocks(n, at, s.names)...)
	}
	s.Sample += n
	if moves {
		s.Context = wire.NewContext(s.sides[0].player.Context(), s.Sample, s.Sample)
	}
	if blocks == nil {
		return nil
	}
	return hub.Group{wire.Frame(blocks)}
}

// blocks plays n samples and gives those of the wanted signals.
func (s side) blocks(n int, at wire.Place, names []string) []wire.Block {
	rec := s.player.Advance(n)
	blocks := wire.Blocks(rec, at, names)
	if c := s.axis.component; c != nil && n > 0 && slices.Contains(names, "pc1") {
		z := rec.Signal(c.Signal)
		blocks = append(blocks, at.Block("pc1", 1, narrow(c.Scores(analysis.Block{N: z.Width, Data: z.Data}, 0))))
	}
	return blocks
}

func narrow(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}
