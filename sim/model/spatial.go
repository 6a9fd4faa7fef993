package model

import (
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

// spatial modulates Z units on a ring by M diffuse signals (Eq 7-10):
//
//	z = m ∘ (W_x x),  y = W_ro z,  tau dm/dt = -m + K l
type spatial struct {
	fromZero
	dim, units, signals, lanes int
	x, y, l, m, z              rows
	rate                       float32
	wx, wro, k                 []float32
	in, out, reach             *kernel.Panel // W_x, W_ro, K
	u, target                  []float32     // (Z,L): W_x x; K l

	spatialBack
}

// spatialBack is what the way back needs besides.
type spatialBack struct {
	outBack, reachBack *kernel.Panel // W_roᵀ, Kᵀ
	dm, dz             []float32     // (Z,L)
	dwx, dwro          []float32     // nil where not learned
	sumX, sumRo        *kernel.Outer
}

var spatialVariant = variant{
	weights: spatialWeights, build: newSpatial,
	modulation: "m", population: "z", gains: everyGain, signals: []string{"m", "z"},
	published: published{
		class: "SpatialNet", tensors: []Renamed{{"W_x", "w0"}, {"W_ro", "Wro"}, {"K", "Wm"}}, settings: spatialSettings,
	},
}

func spatialWeights(sp spec.Spec) []weight {
	z, s := sp.Units, sp.Dim
	return []weight{
		{"W_x", []int{z, s}, sp.Learns("baseline"), normal(0, 0.5), s},
		{"W_ro", []int{s, z}, sp.Learns("readout"), normal(0, 0.5), 0},
		{"K", []int{z, sp.Feedback}, false, ring(sp), 0},
	}
}

func newSpatial(b *builder) pathway { return buildSpatial(b) }

func buildSpatial(b *builder) *spatial {
	sp, p, n := b.net.Spec, b.net.Params, b.lanes
	s := &spatial{
		dim: sp.Dim, units: sp.Units, signals: sp.Feedback, lanes: n,
		m: b.tape.state("m", sp.Units), z: b.tape.add("z", sp.Units),
		rate: float32(1 / sp.Tau),
		wx:   p.data("W_x"), wro: p.data("W_ro"), k: p.data("K"),
		in:    kernel.NewPanel(sp.Units, sp.Dim, n),
		out:   kernel.NewPanel(sp.Dim, sp.Units, n),
		reach: kernel.NewPanel(sp.Units, sp.Feedback, n),
		u:     make([]float32, sp.Units*n), target: make([]float32, sp.Units*n),
	}
	s.x, s.y, s.l = b.shared()
	if b.grad != nil {
		s.spatialBack = spatialBack{
			outBack:   kernel.NewPanel(sp.Units, sp.Dim, n),
			reachBack: kernel.NewPanel(sp.Feedback, sp.Units, n),
			dm:        make([]float32, sp.Units*n), dz: make([]float32, sp.Units*n),
			dwx: b.gradient("W_x"), dwro: b.gradient("W_ro"),
			sumX: kernel.NewOuter(sp.Units, sp.Dim, 1), sumRo: kernel.NewOuter(sp.Dim, sp.Units, 1),
		}
	}
	return s
}

func (p *spatial) pack() {
	p.in.Pack(p.wx, p.dim)
	p.out.Pack(p.wro, p.units)
	p.reach.Pack(p.k, p.signals)
	if p.outBack != nil {
		p.outBack.PackTransposed(p.wro, p.units)
		p.reachBack.PackTransposed(p.k, p.signals)
	}
}

func (p *spatial) respond(frame []float32) {
	p.in.Mul(p.u, p.x.of(frame))
	kernel.Times(p.z.of(frame), p.m.of(frame), p.u)
	p.out.Mul(p.y.of(frame), p.z.of(frame))
}

func (p *spatial) modulate(now, next []float32) {
	p.reach.Mul(p.target, p.l.of(now))
	kernel.Leak(p.m.of(next), p.m.of(now), p.target, p.rate)
}

func (p *spatial) forget() { clear(p.dm) }
func (p *spatial) settle() {}

func (p *spatial) modulateBack(dl, _, _, _ []float32) {
	clear(p.target)
	kernel.ScaleAdd(p.target, p.rate, p.dm)
	p.reachBack.Mul(dl, p.target)
	kernel.ScaleAdd(p.dm, -p.rate, p.dm)
}

func (p *spatial) respondBack(dy, frame []float32) {
	x, n := p.x.of(frame), p.lanes
	p.outBack.Mul(p.dz, dy)
	p.in.Mul(p.u, x)
	kernel.TimesAdd(p.dm, p.dz, p.u)
	if p.dwro != nil {
		p.sumRo.Add(p.dwro, p.units, dy, p.dim*n, p.z.of(frame), p.units*n, 1)
	}
	if p.dwx != nil {
		kernel.Times(p.dz, p.dz, p.m.of(frame))
		p.sumX.Add(p.dwx, p.dim, p.dz, p.units*n, x, p.dim*n, 1)
	}
}

func spatialSettings(p Published) {
	p.Spec.Learn = nil
	p.Learns("baseline", "learn_baseline")
	p.Learns("readout", "learn_ro")
	p.Kernel(p.Rows("W_x"))
	p.Spec.Dim = p.Columns("W_x")
}
