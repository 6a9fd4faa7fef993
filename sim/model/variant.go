package model

import (
	"math/rand/v2"
	"slices"

	"unmixlab/sim/spec"
)

// pathway is the feedforward part of a network for one group: how it responds, how
// feedback moves its modulation, and the adjoint of either. Frames are one step's
// rows on the tape. An adjoint of the modulation is kept by the pathway itself
// between modulateBack(t), respondBack(t) and modulateBack(t-1).
type pathway interface {
	// pack takes the network's present weights.
	pack()
	// respond computes y of a frame from its x and its modulation.
	respond(frame []float32)
	// modulate computes the next frame's modulation from this frame's and l.
	modulate(now, next []float32)
	// start sets a lane's modulation before the first step, which Reset has made zero.
	start(frame []float32, lane int, rng *rand.Rand, spread float64)
	// forget sets the modulation's adjoint to 0, as after the last sample.
	forget()
	// modulateBack turns the adjoint of the next frame's modulation into dl (M,L)
	// and this frame's modulation; dy (S,L) is the loss's gradient.
	modulateBack(dl, dy, now, next []float32)
	// respondBack adds what dy (S,L) gives to the modulation's and weights' adjoints.
	respondBack(dy, frame []float32)
	// settle adds weight gradients that were kept aside to the block of gradients.
	settle()
}

// fromZero is for a pathway whose modulation starts at zero.
type fromZero struct{}

func (fromZero) start([]float32, int, *rand.Rand, float64) {}

// closedForm is feedback computed from the context, in the place of an LSTM's.
type closedForm interface {
	// setContext tells a lane's context; inverse is W* (S,S).
	setContext(lane int, inverse []float64)
	// feedback is l (M,L) of the present contexts: where it is kept, not a copy.
	feedback() []float32
	// arrive sets the modulation of a frame to what its l asks for, as far as a lane's
	// modulation is not held: hold (L) is the share of it that stays.
	arrive(frame []float32, hold []float32)
}

// variant is one row of the table: the pathway's weights, how to build it, and what
// its rows are to those who look at it.
type variant struct {
	weights    func(sp spec.Spec) []weight
	build      func(b *builder) pathway
	modulation string               // the rows that feedback moves and freezing holds; "" for none
	population string               // the rows of the units before the readout; "" for none
	gains      func(spec.Spec) bool // whether a modulation of 0 silences a unit; nil for never
	signals    []string             // the rows that a recording keeps besides x, y and l
	absolute   []string             // weights that enter by their absolute value
	published  published
}

// variants is the one place where a pathway gets its name, which is that of its row in
// the table of the spec package.
var variants = map[string]variant{
	spec.Unmixing:   unmixingVariant,
	spec.Modulation: modulationVariant,
	spec.Spatial:    spatialVariant,
	spec.Dale:       daleVariant,
	spec.Direct:     directVariant,
	spec.Ideal:      idealVariant,
}

// Modulation names the signal that feedback moves, and that freezing holds: weights
// "w", factors "m" or gains "p"; "" for a model that modulates nothing.
func Modulation(sp spec.Spec) string { return variants[sp.Model].modulation }

// Population names the signal of the middle units that the readout reads; "" for a
// model without any.
func Population(sp spec.Spec) string { return variants[sp.Model].population }

// CanSilence tells whether units of a model are silenced by holding their modulation at
// 0: in a Dalean network whose feedback scales inhibition alone they would not be.
func CanSilence(sp spec.Spec) bool {
	gains := variants[sp.Model].gains
	return gains != nil && gains(sp)
}

// ByAbsoluteValue tells whether a network uses a tensor by its absolute value: what sign
// its values have then means nothing.
func ByAbsoluteValue(sp spec.Spec, tensor string) bool {
	return slices.Contains(variants[sp.Model].absolute, tensor)
}

// Absolute is a tensor's values without their signs.
func Absolute(values []float32) []float32 {
	out := make([]float32, len(values))
	absolute(out, values)
	return out
}

// everyGain is for a pathway in which the modulation of a unit scales all that it does.
func everyGain(spec.Spec) bool { return true }

// Signals names what a recording keeps besides sources, stimuli and outputs: the
// feedback, then the model's own.
func Signals(sp spec.Spec) []string { return append([]string{"l"}, variants[sp.Model].signals...) }

// builder is what a pathway is built from: the network, the group's lanes, the
// frame's layout to register rows in, and, in training, where gradients go. A pathway
// whose feedback is closed-form leaves itself in closed.
type builder struct {
	net    *Network
	lanes  int
	tape   *tape
	grad   *Params // nil when the group is only played
	closed closedForm
}

// shared gives the rows that every pathway reads or writes.
func (b *builder) shared() (x, y, l rows) {
	x, _ = b.tape.find("x")
	y, _ = b.tape.find("y")
	l, _ = b.tape.find("l")
	return x, y, l
}

// gradient is the tensor's place among the gradients, nil where it is not learned.
func (b *builder) gradient(name string) []float32 {
	if b.grad == nil {
		return nil
	}
	if t := b.grad.Tensor(name); t != nil {
		return t.Data
	}
	return nil
}
