package analysis

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// EffectiveWeights are W_ro diag(m) W_x (S,S) over time for modulation m (T,Z), as
// a block of S² columns, row-major: what the whole modulated pathway does to a
// stimulus. W_x is (Z,S), W_ro (S,Z). Only a linear pathway has them; with
// rectification (Dalean network) they would differ from stimulus to stimulus.
func EffectiveWeights(m Block, wx, wro []float32, sources int) Block {
	units := m.N
	products := make([]float32, sources*sources*units) // entry e, unit z
	for i := range sources {
		for j := range sources {
			for z := range units {
				products[(i*sources+j)*units+z] = wro[i*units+z] * wx[z*sources+j]
			}
		}
	}
	entries := sources * sources
	w := Block{entries, make([]float32, m.T()*entries)}
	for t := range m.T() {
		row, gains := w.Row(t), m.Row(t)
		for e := range row {
			var sum float64
			p := products[e*units : (e+1)*units]
			for z, g := range gains {
				sum += float64(p[z] * g)
			}
			row[e] = float32(sum)
		}
	}
	return w
}

// WeightMatch compares weights at the end of contexts with the inverse of each.
type WeightMatch struct {
	Entries Relation  // over all entries of all contexts
	Error   []float64 // ‖W-W*‖ at the last sample of each context
	Norm    []float64 // ‖W*‖
	Weights []float64 // (C,S²) as compared
	Inverse []float64 // (C,S²)
}

// MatchWeights takes weights w (T,S²), one block per context, and the inverses.
func MatchWeights(w []Block, inverse [][]float64) WeightMatch {
	var m WeightMatch
	for k, b := range w {
		last := b.Row(b.T() - 1)
		d := make([]float64, len(last))
		for i, v := range last {
			m.Weights = append(m.Weights, float64(v))
			d[i] = float64(v) - inverse[k][i]
		}
		m.Inverse = append(m.Inverse, inverse[k]...)
		m.Error = append(m.Error, length(d))
		m.Norm = append(m.Norm, length(inverse[k]))
	}
	m.Entries = Relate(m.Weights, m.Inverse)
	return m
}

// Reach is the best that any feedback could do in a context through a basis B (S²,M)
// of effective weights, one column for each feedback signal (model.Basis): least
// squares of the output's error, for uncorrelated sources of equal variance.
type Reach struct {
	Feedback []float64 // l (M)
	Clarity  float64   // of the outputs, mean over them; NaN for other than two sources
	Error    float64   // root mean square of y-s, in units of a source's sd
}

// ReachOf finds the best feedback in the context A (S,S), row-major.
func ReachOf(basis *mat.Dense, a []float64, sources int) Reach {
	entries, signals := basis.Dims()
	x := mat.NewDense(entries, signals, nil) // entries of B_j A
	target := mat.NewDense(entries, 1, nil)
	ctx := mat.NewDense(sources, sources, a)
	var product mat.Dense
	for j := range signals {
		product.Mul(mat.NewDense(sources, sources, mat.Col(nil, j, basis)), ctx)
		x.SetCol(j, product.RawMatrix().Data)
	}
	for i := range sources {
		target.Set(i*sources+i, 0, 1)
	}
	r := Reach{Feedback: make([]float64, signals), Clarity: math.NaN(), Error: math.NaN()}
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThin) {
		return r
	}
	var l, through mat.Dense
	svd.SolveTo(&l, target, max(1, svd.Rank(1e-9)))
	copy(r.Feedback, l.RawMatrix().Data)
	through.Mul(x, &l)
	c := through.RawMatrix().Data
	if sources == 2 {
		r.Clarity = 0
		for i := range 2 {
			row := c[i*2 : i*2+2]
			r.Clarity += math.Abs(math.Abs(row[0])-math.Abs(row[1])) / length(row) / 2
		}
	}
	through.Sub(&through, target)
	r.Error = length(through.RawMatrix().Data) / math.Sqrt(float64(sources))
	return r
}
