package model

import "unmixlab/sim/spec"

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
	// held names the rows that stay as they are while feedback is frozen.
	held() rows
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

// variant is one row of the table: the pathway's weights and how to build it.
type variant struct {
	recurrent bool // has an LSTM; without one, feedback is closed-form
	weights   func(sp spec.Spec) []weight
	build     func(b *builder) pathway
}

// variants is the one place where a model gets its name.
var variants = map[string]variant{
	spec.Unmixing:   {true, unmixingWeights, newUnmixing},
	spec.Modulation: {true, modulationWeights, newModulation},
	spec.Spatial:    {true, spatialWeights, newSpatial},
	spec.Dale:       {true, daleWeights, newDale},
	spec.Direct:     {true, directWeights, newDirect},
	spec.Ideal:      {false, spatialWeights, newIdeal},
}

// builder is what a pathway is built from: the network, the group's lanes, the
// frame's layout to register rows in, and, in training, where gradients go.
type builder struct {
	net   *Network
	lanes int
	tape  *tape
	grad  *Params // nil when the group is only played
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
