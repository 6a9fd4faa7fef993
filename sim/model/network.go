package model

import (
	"math"
	"math/rand/v2"

	"unmixlab/sim/spec"
)

// Network is the weights of one model with the settings that shape them. Any number
// of groups may run one network at a time, as long as nobody changes its weights.
type Network struct {
	Spec   spec.Spec
	Params *Params
}

// New draws a network from its spec and seed (Tables 1 to 3); a spec out of range is a
// spec.Errors that names the fields.
func New(sp spec.Spec) (*Network, error) {
	if err := sp.ValidateNetwork(); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(sp.Seed, 0x6e6574))
	return &Network{Spec: sp, Params: newParams(weights(sp), rng)}, nil
}

// weights declares all tensors of a network; an unknown model has none.
func weights(sp spec.Spec) []weight {
	v, ok := variants[sp.Model]
	if !ok {
		return nil
	}
	var w []weight
	if sp.Trainable() {
		w = lstmWeights(sp)
	}
	return append(w, v.weights(sp)...)
}

// lstmWeights are the recurrent network's and its readout's tensors, uniform in
// ±1/√H. The LSTM has I = 2S inputs for input xy, else S.
func lstmWeights(sp spec.Spec) []weight {
	h, m, in := sp.Hidden, sp.Outputs(), inputs(sp)
	start := uniform(1 / math.Sqrt(float64(h)))
	seen := sp.Dim // columns of x
	if sp.Input == "y" {
		seen = 0
	}
	return []weight{
		{"lstm.weight_ih", []int{4 * h, in}, true, start, seen},
		{"lstm.weight_hh", []int{4 * h, h}, true, start, 0},
		{"lstm.bias_ih", []int{4 * h}, true, start, 0},
		{"lstm.bias_hh", []int{4 * h}, true, start, 0},
		{"readout.weight", []int{m, h}, true, start, 0},
		{"readout.bias", []int{m}, true, start, 0},
	}
}

// inputs is the number of the LSTM's inputs.
func inputs(sp spec.Spec) int {
	if sp.Input == "xy" {
		return 2 * sp.Dim
	}
	return sp.Dim
}

// Clone is the same network with weights of its own.
func (n *Network) Clone() *Network {
	p := &Params{Flat: make([]float32, len(n.Params.Flat)), Learned: n.Params.Learned}
	copy(p.Flat, n.Params.Flat)
	at := 0
	for _, t := range n.Params.Tensors {
		t.Data = p.Flat[at : at+len(t.Data)]
		at += len(t.Data)
		p.Tensors = append(p.Tensors, t)
	}
	return &Network{Spec: n.Spec, Params: p}
}

// WithTau is the network with another time constant of its modulation and the very same
// weights, which the two share.
func (n *Network) WithTau(tau float64) *Network {
	sp := n.Spec
	sp.Tau = tau
	return &Network{Spec: sp, Params: n.Params}
}

// ring starts K with the kernel of the spec.
func ring(sp spec.Spec) func([]float32, *rand.Rand) {
	return func(dst []float32, _ *rand.Rand) { copy(dst, RingKernel(sp.Units, sp.Feedback, sp.Width)) }
}

// RingKernel is K (Z,M): how strongly feedback signal j reaches unit i when units
// and signals sit on a ring, K_ij = exp(cos(z_i - l_j)/width), every column divided
// by its maximum (Eq 10). Width 0 is a box of ⌊Z/M⌋ units for each signal; a width
// of spec.Uniform or more reaches all units alike.
func RingKernel(units, signals int, width float64) []float32 {
	k := make([]float32, units*signals)
	for j := range signals {
		top := math.Inf(-1)
		column := make([]float64, units)
		for i := range column {
			angle := 2 * math.Pi * (float64(i)/float64(units) - float64(j)/float64(signals))
			column[i] = math.Cos(angle)
			top = math.Max(top, column[i])
		}
		for i, c := range column {
			box := units / signals
			switch {
			case width >= spec.Uniform:
				k[i*signals+j] = 1
			case width > 0:
				k[i*signals+j] = float32(math.Exp((c - top) / width))
			case i/box == j:
				k[i*signals+j] = 1
			}
		}
	}
	return k
}
