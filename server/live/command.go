package live

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"unmixlab/server/wire"
	"unmixlab/sim/spec"
)

// Command is one thing that a session's client asks for.
type Command struct {
	kind    string   // its type
	samples int      // step; 0: as many as a frame has at the session's speed
	speed   float64  // speed, in samples a second
	a, b    float64  // context
	sd      float64  // noise
	seed    uint64   // seed
	signal  int      // clamp
	value   *float32 // clamp; nil lets the signal go
	names   []string // signals
	sources string   // sources
	freqs   []float64
}

// Bounds of what a client may ask for.
const (
	minSpeed = 200   // samples a second
	maxSpeed = 40000 // likewise
	maxStep  = 8000  // samples
	maxClamp = 100   // either way
)

// commands say which fields each type of command takes.
var commands = map[string][]string{
	"play": {}, "pause": {}, "next": {}, "reset": {}, "freeze": {}, "unfreeze": {},
	"step":    {"samples"},
	"speed":   {"samples_per_second"},
	"context": {"a", "b"},
	"noise":   {"sd"},
	"seed":    {"seed"},
	"clamp":   {"signal", "value"},
	"signals": {"signals"},
	"sources": {"sources", "frequencies"},
}

// ParseCommand reads one message of a client that drives a network of the spec. An
// error is a spec.FieldError that names the field of the message.
func ParseCommand(b []byte, sp spec.Spec) (Command, error) {
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		return Command{}, spec.FieldError{Message: "a command is a JSON object: " + err.Error()}
	}
	var c Command
	if err := m.read("type", &c.kind); err != nil {
		return Command{}, err
	}
	allowed, ok := commands[c.kind]
	if !ok {
		return Command{}, spec.FieldError{Field: "type", Message: fmt.Sprintf("is %q, which is no command", c.kind)}
	}
	for name := range m {
		if name != "type" && !slices.Contains(allowed, name) {
			return Command{}, spec.FieldError{Field: name, Message: "is no field of the command " + c.kind}
		}
	}
	return c, c.fill(m, sp)
}

// fill reads the fields of the command's type.
func (c *Command) fill(m message, sp spec.Spec) (err error) {
	switch c.kind {
	case "step":
		if _, ok := m["samples"]; ok {
			c.samples, err = m.whole("samples", 1, maxStep)
		}
	case "speed":
		c.speed, err = m.number("samples_per_second", minSpeed, maxSpeed)
	case "context":
		return c.fillContext(m, sp)
	case "noise":
		c.sd, err = m.number("sd", 0, 10)
	case "seed":
		var seed int
		seed, err = m.whole("seed", 0, spec.MaxSeed)
		c.seed = uint64(seed)
	case "clamp":
		return c.fillClamp(m, sp)
	case "signals":
		return c.fillSignals(m)
	case "sources":
		return c.fillSources(m, sp)
	}
	return err
}

func (c *Command) fillContext(m message, sp spec.Spec) (err error) {
	if sp.Dim != 2 {
		return spec.FieldError{Field: "type", Message: fmt.Sprintf("context places a point in a square, but this model has %d sources: use next", sp.Dim)}
	}
	if c.a, err = m.number("a", 0, 1); err != nil {
		return err
	}
	if c.b, err = m.number("b", 0, 1); err != nil {
		return err
	}
	if math.Abs(c.a-c.b) < minDet {
		return spec.FieldError{Field: "b", Message: fmt.Sprintf("must differ from a by at least %g: a context near the diagonal cannot be undone", minDet)}
	}
	return nil
}

// minDet is the smallest |det A| = |a - b| that a client may choose.
const minDet = 0.05

func (c *Command) fillClamp(m message, sp spec.Spec) (err error) {
	if c.signal, err = m.whole("signal", 0, float64(sp.Outputs()-1)); err != nil {
		return err
	}
	if raw, ok := m["value"]; ok && string(raw) == "null" {
		return nil
	}
	v, err := m.number("value", -maxClamp, maxClamp)
	x := float32(v)
	c.value = &x
	return err
}

func (c *Command) fillSignals(m message) error {
	if err := m.read("signals", &c.names); err != nil {
		return err
	}
	for i, name := range c.names {
		if !slices.Contains(wire.Signals, name) || slices.Contains(c.names[:i], name) {
			return spec.FieldError{Field: "signals", Message: fmt.Sprintf("has %q, must be different ones of %s", name, strings.Join(wire.Signals, ", "))}
		}
	}
	return nil
}

// fillSources takes sources as a run's settings have them, sounds apart.
func (c *Command) fillSources(m message, sp spec.Spec) error {
	if err := m.read("sources", &c.sources); err != nil {
		return err
	}
	if _, ok := m["frequencies"]; ok {
		if err := m.read("frequencies", &c.freqs); err != nil {
			return err
		}
	}
	_, err := c.withSources(sp)
	return err
}

// withSources is the spec with the command's sources.
func (c *Command) withSources(sp spec.Spec) (spec.Spec, error) {
	sp.Sources, sp.Frequencies, sp.WAV = c.sources, c.freqs, nil
	if len(c.freqs) == 0 {
		sp.Frequencies = spec.DefaultFrequencies(c.sources, sp.Dim)
	}
	if c.sources == "wav" {
		return sp, spec.FieldError{Field: "sources", Message: "must be chords, sines or ica in a live session"}
	}
	if errs, ok := sp.ValidateNetwork().(spec.Errors); ok {
		return sp, errs[0]
	}
	return sp, nil
}

// message is a JSON object of a client.
type message map[string]json.RawMessage

func (m message) read(name string, into any) error {
	raw, ok := m[name]
	if !ok || string(raw) == "null" {
		return spec.FieldError{Field: name, Message: "is missing"}
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return spec.FieldError{Field: name, Message: "cannot be " + strings.TrimSpace(string(raw[:min(len(raw), 40)]))}
	}
	return nil
}

func (m message) number(name string, low, high float64) (float64, error) {
	var x float64
	if err := m.read(name, &x); err != nil {
		return 0, err
	}
	if x < low || x > high {
		return 0, spec.FieldError{Field: name, Message: fmt.Sprintf("is %g, must be from %g to %g", x, low, high)}
	}
	return x, nil
}

// whole is a number without a fraction.
func (m message) whole(name string, low, high float64) (int, error) {
	x, err := m.number(name, low, high)
	if err == nil && x != math.Trunc(x) {
		err = spec.FieldError{Field: name, Message: fmt.Sprintf("is %g, must be a whole number", x)}
	}
	return int(x), err
}
