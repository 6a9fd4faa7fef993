package live

import (
	"context"
	"sync"
	"time"

	"unmixlab/server/hub"
	"unmixlab/server/wire"
	"unmixlab/sim/experiment"
)

// apply does what a command asks for. The frame of a step is returned.
func (s *Session) apply(c Command) (hub.Group, error) {
	own := s.sides[0].player
	switch c.kind {
	case "play", "pause":
		s.Playing, s.owed = c.kind == "play", 0
	case "step":
		switch {
		case c.toContext:
			return s.stepContext()
		case c.samples == 0:
			return s.step(max(1, int(s.Speed*frameEvery.Seconds()))), nil
		}
		return s.step(c.samples), nil
	case "speed":
		s.Speed = c.speed
	case "next":
		return nil, s.next()
	case "context":
		s.setContext(c.points[0].context())
	case "drift", "path":
		s.follow(c.points, c.samples)
	case "signals":
		s.names = c.names
	case "shared":
		s.shared = c.shared
	case "freeze", "unfreeze": // the amount of the latter is 0
		s.Hold = c.amount
		own.Hold(c.amount)
	case "tau":
		s.Tau = s.guest.Network.Spec.Tau
		if c.tau != nil {
			s.Tau = *c.tau
		}
		own.SetTau(s.Tau)
	case "clamp":
		s.clamp(c.signal, c.value)
	case "silence_units":
		s.Silenced = c.units
		own.Silence(c.units)
	default:
		return nil, s.applyToAll(c)
	}
	return nil, nil
}

// applyToAll does what is asked for both sides, or of the whole session.
func (s *Session) applyToAll(c Command) (err error) {
	switch c.kind {
	case "noise":
		s.Noise = c.sd
		for _, side := range s.sides {
			side.player.SetNoise(c.sd)
		}
	case "swap":
		s.Swapped = c.on
		for _, side := range s.sides {
			side.player.Swap(c.on)
		}
	case "reset":
		return s.reset()
	case "rewind":
		return s.rewind()
	case "seed":
		s.Seed = c.seed
		return s.reset()
	case "sources":
		if err := s.setSources(c.tones); err != nil {
			return err
		}
		return s.reset()
	case "scene":
		return s.enter(c.scene)
	case "twin":
		twin, err := s.find(c.twin)
		if err != nil {
			return err
		}
		s.Twin = twin
		return s.join()
	case "untwin":
		s.Twin = nil
		return s.join()
	}
	return nil
}

func (s *Session) clamp(signal int, value *float32) {
	s.sides[0].player.Clamp(signal, value)
	if value == nil {
		delete(s.Clamps, signal)
	} else {
		s.Clamps[signal] = *value
	}
}

// Parse reads a command for the session; another goroutine may call it while the
// session runs. See ParseCommand.
func (s *Session) Parse(b []byte) (Command, error) { return ParseCommand(b, s.guest.Network.Spec) }

// Run plays until its context ends: commands as they come, frames to show under the
// key "frame", the state under "state" and refusals under "error". A command that waits
// is done before the next frame is played.
func (s *Session) Run(ctx context.Context, commands <-chan Command, show func(key string, g hub.Group)) {
	ticker := time.NewTicker(frameEvery)
	defer ticker.Stop()
	fits := fits{ctx: ctx, done: make(chan fitted)}
	defer fits.all.Wait()
	for {
		fits.ask(s.sides)
		var due <-chan time.Time
		if s.Playing {
			due = ticker.C
		}
		select {
		case <-ctx.Done():
			return
		case f := <-fits.done:
			f.axis.component = f.component
		case <-due:
			s.hearAll(commands, show)
			if s.Playing {
				s.showTick(show)
			}
		case c := <-commands:
			s.hear(c, show)
		}
	}
}

// hearAll does the commands that wait.
func (s *Session) hearAll(commands <-chan Command, show func(string, hub.Group)) {
	for {
		select {
		case c := <-commands:
			s.hear(c, show)
		default:
			return
		}
	}
}

// hear does a command and shows what became of it.
func (s *Session) hear(c Command, show func(string, hub.Group)) {
	frame, err := s.apply(c)
	if err != nil {
		show("error", hub.Group{wire.Refused(err)})
		return
	}
	if frame != nil {
		show("frame", frame)
	}
	show("state", hub.Group{wire.State(s.stateNow())})
}

// showTick plays a frame; where the context moves, the state goes with it.
func (s *Session) showTick(show func(string, hub.Group)) {
	_, moved := s.sides[0].player.Course()
	if frame := s.tick(); frame != nil {
		show("frame", frame)
	}
	if moved {
		show("state", hub.Group{wire.State(s.stateNow())})
	}
}

// fits are components being fitted.
type fits struct {
	ctx  context.Context
	done chan fitted
	all  sync.WaitGroup
}

type fitted struct {
	axis      *axis
	component *experiment.Component
}

// ask has the components fitted that no one has asked for.
func (f *fits) ask(sides []side) {
	for _, s := range sides {
		fit := s.axis.fit
		if fit == nil {
			continue
		}
		s.axis.fit = nil
		f.all.Go(func() {
			c := fit(f.ctx)
			select {
			case f.done <- fitted{s.axis, c}:
			case <-f.ctx.Done():
			}
		})
	}
}
