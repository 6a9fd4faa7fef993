package analysis

import (
	"math"
	"math/rand/v2"
)

// Perceptron is a feedforward control without modulation: layers with ReLU between
// them, trained on mean squared error by Adam. Weights of layer k are (out,in).
type Perceptron struct {
	Sizes   []int
	weights [][]float64
	biases  [][]float64
	adam    []moments
	steps   int
	act     [][]float64 // activation of every layer, the input first
	delta   [][]float64 // gradient at every layer's output
	grads   [][]float64 // of weights and biases, layer by layer
}

type moments struct{ first, second []float64 }

// NewPerceptron draws weights and biases uniformly from ±1/√inputs of their layer.
func NewPerceptron(seed uint64, sizes ...int) *Perceptron {
	rng := rand.New(rand.NewPCG(seed, 0x6d6c70))
	p := &Perceptron{Sizes: sizes, act: make([][]float64, len(sizes)), delta: make([][]float64, len(sizes))}
	for k := 1; k < len(sizes); k++ {
		bound := 1 / math.Sqrt(float64(sizes[k-1]))
		p.weights = append(p.weights, uniform(rng, sizes[k]*sizes[k-1], bound))
		p.biases = append(p.biases, uniform(rng, sizes[k], bound))
	}
	for k := range p.weights {
		for _, v := range [][]float64{p.weights[k], p.biases[k]} {
			p.grads = append(p.grads, make([]float64, len(v)))
			p.adam = append(p.adam, moments{make([]float64, len(v)), make([]float64, len(v))})
		}
	}
	for k, n := range sizes {
		p.act[k], p.delta[k] = make([]float64, n), make([]float64, n)
	}
	return p
}

func uniform(rng *rand.Rand, n int, bound float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = bound * (2*rng.Float64() - 1)
	}
	return v
}

// Forward maps an input to the output layer, a view that the next call overwrites.
func (p *Perceptron) Forward(in []float64) []float64 {
	copy(p.act[0], in)
	last := len(p.weights) - 1
	for k, w := range p.weights {
		n := p.Sizes[k]
		for i := range p.act[k+1] {
			sum := p.biases[k][i]
			row := w[i*n : (i+1)*n]
			for j, a := range p.act[k] {
				sum += row[j] * a
			}
			if k < last && sum < 0 {
				sum = 0
			}
			p.act[k+1][i] = sum
		}
	}
	return p.act[last+1]
}

// Learn takes one Adam step (rate 1e-3) on a batch and returns its mean squared error.
func (p *Perceptron) Learn(in, target [][]float64) float64 {
	loss := p.gradients(in, target)
	p.step(1e-3)
	return loss
}

// gradients of the mean squared error over a batch replace those of the one before.
func (p *Perceptron) gradients(in, target [][]float64) float64 {
	for _, g := range p.grads {
		clear(g)
	}
	loss := 0.0
	outputs := float64(p.Sizes[len(p.Sizes)-1] * len(in))
	for i := range in {
		out := p.Forward(in[i])
		d := p.delta[len(p.delta)-1]
		for j, v := range out {
			e := v - target[i][j]
			loss += e * e / outputs
			d[j] = 2 * e / outputs
		}
		p.back()
	}
	return loss
}

// back adds the gradients of the sample that went forward last.
func (p *Perceptron) back() {
	for k := len(p.weights) - 1; k >= 0; k-- {
		n := p.Sizes[k]
		below := p.delta[k]
		clear(below)
		gw, gb := p.grads[2*k], p.grads[2*k+1]
		for i, d := range p.delta[k+1] {
			if d == 0 {
				continue
			}
			gb[i] += d
			row, grow := p.weights[k][i*n:(i+1)*n], gw[i*n:(i+1)*n]
			for j, a := range p.act[k] {
				grow[j] += d * a
				below[j] += d * row[j]
			}
		}
		if k > 0 {
			for j, a := range p.act[k] {
				if a <= 0 {
					below[j] = 0
				}
			}
		}
	}
}

func (p *Perceptron) step(rate float64) {
	const beta1, beta2, eps = 0.9, 0.999, 1e-8
	p.steps++
	c1 := rate / (1 - math.Pow(beta1, float64(p.steps)))
	c2 := 1 / math.Sqrt(1-math.Pow(beta2, float64(p.steps)))
	for k, g := range p.grads {
		w := p.weights[k/2]
		if k%2 == 1 {
			w = p.biases[k/2]
		}
		m := p.adam[k]
		for i, v := range g {
			m.first[i] = beta1*m.first[i] + (1-beta1)*v
			m.second[i] = beta2*m.second[i] + (1-beta2)*v*v
			w[i] -= c1 * m.first[i] / (math.Sqrt(m.second[i])*c2 + eps)
		}
	}
}
