package train

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"unmixlab/sim/kernel"
	"unmixlab/sim/modelfile"
)

// A loss is a spike when it is more than spikeRatio times the median of the spikeSpan
// batches before it; contexts alone make single losses differ by a third or so.
const (
	spikeSpan  = 50
	spikeRatio = 3
)

// Spike tells whether the loss jumped: it is far above what it was in the batches before.
func (p Progress) Spike() bool { return p.Usual > 0 && p.Loss > spikeRatio*p.Usual }

// usual is the median of the last losses, 0 as long as there are too few.
func (t *Trainer) usual() float64 {
	n := len(t.losses) - spikeSpan
	if n < 0 {
		return 0
	}
	copy(t.sorted[:], t.losses[n:])
	slices.Sort(t.sorted[:])
	return t.sorted[spikeSpan/2]
}

// keepEvery is how many batches lie between two states that are kept to go back to.
const keepEvery = 100

// kept is a state of the run to go back to when the loss jumps, and how often it has.
type kept struct {
	batch    int // 0: none yet
	halvings int
	weights  []float32
	m, v     []float32
	states   [][]float32 // by group
}

// mind keeps the run's state now and then and, where the spec says so, goes back to it
// from a jump of the loss; it returns the batch it went back to, 0 for none.
func (t *Trainer) mind(p Progress) int {
	k := &t.kept
	switch {
	case t.net.Spec.OnSpike != "halve":
	case p.Spike() && k.batch > 0:
		t.goBack()
		return k.batch
	case p.Batch%keepEvery == 0 && !p.Spike():
		k.batch = p.Batch
		k.weights = append(k.weights[:0], t.net.Params.Flat[:t.net.Params.Learned]...)
		k.m, k.v = append(k.m[:0], t.m...), append(k.v[:0], t.v...)
		k.states = k.states[:0]
		for _, g := range t.groups {
			k.states = append(k.states, g.State())
		}
	}
	return 0
}

// goBack puts the kept state in place of the present one and halves the rate.
func (t *Trainer) goBack() {
	k := &t.kept
	k.halvings++
	copy(t.net.Params.Flat, k.weights)
	copy(t.m, k.m)
	copy(t.v, k.v)
	for i, g := range t.groups {
		g.SetState(k.states[i])
	}
}

// slowed is what the rate is multiplied by after jumps of the loss.
func (t *Trainer) slowed() float64 { return math.Exp2(-float64(t.kept.halvings)) }

// keptTensors are the kept state as a checkpoint holds it; none before there is one.
func (t *Trainer) keptTensors() []modelfile.NamedTensor {
	k := &t.kept
	if k.batch == 0 {
		return nil
	}
	tensors := []modelfile.NamedTensor{
		{Name: "kept", Shape: []int{2}, Data: []float32{float32(k.batch), float32(k.halvings)}},
		{Name: "kept.weights", Shape: []int{len(k.weights)}, Data: k.weights},
		{Name: "kept.adam.m", Shape: []int{len(k.m)}, Data: k.m},
		{Name: "kept.adam.v", Shape: []int{len(k.v)}, Data: k.v},
	}
	for i, s := range k.states {
		tensors = append(tensors, modelfile.NamedTensor{Name: fmt.Sprintf("kept.state.%d", i), Shape: []int{len(s)}, Data: s})
	}
	return tensors
}

// fillKept takes the kept state from a checkpoint, where it has one.
func (t *Trainer) fillKept(byName map[string][]float32) error {
	head := byName["kept"]
	if head == nil {
		return nil
	}
	k := &t.kept
	k.weights, k.m, k.v = byName["kept.weights"], byName["kept.adam.m"], byName["kept.adam.v"]
	if n := len(t.m); len(head) != 2 || len(k.weights) != n || len(k.m) != n || len(k.v) != n {
		return errors.New("the state to go back to is missing or of another length")
	}
	k.batch, k.halvings = int(head[0]), int(head[1])
	for i, g := range t.groups {
		s := byName[fmt.Sprintf("kept.state.%d", i)]
		if len(s) != len(g.State()) {
			return fmt.Errorf("the state to go back to of rows %d and on is missing or of another length", i*kernel.Lanes)
		}
		k.states = append(k.states, s)
	}
	return nil
}
