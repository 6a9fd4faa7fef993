package model

import (
	"unmixlab/sim/kernel"
)

// daleBack is the adjoint of the Dalean pathway: transposed panels, the adjoints of
// m and p, and places for the gradients of what is learned (nil where it is not).
type daleBack struct {
	outT, exciteT, disynT, inhibitT, reachT *kernel.Panel

	dm, dp             []float32 // (M,L), (Z,L)
	dz, de, di, dq     []float32 // (Z,L)
	dzI, dzL           []float32 // (N_I,L), (N_L,L)
	gLx, gHL, gIL, gHI []float32
	gRo                []float32
	sumLx, sumHL       *kernel.Outer
	sumIL, sumHI       *kernel.Outer
	sumRo              *kernel.Outer
	inner              bool // anything before the readout is learned
}

func newDaleBack(b *builder, d *dale) daleBack {
	n := b.lanes
	back := daleBack{
		outT:     kernel.NewPanel(d.units, d.dim, n),
		exciteT:  kernel.NewPanel(d.lower, d.units, n),
		disynT:   kernel.NewPanel(d.lower, d.inhibitory, n),
		inhibitT: kernel.NewPanel(d.inhibitory, d.units, n),
		reachT:   kernel.NewPanel(d.signals, d.units, n),
		dm:       make([]float32, d.signals*n), dp: make([]float32, d.units*n),
		dz: make([]float32, d.units*n), de: make([]float32, d.units*n),
		di: make([]float32, d.units*n), dq: make([]float32, d.units*n),
		dzI: make([]float32, d.inhibitory*n), dzL: make([]float32, d.lower*n),
		gLx: b.gradient("W_Lx"), gHL: b.gradient("W_HL"), gIL: b.gradient("W_IL"), gHI: b.gradient("W_HI"), gRo: b.gradient("W_ro"),
		sumLx: kernel.NewOuter(d.lower, d.dim, 1), sumHL: kernel.NewOuter(d.units, d.lower, 1),
		sumIL: kernel.NewOuter(d.inhibitory, d.lower, 1), sumHI: kernel.NewOuter(d.units, d.inhibitory, 1),
		sumRo: kernel.NewOuter(d.dim, d.units, 1),
	}
	back.inner = back.gLx != nil || back.gHL != nil || back.gIL != nil
	return back
}

func (d *dale) packBack() {
	w := d.weights
	d.outT.PackTransposed(w.ro, d.units)
	d.exciteT.PackTransposed(d.sizes.hl, d.lower)
	d.disynT.PackTransposed(d.sizes.il, d.lower)
	d.inhibitT.PackTransposed(d.sizes.hi, d.inhibitory)
	d.reachT.PackTransposed(w.k, d.signals)
}

func (d *dale) forget() {
	clear(d.dm)
	clear(d.dp)
}

// modulateBack: p of the next frame is σ(-K m), so dm += Kᵀ(dp ∘ -p(1-p)).
func (d *dale) modulateBack(dl, _, _, next []float32) {
	p := d.p.of(next)
	kernel.Times(d.dq, p, p)
	kernel.ScaleAdd(d.dq, -1, p) // p² - p
	kernel.Times(d.dq, d.dq, d.dp)
	d.reachT.MulAdd(d.dm, d.dq)
	clear(d.dp)
	clear(dl)
	kernel.ScaleAdd(dl, d.rate, d.dm)
	kernel.ScaleAdd(d.dm, -d.rate, d.dm)
}

func (d *dale) respondBack(dy, frame []float32) {
	p, zH := d.p.of(frame), d.zH.of(frame)
	d.outT.Mul(d.dz, dy)
	kernel.ReluBack(d.dz, zH)
	kernel.Times(d.dq, d.dz, d.drive.of(frame))
	if d.target == "inh" {
		kernel.ScaleAdd(d.dp, -1, d.dq)
	} else {
		kernel.Add(d.dp, d.dq)
	}
	if d.gRo != nil {
		d.sumRo.Add(d.gRo, d.units, dy, d.dim*d.lanes, zH, d.units*d.lanes, 1)
	}
	if !d.inner {
		return
	}
	d.parts(p)
	d.inwardBack(frame)
}

// parts splits dz into the adjoints of excitation, de, and of inhibition, di.
func (d *dale) parts(p []float32) {
	copy(d.de, d.dz)
	clear(d.di)
	kernel.ScaleAdd(d.di, -1, d.dz)
	if d.target != "inh" {
		kernel.Times(d.de, d.de, p)
	}
	if d.target != "exc" {
		kernel.Times(d.di, d.di, p)
	}
}

// inwardBack goes from excitation and inhibition back to z_I, z_L and the weights.
func (d *dale) inwardBack(frame []float32) {
	n, zL, zI := d.lanes, d.zL.of(frame), d.zI.of(frame)
	if d.gHL != nil {
		d.sumHL.Add(d.gHL, d.lower, d.de, d.units*n, zL, d.lower*n, 1)
	}
	if d.inhibitory > 0 {
		d.inhibitT.Mul(d.dzI, d.di)
		if d.gHI != nil {
			d.sumHI.Add(d.gHI, d.inhibitory, d.di, d.units*n, zI, d.inhibitory*n, 1)
			d.sumIL.Add(d.gIL, d.lower, d.dzI, d.inhibitory*n, zL, d.lower*n, 1)
		}
	}
	if d.gLx == nil {
		return
	}
	d.exciteT.Mul(d.dzL, d.de)
	if d.inhibitory > 0 {
		d.disynT.MulAdd(d.dzL, d.dzI)
	}
	kernel.ReluBack(d.dzL, zL)
	d.sumLx.Add(d.gLx, d.dim, d.dzL, d.lower*n, d.x.of(frame), d.dim*n, 1)
}

// settle turns gradients of absolute values into those of the weights.
func (d *dale) settle() {
	for _, s := range []struct{ grad, w []float32 }{{d.gHL, d.weights.hl}, {d.gIL, d.weights.il}, {d.gHI, d.weights.hi}} {
		for i := range s.grad {
			switch {
			case s.w[i] < 0:
				s.grad[i] = -s.grad[i]
			case s.w[i] == 0:
				s.grad[i] = 0
			}
		}
	}
}
