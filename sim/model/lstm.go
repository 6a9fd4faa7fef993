package model

import (
	"unmixlab/sim/kernel"
)

// blockSteps is how many steps one product of weight gradients covers.
const blockSteps = 8

// lstm is the recurrent network of one group with its linear readout: gates
// (4H rows, order i, f, g, o) from the frame's first K = 2S+H+1 rows, then cell,
// then l = V h + b.
type lstm struct {
	net           *Network
	hidden, dim   int
	signals       int // M
	block         rows
	h, l          rows // h of the step before; the next frame's is this step's
	gates         *kernel.LSTM
	out           *kernel.Panel
	weights, read []float32 // (4H,K) and (M,H+1), biases in the last column
	c             []float32 // (H,L)
}

func newLSTM(n *Network, lanes int, block, h, l rows) *lstm {
	hid, dim, m := n.Spec.Hidden, n.Spec.Dim, n.Spec.Outputs()
	k := 2*dim + hid + 1
	return &lstm{
		net: n, hidden: hid, dim: dim, signals: m, block: block, h: h, l: l,
		gates: kernel.NewLSTM(hid, k, lanes), out: kernel.NewPanel(m, hid+1, lanes),
		weights: make([]float32, 4*hid*k), read: make([]float32, m*(hid+1)),
		c: make([]float32, hid*lanes),
	}
}

// columns are where the LSTM's inputs stand in the frame's block: x, y or both.
func (u *lstm) columns() (from, to int) {
	switch u.net.Spec.Input {
	case "x":
		return 0, u.dim
	case "y":
		return u.dim, 2 * u.dim
	}
	return 0, 2 * u.dim
}

// pack lays the tensors out as the two products read them.
func (u *lstm) pack() {
	p := u.net.Params
	ih, hh := p.data("lstm.weight_ih"), p.data("lstm.weight_hh")
	bih, bhh := p.data("lstm.bias_ih"), p.data("lstm.bias_hh")
	from, to := u.columns()
	in, hid, k := to-from, u.hidden, 2*u.dim+u.hidden+1
	for r := range 4 * hid {
		row := u.weights[r*k : (r+1)*k]
		copy(row[from:to], ih[r*in:(r+1)*in])
		copy(row[2*u.dim:], hh[r*hid:(r+1)*hid])
		row[k-1] = bih[r] + bhh[r]
	}
	v, b := p.data("readout.weight"), p.data("readout.bias")
	for r := range u.signals {
		row := u.read[r*(hid+1) : (r+1)*(hid+1)]
		copy(row, v[r*hid:(r+1)*hid])
		row[hid] = b[r]
	}
	u.gates.Pack(u.weights, k)
	u.out.Pack(u.read, hid+1)
}

// step writes h into the next frame and l into this one.
func (u *lstm) step(now, next []float32) {
	u.gates.Step(u.h.of(next), u.c, u.block.of(now))
	u.out.Mul(u.l.of(now), next[u.h.from:])
}

// stepTape is step, with the cell's derivatives kept for the way back.
func (u *lstm) stepTape(now, next []float32, derivatives rows) {
	u.gates.StepTape(u.h.of(next), u.c, derivatives.of(now), u.block.of(now))
	u.out.Mul(u.l.of(now), next[u.h.from:])
}
