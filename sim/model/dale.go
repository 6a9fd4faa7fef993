package model

import (
	"fmt"
	"math"
	"math/rand/v2"

	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

// dale is the Dalean rate network (Eq 11-14), all rates rectified:
//
//	z_L = [W_Lx x]₊,  z_I = [W_IL z_L]₊,  z_H = [p ∘ (W_HL z_L - W_HI z_I)]₊,  y = W_ro z_H
//	tau dm/dt = -m + l,  p = 1/(1+exp(K m))
//
// Feedback may scale the excitation alone, [p∘e - i]₊, or the inhibition alone,
// [e - p∘i]₊. W_HL, W_HI and W_IL enter by their absolute value, so that learning
// never changes the sign of a pathway. While frozen, p is held and m runs on.
type dale struct {
	dim, units, lower, inhibitory, signals, lanes int

	x, y, l, m, p, zL, zI, drive, zH rows // drive is what p multiplies
	rate                             float32
	target                           string
	weights                          daleTensors
	sizes                            struct{ hl, il, hi []float32 } // absolute weights
	in, excite, disyn, inhibit, out  *kernel.Panel                  // W_Lx, |W_HL|, |W_IL|, |W_HI|, W_ro
	reach                            *kernel.Panel                  // K
	e, i, a                          []float32                      // (Z,L): excitation, inhibition, K m

	daleBack
}

type daleTensors struct{ lx, hl, il, hi, ro, k []float32 }

var daleVariant = variant{
	weights: daleWeights, build: newDale,
	modulation: "p", population: "z_H", gains: func(sp spec.Spec) bool { return sp.Target != "inh" }, signals: []string{"m", "p", "z_L", "z_H"},
	absolute: []string{"W_HL", "W_IL", "W_HI"},
	published: published{
		class: "DaleRateNet", settings: daleSettings,
		tensors: []Renamed{{"W_Lx", "wx"}, {"W_HL", "w0"}, {"W_HI", "w_inh"}, {"W_ro", "Wro"}, {"K", "Wm"}},
	},
}

func daleWeights(sp spec.Spec) []weight {
	h, l, n := sp.Units, sp.LowerUnits, sp.Inhibitory()
	exc, inh := 20.0, 20.0
	switch sp.Target {
	case "exc":
		inh = 10
	case "inh":
		exc = 10
	}
	return []weight{
		{"W_Lx", []int{l, sp.Dim}, sp.Learns("wx"), normal(0, 0.5), sp.Dim},
		{"W_HL", []int{h, l}, sp.Learns("baseline"), positive(1, 0.5, exc/float64(h)), 0},
		{"W_IL", []int{n, l}, sp.Learns("inhibition"), positive(1, 0.5, 1/math.Max(1, float64(n))), 0},
		{"W_HI", []int{h, n}, sp.Learns("inhibition"), positive(1, 1, inh/float64(h)), 0},
		{"W_ro", []int{sp.Dim, h}, sp.Learns("readout"), normal(0, 0.5), 0},
		{"K", []int{h, sp.Feedback}, false, ring(sp), 0},
	}
}

func newDale(b *builder) pathway {
	sp, n := b.net.Spec, b.lanes
	d := &dale{
		dim: sp.Dim, units: sp.Units, lower: sp.LowerUnits, inhibitory: sp.Inhibitory(), signals: sp.Feedback, lanes: n,
		m: b.tape.state("m", sp.Feedback), p: b.tape.state("p", sp.Units),
		zL: b.tape.add("z_L", sp.LowerUnits), zI: b.tape.add("z_I", sp.Inhibitory()),
		drive: b.tape.add("drive", sp.Units), zH: b.tape.add("z_H", sp.Units),
		rate: float32(1 / sp.Tau), target: sp.Target,
		e: make([]float32, sp.Units*n), i: make([]float32, sp.Units*n), a: make([]float32, sp.Units*n),
	}
	d.x, d.y, d.l = b.shared()
	t := b.net.Params.data
	d.weights = daleTensors{t("W_Lx"), t("W_HL"), t("W_IL"), t("W_HI"), t("W_ro"), t("K")}
	d.sizes.hl, d.sizes.il, d.sizes.hi = make([]float32, len(d.weights.hl)), make([]float32, len(d.weights.il)), make([]float32, len(d.weights.hi))
	d.in = kernel.NewPanel(d.lower, d.dim, n)
	d.excite = kernel.NewPanel(d.units, d.lower, n)
	d.disyn = kernel.NewPanel(d.inhibitory, d.lower, n)
	d.inhibit = kernel.NewPanel(d.units, d.inhibitory, n)
	d.out = kernel.NewPanel(d.dim, d.units, n)
	d.reach = kernel.NewPanel(d.units, d.signals, n)
	if b.grad != nil {
		d.daleBack = newDaleBack(b, d)
	}
	return d
}

func (d *dale) pack() {
	w := d.weights
	absolute(d.sizes.hl, w.hl)
	absolute(d.sizes.il, w.il)
	absolute(d.sizes.hi, w.hi)
	d.in.Pack(w.lx, d.dim)
	d.excite.Pack(d.sizes.hl, d.lower)
	d.disyn.Pack(d.sizes.il, d.lower)
	d.inhibit.Pack(d.sizes.hi, d.inhibitory)
	d.out.Pack(w.ro, d.units)
	d.reach.Pack(w.k, d.signals)
	if d.outT != nil {
		d.packBack()
	}
}

func absolute(dst, w []float32) {
	for i, v := range w {
		dst[i] = float32(math.Abs(float64(v)))
	}
}

// start draws a lane's gain before the first sample, N(0.5, spread).
func (d *dale) start(frame []float32, lane int, rng *rand.Rand, spread float64) {
	p := d.p.of(frame)
	for i := lane; i < len(p); i += d.lanes {
		p[i] = float32(0.5 + spread*rng.NormFloat64())
	}
}

func (d *dale) respond(frame []float32) {
	zL, zI, zH, p, drive := d.zL.of(frame), d.zI.of(frame), d.zH.of(frame), d.p.of(frame), d.drive.of(frame)
	d.in.Mul(zL, d.x.of(frame))
	kernel.Relu(zL, zL)
	d.excite.Mul(d.e, zL)
	d.disyn.Mul(zI, zL)
	d.inhibit.Mul(d.i, zI)
	switch d.target {
	case "exc":
		copy(drive, d.e)
		kernel.Times(zH, p, d.e)
		kernel.ScaleAdd(zH, -1, d.i)
	case "inh":
		copy(drive, d.i)
		kernel.Times(zH, p, d.i)
		kernel.ScaleAdd(d.e, -1, zH)
		copy(zH, d.e)
	default:
		copy(drive, d.e)
		kernel.ScaleAdd(drive, -1, d.i)
		kernel.Times(zH, p, drive)
	}
	kernel.Relu(zH, zH)
	d.out.Mul(d.y.of(frame), zH)
}

func (d *dale) modulate(now, next []float32) {
	kernel.Leak(d.m.of(next), d.m.of(now), d.l.of(now), d.rate)
	d.reach.Mul(d.a, d.m.of(next))
	p := d.p.of(next)
	clear(p)
	kernel.ScaleAdd(p, -1, d.a)
	kernel.Sigmoid(p, p)
}

// daleSettings represents the published product w_inh of the two inhibitory matrices
// by as many inhibitory as lower-level units, each driven by one of them.
func daleSettings(p Published) {
	p.Spec.Inhibition, p.Spec.LowerUnits = 1, p.Columns("W_HL")
	p.Spec.Learn, p.Spec.Lambda = nil, 0
	p.Learns("baseline", "learn_baseline")
	p.Learns("wx", "learn_wx")
	p.Learns("readout", "learn_ro")
	switch target := p.Number("mod_target", 0); target {
	case 0, 1, 2:
		p.Spec.Target = []string{"both", "exc", "inh"}[int(target)]
	default:
		p.Fail(fmt.Errorf("its mod_target is %g, must be 0, 1 or 2", target))
	}
	p.Kernel(p.Rows("W_HL"))
	if n := p.Spec.LowerUnits; n <= 1000 {
		p.Add("W_IL", []int{n, n}, identity(n))
	}
	p.Spec.Dim = p.Columns("W_Lx")
}

func identity(n int) []float32 {
	out := make([]float32, n*n)
	for i := range n {
		out[i*n+i] = 1
	}
	return out
}
