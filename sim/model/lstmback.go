package model

import (
	"unmixlab/sim/kernel"
)

// lstmBack carries the LSTM's adjoint backward through a tape. The adjoints of
// blockSteps steps are kept, so that the weights' gradients are a few large products.
//
// h of step t is an input of step t+1's gates and of step t's readout; so the rows
// for step t+1 are the gates' adjoints of that step, then l's of step t.
type lstmBack struct {
	*lstm
	tape        *tape
	derivatives rows
	grad        *Params
	inward      *kernel.Panel // (S+H, 4H): from gates to y and h of the step before
	toHidden    *kernel.Panel // (H, M): from l to h
	dInward     []float32     // (S+H,L): its last H rows are dh of the step before
	dc          []float32     // (H,L)
	d           []float32     // a block of (4H+M,L)
	end         int           // the step after the block
	sums        *kernel.Outer
	dWeights    []float32 // (4H+M,K)
}

func newLSTMBack(u *lstm, t *tape, derivatives rows, grad *Params) *lstmBack {
	rows, k, lanes := 4*u.hidden+u.signals, 2*u.dim+u.hidden+1, t.lanes
	return &lstmBack{
		lstm: u, tape: t, derivatives: derivatives, grad: grad,
		inward:   kernel.NewPanel(u.dim+u.hidden, 4*u.hidden, lanes),
		toHidden: kernel.NewPanel(u.hidden, u.signals, lanes),
		dInward:  make([]float32, (u.dim+u.hidden)*lanes),
		dc:       make([]float32, u.hidden*lanes),
		d:        make([]float32, blockSteps*rows*lanes),
		sums:     kernel.NewOuter(rows, k, blockSteps),
		dWeights: make([]float32, rows*k),
	}
}

func (b *lstmBack) pack() {
	b.lstm.pack()
	b.inward.PackTransposed(b.weights[b.dim:], 2*b.dim+b.hidden+1)
	b.toHidden.PackTransposed(b.read, b.hidden+1)
}

// begin sets adjoints and gradients to 0, as after the last of so many steps.
func (b *lstmBack) begin(steps int) {
	clear(b.dInward)
	clear(b.dc)
	clear(b.dWeights)
	gates, _ := b.adjoints(steps)
	clear(gates)
	b.end = steps + 1
}

// adjoints are the rows for step t: of its gates (4H,L), and of the l before (M,L).
func (b *lstmBack) adjoints(t int) (gates, l []float32) {
	n := (4*b.hidden + b.signals) * b.tape.lanes
	d := b.d[t%blockSteps*n:][:n]
	return d[:4*b.hidden*b.tape.lanes], d[4*b.hidden*b.tape.lanes:]
}

// signal is where the adjoint of step t's l (M,L) is to be written.
func (b *lstmBack) signal(t int) []float32 {
	_, l := b.adjoints(t + 1)
	return l
}

// back takes the adjoint of l from signal(t), and adds to dy (S,L) what the LSTM
// saw of y.
func (b *lstmBack) back(t int, dy []float32) {
	lanes := b.tape.lanes
	dh := b.dInward[b.dim*lanes:]
	b.toHidden.MulAdd(dh, b.signal(t))
	b.sum(t + 1)
	gates, _ := b.adjoints(t)
	kernel.CellBack(gates, b.dc, dh, b.derivatives.of(b.tape.frame(t)))
	before := b.derivatives.of(b.tape.frame(max(t-1, 0)))
	b.inward.MulAhead(b.dInward, gates, before)
	kernel.Add(dy, b.dInward[:b.dim*lanes])
}

// finish adds what is left once step 0 is done, which has no l before it.
func (b *lstmBack) finish() {
	_, l := b.adjoints(0)
	clear(l)
	b.sum(0)
	b.settle()
}

// sum adds the gradients of the weights to their sums, where a block begins with
// step t, whose rows are complete.
func (b *lstmBack) sum(t int) {
	if t%blockSteps > 0 {
		return
	}
	rows, k, stride := 4*b.hidden+b.signals, 2*b.dim+b.hidden+1, b.tape.stride
	x := b.tape.data[t*stride+b.block.from:]
	b.sums.Add(b.dWeights, k, b.d, rows*b.tape.lanes, x, stride, b.end-t)
	b.end = t
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
		row := b.dWeights[(4*hid+r)*k : (4*hid+r+1)*k]
		copy(v[r*hid:(r+1)*hid], row[2*b.dim:])
		bias[r] = row[k-1]
	}
}
