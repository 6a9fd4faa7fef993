// Package live plays a network for one client, who controls it by commands and is
// shown frames and the session's state. It knows no connection: commands come in on a
// channel, and what is to be shown goes to a function.
package live

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"unmixlab/server/hub"
	"unmixlab/server/wire"
	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/model"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
)

const (
	frameEvery   = time.Second / 30
	defaultSpeed = 1000 // samples a second
)

// Session is one live simulation as its client has set it up. It belongs to one
// goroutine.
type Session struct {
	net      *model.Network
	src      *data.Sources
	sp       spec.Spec // the network's, with the sources of the moment
	player   *record.Player
	contexts *data.Contexts
	names    []string // signals sent
	owed     float64  // samples due that the last frame left over

	fit       Fit
	component *experiment.Component // nil until it is there, or where there is none

	state
}

// Fit gives the first principal component of the population that is played, or nil
// where there is none. It takes its time.
type Fit func(context.Context) *experiment.Component

// state is what a client is told of its session.
type state struct {
	Playing     bool            `json:"playing"`
	Frozen      bool            `json:"frozen"`
	Context     wire.Context    `json:"context"`
	Sample      int             `json:"sample"`
	Speed       float64         `json:"speed"`
	Noise       float64         `json:"noise"`
	Seed        uint64          `json:"seed"`
	Clamps      map[int]float32 `json:"clamps"`
	Sources     string          `json:"sources"`
	Frequencies []float64       `json:"frequencies"`
	Signals     []string        `json:"signals"`
}

// New is a session at the beginning of the network's own seed; fit is asked once it
// runs, and may be nil.
func New(net *model.Network, src *data.Sources, fit Fit) (*Session, error) {
	s := &Session{net: net, src: src, sp: net.Spec, names: wire.Shown, fit: fit}
	s.Speed, s.Noise = defaultSpeed, net.Spec.Noise
	s.Seed = net.Spec.Seed
	return s, s.begin()
}

// begin starts anew from the seed: the first context, no feedback frozen or clamped.
func (s *Session) begin() error {
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
func (s *Session) next() error {
	c, err := s.contexts.Next()
	if err != nil {
		return err
	}
	s.setContext(c)
	return nil
}

func (s *Session) setContext(c data.Context) {
	s.player.SetContext(c)
	s.Context = wire.NewContext(c, s.Sample, s.Sample)
}

// apply does what a command asks for. A step's frame is returned.
func (s *Session) apply(c Command) (hub.Group, error) {
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

func (s *Session) clamp(signal int, value *float32) {
	s.player.Clamp(signal, value)
	if value == nil {
		delete(s.Clamps, signal)
	} else {
		s.Clamps[signal] = *value
	}
}

// setSources starts anew with other sources for the same network.
func (s *Session) setSources(c Command) error {
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
func (s *Session) tick() hub.Group {
	s.owed += s.Speed * frameEvery.Seconds()
	n := math.Floor(s.owed)
	s.owed -= n
	return s.advance(int(n))
}

// advance goes on by n samples and gives their signals' frames.
func (s *Session) advance(n int) hub.Group {
	first := s.Sample
	rec := s.player.Advance(n)
	s.Sample += n
	_, frames := wire.Frames(rec, first, s.names)
	if s.component != nil && slices.Contains(s.names, "pc1") {
		z := rec.Signal(s.component.Signal)
		scores := s.component.Scores(analysis.Block{N: z.Width, Data: z.Data}, 0)
		frames = append(frames, wire.Frame("pc1", first, 1, narrow(scores)))
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

// stateNow is the session as its client is told of it.
func (s *Session) stateNow() state {
	s.Sources, s.Frequencies, s.Signals = s.sp.Sources, s.sp.Frequencies, s.names
	return s.state
}

// hello is what a client learns of a session's network at the beginning.
type hello struct {
	Model    string         `json:"model"`
	Spec     spec.Spec      `json:"spec"`
	Widths   map[string]int `json:"widths"` // by signal
	Feedback int            `json:"feedback"`
	Speeds   [2]float64     `json:"speeds"` // the lowest and the highest
	State    state          `json:"state"`
}

// Hello says what the session is: its model, the signals it has with their widths,
// and its state. The widths are those of a sample played by another player.
func (s *Session) Hello() hub.Group {
	probe := *s
	widths := map[string]int{}
	if err := probe.begin(); err == nil {
		rec := probe.player.Advance(1)
		for _, name := range wire.Signals {
			if signal := rec.Signal(name); signal != nil {
				widths[name] = signal.Width
			}
		}
	}
	sp := s.net.Spec
	return hub.Group{
		wire.Hello(hello{sp.Model, sp, widths, sp.Outputs(), [2]float64{minSpeed, maxSpeed}, s.stateNow()}),
		wire.State(s.stateNow()),
	}
}

// Parse reads a command for the session; another goroutine may call it while the
// session runs. See ParseCommand.
func (s *Session) Parse(b []byte) (Command, error) { return ParseCommand(b, s.net.Spec) }

// Run plays until its context ends: commands as they come, frames to show under the
// key "frame", the state under "state" and refusals under "error".
func (s *Session) Run(ctx context.Context, commands <-chan Command, show func(key string, g hub.Group)) {
	ticker := time.NewTicker(frameEvery)
	defer ticker.Stop()
	fitted := make(chan *experiment.Component, 1)
	var fitting sync.WaitGroup
	defer fitting.Wait()
	if s.fit != nil {
		fitting.Go(func() { fitted <- s.fit(ctx) })
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
				show("error", hub.Group{wire.Refused(err)})
				continue
			}
			if frames != nil {
				show("frame", frames)
			}
			show("state", hub.Group{wire.State(s.stateNow())})
		}
	}
}
