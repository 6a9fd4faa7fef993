package app

import (
	"context"
	"math"
	"slices"
	"time"

	"unmixlab/server/hub"
	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
	"unmixlab/web/figure"
)

const (
	frameEvery   = time.Second / 30
	defaultSpeed = 1000 // samples a second
)

// session is one live simulation as its client has set it up. It belongs to one
// goroutine and knows no connection.
type session struct {
	net      *model.Network
	src      *data.Sources
	sp       spec.Spec // the network's, with the sources of the moment
	player   *record.Player
	contexts *data.Contexts
	names    []string // signals sent
	owed     float64  // samples due that the last frame left over

	fit       func(context.Context) *figure.PopulationComponent // takes its time
	component *figure.PopulationComponent                       // nil until it is there, or where there is none

	liveState
}

// liveState is what a client is told of its session.
type liveState struct {
	Playing     bool            `json:"playing"`
	Frozen      bool            `json:"frozen"`
	Context     contextJSON     `json:"context"`
	Sample      int             `json:"sample"`
	Speed       float64         `json:"speed"`
	Noise       float64         `json:"noise"`
	Seed        uint64          `json:"seed"`
	Clamps      map[int]float32 `json:"clamps"`
	Sources     string          `json:"sources"`
	Frequencies []float64       `json:"frequencies"`
	Signals     []string        `json:"signals"`
}

func newSession(net *model.Network, src *data.Sources) (*session, error) {
	s := &session{net: net, src: src, sp: net.Spec, names: shownSignals}
	s.Speed, s.Noise = defaultSpeed, net.Spec.Noise
	s.Seed = net.Spec.Seed
	return s, s.begin()
}

// begin starts anew from the seed: the first context, no feedback frozen or clamped.
func (s *session) begin() error {
	player, err := record.NewPlayer(s.net, s.src, s.Seed)
	if err != nil {
		return err
	}
	contexts, err := data.NewContexts(s.sp.Mixing, s.sp.Dim, s.sp.Dim, s.sp.Threshold, s.Seed)
	if err != nil {
		return err
	}
	s.player, s.contexts = player, contexts
	s.Sample, s.Frozen, s.Clamps = 0, false, map[int]float32{}
	s.player.SetNoise(s.Noise)
	return s.next()
}

// next draws a fresh context.
func (s *session) next() error {
	c, err := s.contexts.Next()
	if err != nil {
		return err
	}
	s.setContext(c)
	return nil
}

func (s *session) setContext(c data.Context) {
	s.player.SetContext(c)
	s.Context = newContextJSON(c, s.Sample, s.Sample)
}

// apply does what a command asks for. A step's frame is returned.
func (s *session) apply(c command) (hub.Group, error) {
	switch c.kind {
	case "play", "pause":
		s.Playing, s.owed = c.kind == "play", 0
	case "step":
		n := c.samples
		if n == 0 {
			n = max(1, int(s.Speed*frameEvery.Seconds()))
		}
		s.Playing = false
		return s.advance(n), nil
	case "next":
		return nil, s.next()
	case "reset":
		return nil, s.begin()
	case "freeze", "unfreeze":
		s.Frozen = c.kind == "freeze"
		s.player.Freeze(s.Frozen)
	case "speed":
		s.Speed = c.speed
	case "context":
		s.setContext(data.Normalised(c.a, c.b))
	case "noise":
		s.Noise = c.sd
		s.player.SetNoise(c.sd)
	case "seed":
		s.Seed = c.seed
		return nil, s.begin()
	case "clamp":
		s.clamp(c.signal, c.value)
	case "signals":
		s.names = c.names
	case "sources":
		return nil, s.setSources(c)
	}
	return nil, nil
}

func (s *session) clamp(signal int, value *float32) {
	s.player.Clamp(signal, value)
	if value == nil {
		delete(s.Clamps, signal)
	} else {
		s.Clamps[signal] = *value
	}
}

// setSources starts anew with other sources for the same network.
func (s *session) setSources(c command) error {
	sp, err := c.withSources(s.sp)
	if err != nil {
		return err
	}
	src, err := data.NewSources(sp, nil)
	if err != nil {
		return err
	}
	s.sp, s.src = sp, src
	return s.begin()
}

// tick is the frame that is due after frameEvery has passed.
func (s *session) tick() hub.Group {
	s.owed += s.Speed * frameEvery.Seconds()
	n := math.Floor(s.owed)
	s.owed -= n
	return s.advance(int(n))
}

// advance goes on by n samples and gives their signals' frames.
func (s *session) advance(n int) hub.Group {
	first := s.Sample
	rec := s.player.Advance(n)
	s.Sample += n
	_, frames := signalFrames(rec, first, s.names)
	if s.component != nil && slices.Contains(s.names, "pc1") {
		z := rec.Signal(s.component.Signal)
		scores := s.component.Scores(analysis.Block{N: z.Width, Data: z.Data}, 0)
		frames = append(frames, frame(signalKinds["pc1"], first, 1, narrow(scores)))
	}
	return frames
}

func narrow(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

// state is the session as its client is told of it.
func (s *session) state() liveState {
	s.Sources, s.Frequencies, s.Signals = s.sp.Sources, s.sp.Frequencies, s.names
	return s.liveState
}

func (s *session) stateMessage() hub.Message {
	return textMessage(struct {
		Type string `json:"type"`
		liveState
	}{"state", s.state()})
}

// run plays until its context ends: commands as they come, frames to show under the
// key "frame", the state under "state" and refusals under "error".
func (s *session) run(ctx context.Context, commands <-chan command, show func(key string, g hub.Group)) {
	ticker := time.NewTicker(frameEvery)
	defer ticker.Stop()
	fitted := make(chan *figure.PopulationComponent, 1)
	if s.fit != nil {
		go func() { fitted <- s.fit(ctx) }()
	}
	for {
		var due <-chan time.Time
		if s.Playing {
			due = ticker.C
		}
		select {
		case <-ctx.Done():
			return
		case s.component = <-fitted:
		case <-due:
			show("frame", s.tick())
		case c := <-commands:
			frames, err := s.apply(c)
			if err != nil {
				show("error", hub.Group{errorMessage(err)})
				continue
			}
			if frames != nil {
				show("frame", frames)
			}
			show("state", hub.Group{s.stateMessage()})
		}
	}
}
