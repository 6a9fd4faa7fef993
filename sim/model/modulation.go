package model

import (
	"math"

	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

// modulation is y = w x, where feedback moves the weights themselves:
//
//	tau dw/dt = -w + W0∘l   (Eq 4-6), or -w + W0 + l for the additive variant
//
// w is (S,S) rows of lanes. W0 is fixed and drawn from N(1, 0.001).
type modulation struct {
	weightsPath
	w0       []float32 // (S,S)
	additive bool
	rate     float32
	target   []float32 // (S*S,L)
	w0Rows   []float32 // W0 repeated over lanes
}

var modulationVariant = variant{
	weights: modulationWeights, build: newModulation,
	modulation: "w", signals: []string{"w"},
	published: published{class: "ModulationNet", tensors: []Renamed{{"W0", "w0"}}, settings: modulationSettings},
}

func modulationWeights(sp spec.Spec) []weight {
	return []weight{{"W0", []int{sp.Dim, sp.Dim}, false, normal(1, 0.001), 0}}
}

func newModulation(b *builder) pathway {
	n := b.net.Spec.Dim * b.net.Spec.Dim * b.lanes
	return &modulation{
		weightsPath: newWeightsPath(b), w0: b.net.Params.data("W0"),
		additive: b.net.Spec.Additive, rate: float32(1 / b.net.Spec.Tau),
		target: make([]float32, n), w0Rows: make([]float32, n),
	}
}

func (p *modulation) pack() {
	for i := range p.w0Rows {
		p.w0Rows[i] = p.w0[i/p.lanes]
	}
}

func (p *modulation) modulate(now, next []float32) {
	if p.additive {
		copy(p.target, p.w0Rows)
		kernel.Add(p.target, p.l.of(now))
	} else {
		kernel.Times(p.target, p.w0Rows, p.l.of(now))
	}
	kernel.Leak(p.w.of(next), p.w.of(now), p.target, p.rate)
}

func (p *modulation) modulateBack(dl, _, _, _ []float32) {
	clear(dl)
	if p.additive {
		kernel.ScaleAdd(dl, p.rate, p.dw)
	} else {
		kernel.Times(p.target, p.dw, p.w0Rows)
		kernel.ScaleAdd(dl, p.rate, p.target)
	}
	kernel.ScaleAdd(p.dw, -p.rate, p.dw)
}

func modulationSettings(p Published) {
	p.Spec.Additive = p.Number("add", 0) != 0
	p.Spec.Dim = p.Rows("W0")
}

// unmixing is y = w x with the feedback signals as next weights.
type unmixing struct{ weightsPath }

var unmixingVariant = variant{
	weights: noWeights, build: newUnmixing,
	modulation: "w", signals: []string{"w"},
	published: published{class: "UnmixingModel", settings: unmixingSettings},
}

func newUnmixing(b *builder) pathway { return &unmixing{newWeightsPath(b)} }

func (p *unmixing) pack() {}

func (p *unmixing) modulate(now, next []float32) { copy(p.w.of(next), p.l.of(now)) }

func (p *unmixing) modulateBack(dl, _, _, _ []float32) {
	copy(dl, p.dw)
	clear(p.dw)
}

func unmixingSettings(p Published) {
	p.Spec.Dim = int(math.Round(math.Sqrt(float64(p.Rows("readout.weight")))))
}

// weightsPath is what unmixing and modulation share: weights w (S*S,L) that differ
// from lane to lane, y_i = Σ_j w_ij x_j.
type weightsPath struct {
	fromZero
	lanes, dim int
	x, y, l, w rows
	dw         []float32 // adjoint of w
}

func newWeightsPath(b *builder) weightsPath {
	dim := b.net.Spec.Dim
	p := weightsPath{lanes: b.lanes, dim: dim, w: b.tape.state("w", dim*dim), dw: make([]float32, dim*dim*b.lanes)}
	p.x, p.y, p.l = b.shared()
	return p
}

func (p *weightsPath) respond(frame []float32) {
	x, y, w, n := p.x.of(frame), p.y.of(frame), p.w.of(frame), p.lanes
	for i := range p.dim {
		row := y[i*n : (i+1)*n]
		kernel.Times(row, w[i*p.dim*n:][:n], x[:n])
		for j := 1; j < p.dim; j++ {
			kernel.TimesAdd(row, w[(i*p.dim+j)*n:][:n], x[j*n:][:n])
		}
	}
}

func (p *weightsPath) forget() { clear(p.dw) }
func (p *weightsPath) settle() {}

func (p *weightsPath) respondBack(dy, frame []float32) {
	x, n := p.x.of(frame), p.lanes
	for i := range p.dim {
		for j := range p.dim {
			kernel.TimesAdd(p.dw[(i*p.dim+j)*n:][:n], dy[i*n:][:n], x[j*n:][:n])
		}
	}
}
