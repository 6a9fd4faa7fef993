package live

import (
	"encoding/json"
	"fmt"
	"slices"

	"unmixlab/server/wire"
	"unmixlab/sim/spec"
)

// Kinds of commands that concern whoever carries the session, not the session itself.
const (
	Share   = "share"   // let others follow
	Unshare = "unshare" // no longer
	View    = "view"    // how the client looks at the session
)

// Command is one thing that a session's client asks for.
type Command struct {
	kind      string   // its type
	samples   int      // step: 0 is as many as a frame has at the session's speed; drift and path: of each leg
	toContext bool     // step to the end of a context
	speed     float64  // speed, in samples a second
	points    []point  // context, drift, path
	sd        float64  // noise
	seed      uint64   // seed
	amount    float64  // freeze: the share of the modulation that stays
	tau       *float64 // tau; nil is the network's own
	signal    int      // clamp
	value     *float32 // clamp; nil lets the signal go
	units     []int    // silence_units
	on        bool     // swap
	names     []string // signals
	tones     tones    // sources
	twin      wish     // twin
	scene     scene    // scene

	view   json.RawMessage // view
	shared shared          // set by whoever shares the session
}

// Bounds of what a client may ask for.
const (
	minSpeed = 20    // samples a second
	maxSpeed = 40000 // likewise
	maxStep  = 8000  // samples
	maxLeg   = 1e6   // samples of a drift
	maxLegs  = 64    // of a path
	maxClamp = 100   // either way
	maxTau   = 1e5   // samples
	maxView  = 8192  // bytes of a presenter's view
)

// reading is how a type of command is read: the fields it may have, and what takes them
// from a message; nil for a type without any.
type reading struct {
	fields []string
	fill   func(*Command, message, spec.Spec) error
}

// commands are all that a client may say.
var commands = map[string]reading{
	"play": {}, "pause": {}, "next": {}, "reset": {}, "rewind": {}, "unfreeze": {}, "untwin": {}, Share: {}, Unshare: {},
	"step":          {[]string{"samples", "to"}, (*Command).fillStep},
	"speed":         {[]string{"samples_per_second"}, (*Command).fillSpeed},
	"context":       {[]string{"a", "b"}, (*Command).fillContext},
	"drift":         {[]string{"to", "samples"}, (*Command).fillDrift},
	"path":          {[]string{"points", "samples"}, (*Command).fillPath},
	"noise":         {[]string{"sd"}, (*Command).fillNoise},
	"seed":          {[]string{"seed"}, (*Command).fillSeed},
	"freeze":        {[]string{"amount"}, (*Command).fillFreeze},
	"tau":           {[]string{"samples"}, (*Command).fillTau},
	"clamp":         {[]string{"signal", "value"}, (*Command).fillClamp},
	"silence_units": {[]string{"units"}, (*Command).fillUnits},
	"swap":          {[]string{"on"}, (*Command).fillSwap},
	"signals":       {[]string{"signals"}, (*Command).fillSignals},
	"sources":       {[]string{"sources", "frequencies"}, (*Command).fillSources},
	"twin":          {[]string{"kind", "model"}, (*Command).fillTwin},
	"scene":         {sceneFields, (*Command).fillScene},
	View:            {[]string{"view"}, (*Command).fillView},
}

// Kind is the command's type.
func (c Command) Kind() string { return c.kind }

// View is the JSON object of a command View.
func (c Command) View() json.RawMessage { return c.view }

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
	how, ok := commands[c.kind]
	if !ok {
		return Command{}, spec.FieldError{Field: "type", Message: fmt.Sprintf("is %q, which is no command", c.kind)}
	}
	for name := range m {
		if name != "type" && !slices.Contains(how.fields, name) {
			return Command{}, spec.FieldError{Field: name, Message: "is no field of the command " + c.kind}
		}
	}
	if how.fill == nil {
		return c, nil
	}
	return c, how.fill(&c, m, sp)
}

func (c *Command) fillStep(m message, _ spec.Spec) (err error) {
	if m.has("to") {
		var to string
		if err := m.read("to", &to); err != nil {
			return err
		}
		if to != "context" || m.has("samples") {
			return spec.FieldError{Field: "to", Message: `must be "context", without samples`}
		}
		c.toContext = true
	}
	if m.has("samples") {
		c.samples, err = m.whole("samples", 1, maxStep)
	}
	return err
}

func (c *Command) fillSpeed(m message, _ spec.Spec) (err error) {
	c.speed, err = m.number("samples_per_second", minSpeed, maxSpeed)
	return err
}

func (c *Command) fillContext(m message, sp spec.Spec) error {
	if err := placed(sp, "type"); err != nil {
		return err
	}
	p, err := m.corner("a", "b")
	c.points = []point{p}
	return err
}

func (c *Command) fillDrift(m message, sp spec.Spec) error {
	to, err := m.point("to", sp)
	if err != nil {
		return err
	}
	c.points = []point{to}
	c.samples, err = m.whole("samples", 1, maxLeg)
	return err
}

func (c *Command) fillPath(m message, sp spec.Spec) (err error) {
	if c.points, err = m.path("points", sp); err != nil {
		return err
	}
	c.samples, err = m.whole("samples", 1, maxLeg)
	return err
}

func (c *Command) fillNoise(m message, _ spec.Spec) (err error) {
	c.sd, err = m.number("sd", 0, 10)
	return err
}

func (c *Command) fillSeed(m message, _ spec.Spec) error {
	seed, err := m.whole("seed", 0, spec.MaxSeed)
	c.seed = uint64(seed)
	return err
}

func (c *Command) fillFreeze(m message, _ spec.Spec) (err error) {
	c.amount = 1
	if m.has("amount") {
		c.amount, err = m.number("amount", 0, 1)
	}
	return err
}

func (c *Command) fillTau(m message, sp spec.Spec) (err error) {
	c.tau, err = m.tau("samples", sp)
	return err
}

func (c *Command) fillClamp(m message, sp spec.Spec) (err error) {
	if sp.Outputs() == 0 {
		return spec.FieldError{Field: "type", Message: "clamp is for models with feedback signals"}
	}
	if c.signal, err = m.whole("signal", 0, float64(sp.Outputs()-1)); err != nil {
		return err
	}
	if m.null("value") {
		return nil
	}
	v, err := m.number("value", -maxClamp, maxClamp)
	x := float32(v)
	c.value = &x
	return err
}

func (c *Command) fillUnits(m message, sp spec.Spec) (err error) {
	c.units, err = m.units("units", sp)
	return err
}

func (c *Command) fillSwap(m message, _ spec.Spec) error { return m.read("on", &c.on) }

func (c *Command) fillSignals(m message, _ spec.Spec) (err error) {
	c.names, err = m.distinct("signals", wire.Signals)
	return err
}

func (c *Command) fillSources(m message, sp spec.Spec) (err error) {
	if m.null("sources") && !m.has("frequencies") {
		return nil // the network's own
	}
	c.tones, err = m.tones(sp)
	return err
}

func (c *Command) fillTwin(m message, _ spec.Spec) (err error) {
	c.twin, err = m.twin()
	return err
}

// fillView takes any object that is not too large: it is the presenter's own.
func (c *Command) fillView(m message, _ spec.Spec) error {
	if err := m.read("view", &map[string]json.RawMessage{}); err != nil {
		return err
	}
	c.view = m["view"]
	if len(c.view) > maxView {
		return spec.FieldError{Field: "view", Message: fmt.Sprintf("has %d bytes, at most %d are passed on", len(c.view), maxView)}
	}
	return nil
}
