package model

import (
	"fmt"
	"math"
	"math/rand/v2"

	"unmixlab/sim/spec"
)

// Tensor is a named view into the flat block of parameters, row-major.
type Tensor struct {
	Name    string
	Shape   []int
	Data    []float32
	Learned bool
}

// Params are all weights of a network in one flat block: the learned tensors first,
// so that Adam, clipping and saving are one loop each, then the fixed ones.
type Params struct {
	Tensors []Tensor
	Flat    []float32
	Learned int // Flat[:Learned] is trained
}

// Tensor finds a tensor by name; nil when the network has none of that name.
func (p *Params) Tensor(name string) *Tensor {
	for i := range p.Tensors {
		if p.Tensors[i].Name == name {
			return &p.Tensors[i]
		}
	}
	return nil
}

// data is the tensor's values; a name that the variant's own table lacks is a mistake here.
func (p *Params) data(name string) []float32 {
	t := p.Tensor(name)
	if t == nil {
		panic("model: no tensor " + name)
	}
	return t.Data
}

// Set copies values into a tensor; a length that does not match is an error.
func (p *Params) Set(name string, values []float32) error {
	t := p.Tensor(name)
	if t == nil {
		return fmt.Errorf("no tensor %q in this model", name)
	}
	if len(values) != len(t.Data) {
		return fmt.Errorf("tensor %q has %d values, %v needs %d", name, len(values), t.Shape, len(t.Data))
	}
	copy(t.Data, values)
	return nil
}

// gradient is a zero block like Flat[:Learned], with views by name.
func (p *Params) gradient() *Params {
	g := &Params{Flat: make([]float32, p.Learned), Learned: p.Learned}
	at := 0
	for _, t := range p.Tensors {
		if t.Learned {
			g.Tensors = append(g.Tensors, Tensor{t.Name, t.Shape, g.Flat[at : at+len(t.Data)], true})
			at += len(t.Data)
		}
	}
	return g
}

// weight declares a tensor: its shape, whether it is learned, and how it starts. The
// first columns of a matrix may multiply stimuli, which have no adjoint.
type weight struct {
	name    string
	shape   []int
	learned bool
	start   func(dst []float32, rng *rand.Rand)
	stimuli int // columns that multiply stimuli
}

func (w weight) size() int {
	n := 1
	for _, d := range w.shape {
		n *= d
	}
	return n
}

// newParams lays declared tensors out and draws their first values in the order of
// declaration, so that the draw does not depend on what is learned.
func newParams(weights []weight, rng *rand.Rand) *Params {
	total := 0
	for _, w := range weights {
		total += w.size()
	}
	p := &Params{Flat: make([]float32, total)}
	at := 0
	for _, learned := range []bool{true, false} {
		for _, w := range weights {
			if w.learned != learned {
				continue
			}
			p.Tensors = append(p.Tensors, Tensor{w.name, w.shape, p.Flat[at : at+w.size()], learned})
			at += w.size()
		}
		if learned {
			p.Learned = at
		}
	}
	for _, w := range weights {
		w.start(p.data(w.name), rng)
	}
	return p
}

func uniform(bound float64) func([]float32, *rand.Rand) {
	return each(func(rng *rand.Rand) float64 { return (2*rng.Float64() - 1) * bound })
}

func normal(mean, sd float64) func([]float32, *rand.Rand) {
	return each(func(rng *rand.Rand) float64 { return mean + sd*rng.NormFloat64() })
}

// positive is |N(mean, sd)| times scale.
func positive(mean, sd, scale float64) func([]float32, *rand.Rand) {
	return each(func(rng *rand.Rand) float64 { return math.Abs(mean+sd*rng.NormFloat64()) * scale })
}

// each draws every value of a tensor by itself.
func each(draw func(*rand.Rand) float64) func([]float32, *rand.Rand) {
	return func(dst []float32, rng *rand.Rand) {
		for i := range dst {
			dst[i] = float32(draw(rng))
		}
	}
}

// noWeights is for a pathway that has none.
func noWeights(spec.Spec) []weight { return nil }
