package model

import (
	"unmixlab/sim/kernel"
)

// lstmBack carries the LSTM's adjoint backward through a tape. Gate gradients of
// blockSteps steps are kept, so that the weights' gradients are a few large products.
type lstmBack struct {
	*lstm
	tape        *tape
	derivatives rows
	grad        *Params
	inward      *kernel.Panel // (S+H, 4H): from gates to y and h of the step before
	toHidden    *kernel.Panel // (H, M): from l to h
	dInward     []float32     // (S+H,L): its last H rows are dh of the step before
	dc          []float32     // (H,L)
	d, dl       []float32     // blocks of (4H,L) and (M,L)
	sumGates    *kernel.Outer
	sumOut      *kernel.Outer
	dWeights    []float32 // like weights
	dRead       []float32 // like read
}

func newLSTMBack(u *lstm, t *tape, derivatives rows, grad *Params) *lstmBack {
	lanes, k := t.lanes, 2*u.dim+u.hidden+1
	return &lstmBack{
		lstm: u, tape: t, derivatives: derivatives, grad: grad,
		inward:   kernel.NewPanel(u.dim+u.hidden, 4*u.hidden, lanes),
		toHidden: kernel.NewPanel(u.hidden, u.signals, lanes),
		dInward:  make([]float32, (u.dim+u.hidden)*lanes),
		dc:       make([]float32, u.hidden*lanes),
		d:        make([]float32, blockSteps*4*u.hidden*lanes),
		dl:       make([]float32, blockSteps*u.signals*lanes),
		sumGates: kernel.NewOuter(4*u.hidden, k, blockSteps),
		sumOut:   kernel.NewOuter(u.signals, u.hidden+1, blockSteps),
		dWeights: make([]float32, len(u.weights)),
		dRead:    make([]float32, len(u.read)),
	}
}

func (b *lstmBack) pack() {
	b.lstm.pack()
	b.inward.PackTransposed(b.weights[b.dim:], 2*b.dim+b.hidden+1)
	b.toHidden.PackTransposed(b.read, b.hidden+1)
}

// forget sets the adjoints to 0, as after the last sample, and the gradients.
func (b *lstmBack) forget() {
	clear(b.dInward)
	clear(b.dc)
	clear(b.dWeights)
	clear(b.dRead)
}

// signal is where the adjoint of step t's l (M,L) is to be written.
func (b *lstmBack) signal(t int) []float32 {
	n := b.signals * b.tape.lanes
	return b.dl[t%blockSteps*n:][:n]
}

// back takes the adjoint of l from signal(t), and adds to dy (S,L) what the LSTM
// saw of y.
func (b *lstmBack) back(t int, dy []float32) {
	lanes := b.tape.lanes
	dh := b.dInward[b.dim*lanes:]
	b.toHidden.MulAdd(dh, b.signal(t))
	n := 4 * b.hidden * lanes
	d := b.d[t%blockSteps*n:][:n]
	kernel.CellBack(d, b.dc, dh, b.derivatives.of(b.tape.frame(t)))
	before := b.derivatives.of(b.tape.frame(max(t-1, 0)))
	b.inward.MulAhead(b.dInward, d, before)
	kernel.Add(dy, b.dInward[:b.dim*lanes])
}

// sum adds the weights' gradients of steps t to t+steps-1, which stand in the block.
func (b *lstmBack) sum(t, steps int) {
	k, stride, lanes := 2*b.dim+b.hidden+1, b.tape.stride, b.tape.lanes
	from := t * stride
	b.sumGates.Add(b.dWeights, k, b.d, 4*b.hidden*lanes, b.tape.data[from+b.block.from:], stride, steps)
	b.sumOut.Add(b.dRead, b.hidden+1, b.dl, b.signals*lanes, b.tape.data[from+stride+b.h.from:], stride, steps)
}

// settle moves the summed gradients to their tensors; both biases get the same.
func (b *lstmBack) settle() {
	ih, hh := b.grad.data("lstm.weight_ih"), b.grad.data("lstm.weight_hh")
	bih, bhh := b.grad.data("lstm.bias_ih"), b.grad.data("lstm.bias_hh")
	from, to := b.columns()
	in, hid, k := to-from, b.hidden, 2*b.dim+b.hidden+1
	for r := range 4 * hid {
		row := b.dWeights[r*k : (r+1)*k]
		copy(ih[r*in:(r+1)*in], row[from:to])
		copy(hh[r*hid:(r+1)*hid], row[2*b.dim:])
		bih[r], bhh[r] = row[k-1], row[k-1]
	}
	v, bias := b.grad.data("readout.weight"), b.grad.data("readout.bias")
	for r := range b.signals {
		row := b.dRead[r*(hid+1) : (r+1)*(hid+1)]
		copy(v[r*hid:(r+1)*hid], row)
		bias[r] = row[hid]
	}
}
