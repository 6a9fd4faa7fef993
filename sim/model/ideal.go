package model

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"unmixlab/sim/spec"
)

var idealVariant = variant{
	weights: spatialWeights, build: newIdeal,
	modulation: "m", population: "z", gains: everyGain, signals: []string{"m", "z"},
}

// ideal is the spatial pathway with closed-form feedback in place of an LSTM
// (not in the paper, which trains it). The effective weights W_ro diag(K l) W_x = Σ_j l_j B_j are
// linear in the feedback, so that l* = B⁻¹ vec(A⁻¹) unmixes context A exactly.
// Modulation is there from a context's first sample on, unless it is frozen.
type ideal struct {
	*spatial
	signalsOf []float32 // l* (M,L) of each lane's context
	solve     feedbackSolver
}

func newIdeal(b *builder) pathway {
	p := &ideal{spatial: buildSpatial(b), signalsOf: make([]float32, b.net.Spec.Feedback*b.lanes)}
	b.closed = p
	return p
}

func (p *ideal) pack() {
	p.spatial.pack()
	p.solve = newFeedbackSolver(p.wx, p.wro, p.k, p.dim)
}

func (p *ideal) feedback() []float32 { return p.signalsOf }

// setContext solves for a lane's feedback; inverse is W* (S,S).
func (p *ideal) setContext(lane int, inverse []float64) {
	for j, v := range p.solve(inverse) {
		p.signalsOf[j*p.lanes+lane] = float32(v)
	}
}

// modulate only carries on; the modulation of a new context is set by arrive.
func (p *ideal) modulate(now, next []float32) { copy(p.m.of(next), p.m.of(now)) }

// arrive sets the modulation of a frame to what its feedback signals ask for, as far as
// it is not held.
func (p *ideal) arrive(frame []float32, hold []float32) {
	p.reach.Mul(p.target, p.l.of(frame))
	m := p.m.of(frame)
	for i := range m {
		m[i] = held(hold[i%p.lanes], m[i], p.target[i])
	}
}

// IdealOf is a network with closed-form feedback and the fixed weights of another; ok is
// false where that has none of W_x, W_ro and K, or fewer than S² feedback signals, which
// cannot undo every context.
func IdealOf(n *Network) (closed *Network, ok bool) {
	sp := n.Spec
	sp.Model, sp.Learn = spec.Ideal, nil
	fixed := weights(sp)
	for _, w := range fixed {
		if n.Params.Tensor(w.name) == nil {
			return nil, false
		}
	}
	if sp.Outputs() < sp.Dim*sp.Dim {
		return nil, false
	}
	closed, err := New(sp)
	if err != nil {
		return nil, false
	}
	for _, w := range fixed {
		if closed.Params.Set(w.name, n.Params.data(w.name)) != nil {
			return nil, false
		}
	}
	return closed, true
}

// IdealFeedback is l* (M) for weights W_x (Z,S), W_ro (S,Z), kernel K (Z,M) and the
// inverse context W* (S,S): exact where M = S² and the B_j span all matrices, else
// the least-squares solution of least norm.
func IdealFeedback(wx, wro, k []float32, dim int, inverse []float64) []float64 {
	return newFeedbackSolver(wx, wro, k, dim)(inverse)
}

// feedbackSolver gives l* (M) for an inverse context W* (S,S), see IdealFeedback.
type feedbackSolver func(inverse []float64) []float64

// newFeedbackSolver factorizes the basis once for all contexts.
func newFeedbackSolver(wx, wro, k []float32, dim int) feedbackSolver {
	b := Basis(wx, wro, k, dim)
	entries, signals := b.Dims()
	var svd mat.SVD
	if !svd.Factorize(b, mat.SVDThin) {
		return func([]float64) []float64 { return make([]float64, signals) }
	}
	rank := max(1, svd.Rank(1e-12))
	return func(inverse []float64) []float64 {
		l := mat.NewDense(signals, 1, nil)
		svd.SolveTo(l, mat.NewDense(entries, 1, slices.Clone(inverse)), rank)
		return l.RawMatrix().Data
	}
}

// Basis are the effective weights B_j = W_ro diag(K_j) W_x that each feedback signal
// alone makes, as (S²,M): column j is B_j, row-major. W_x is (Z,S), W_ro (S,Z), K (Z,M).
func Basis(wx, wro, k []float32, dim int) *mat.Dense {
	units := len(wx) / dim
	signals := len(k) / units
	b := mat.NewDense(dim*dim, signals, nil)
	for i := range dim {
		for j := range dim {
			for m := range signals {
				sum := 0.0
				for z := range units {
					sum += float64(wro[i*units+z]) * float64(k[z*signals+m]) * float64(wx[z*dim+j])
				}
				b.Set(i*dim+j, m, sum)
			}
		}
	}
	return b
}
