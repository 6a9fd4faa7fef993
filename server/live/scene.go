package live

import (
	"fmt"
	"strconv"

	"unmixlab/sim/spec"
)

// scene is all that a client may set before the first sample; what it leaves out is as
// a session begins.
type scene struct {
	settings
	tones   tones
	place   *point // nil is the seed's first context
	twin    *wish
	playing bool
}

var sceneFields = []string{"seed", "noise", "speed", "hold", "clamps", "silenced", "tau", "swapped", "context", "twin", "playing", "sources", "frequencies"}

// fillScene reads a scene of settings, each under its name in the state.
func (c *Command) fillScene(m message, sp spec.Spec) (err error) {
	s := scene{settings: fresh(sp)}
	for _, field := range []struct {
		name string
		read func() error
	}{
		{"seed", func() error {
			seed, err := m.whole("seed", 0, spec.MaxSeed)
			s.Seed = uint64(seed)
			return err
		}},
		{"noise", func() error { s.Noise, err = m.number("noise", 0, 10); return err }},
		{"speed", func() error { s.Speed, err = m.number("speed", minSpeed, maxSpeed); return err }},
		{"hold", func() error { s.Hold, err = m.number("hold", 0, 1); return err }},
		{"clamps", func() error { s.Clamps, err = m.clamps("clamps", sp); return err }},
		{"silenced", func() error { s.Silenced, err = m.units("silenced", sp); return err }},
		{"tau", func() error {
			tau, err := m.tau("tau", sp)
			if err == nil {
				s.Tau = *tau
			}
			return err
		}},
		{"swapped", func() error { return m.read("swapped", &s.Swapped) }},
		{"context", func() error {
			p, err := m.point("context", sp)
			s.place = &p
			return err
		}},
		{"twin", func() error {
			var inner message
			if err := m.read("twin", &inner); err != nil {
				return err
			}
			w, err := inner.twin()
			s.twin = &w
			return err
		}},
		{"playing", func() error { return m.read("playing", &s.playing) }},
		{"sources", func() error { s.tones, err = m.tones(sp); return err }},
	} {
		if !m.has(field.name) {
			continue
		}
		if err := field.read(); err != nil {
			return err
		}
	}
	if m.has("frequencies") && !m.has("sources") {
		return spec.FieldError{Field: "frequencies", Message: "are for sources: name these as well"}
	}
	c.scene = s
	return nil
}

// clamps are values by the number of the feedback signal.
func (m message) clamps(name string, sp spec.Spec) (map[int]float32, error) {
	var values map[string]float64
	if err := m.read(name, &values); err != nil {
		return nil, err
	}
	clamps := map[int]float32{}
	for key, v := range values {
		signal, err := strconv.Atoi(key)
		if err != nil || signal < 0 || signal >= sp.Outputs() {
			return nil, spec.FieldError{Field: name, Message: fmt.Sprintf("has the signal %q, there are those from 0 to %d", key, sp.Outputs()-1)}
		}
		if v < -maxClamp || v > maxClamp {
			return nil, spec.FieldError{Field: name, Message: fmt.Sprintf("has the value %g, must be from %d to %d", v, -maxClamp, maxClamp)}
		}
		clamps[signal] = float32(v)
	}
	return clamps, nil
}
