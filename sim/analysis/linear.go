package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Linear is an ordinary least-squares map with intercept from N inputs to K outputs.
type Linear struct {
	Weights   *mat.Dense // (N,K)
	Intercept []float64  // (K)
	Rank      int        // directions of the input that were used
}

// rankCut is the variance, relative to the largest, below which a direction of
// the input counts as rounding noise: modulated units move in few directions, and
// what float32 leaves in the others is near 1e-14.
const rankCut = 1e-12

// FitLinear fits outputs y (n,K) on inputs x (n,N) with the smallest weights that
// reach the least squared error. Fewer rows than two are an all-NaN map.
func FitLinear(x, y *mat.Dense) Linear {
	n, inputs := x.Dims()
	_, outputs := y.Dims()
	l := Linear{Weights: mat.NewDense(max(inputs, 1), max(outputs, 1), nil), Intercept: make([]float64, outputs)}
	if n < 2 {
		l.Weights.Apply(func(_, _ int, _ float64) float64 { return math.NaN() }, l.Weights)
		return l
	}
	mx, my := means(x), means(y)
	xc, yc := centred(x, mx), centred(y, my)
	var cov, cross mat.Dense
	cov.Mul(xc.T(), xc)
	cross.Mul(xc.T(), yc)
	l.Weights, l.Rank = solveSymmetric(&cov, &cross)
	for k := range outputs {
		l.Intercept[k] = my[k]
		for j := range inputs {
			l.Intercept[k] -= mx[j] * l.Weights.At(j, k)
		}
	}
	return l
}

// solveSymmetric is the minimum-norm solution of a w = b for a symmetric, positive
// semi-definite a, leaving out directions below rankCut.
func solveSymmetric(a, b *mat.Dense) (*mat.Dense, int) {
	n, _ := a.Dims()
	_, k := b.Dims()
	values, vectors, ok := eigen(a)
	w := mat.NewDense(n, k, nil)
	if !ok {
		w.Apply(func(_, _ int, _ float64) float64 { return math.NaN() }, w)
		return w, 0
	}
	rank := 0
	var part mat.Dense
	part.Mul(vectors.T(), b)
	for i, v := range values {
		row := part.RawRowView(i)
		if v <= rankCut*values[0] || v <= 0 {
			clear(row)
			continue
		}
		floats.Scale(1/v, row)
		rank++
	}
	w.Mul(vectors, &part)
	return w, rank
}

// eigen returns the eigenvalues of a symmetric matrix, largest first, and their
// vectors as columns.
func eigen(a *mat.Dense) ([]float64, *mat.Dense, bool) {
	n, _ := a.Dims()
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			v := (a.At(i, j) + a.At(j, i)) / 2
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, nil, false
			}
			sym.SetSym(i, j, v)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(sym, true) {
		return nil, nil, false
	}
	ascending := e.Values(nil)
	var v mat.Dense
	e.VectorsTo(&v)
	values, vectors := make([]float64, n), mat.NewDense(n, n, nil)
	for i := range n {
		values[i] = ascending[n-1-i]
		vectors.SetCol(i, mat.Col(nil, n-1-i, &v))
	}
	return values, vectors, true
}

// Predict maps inputs x (n,N) to outputs (n,K).
func (l Linear) Predict(x *mat.Dense) *mat.Dense {
	var y mat.Dense
	y.Mul(x, l.Weights)
	rows, _ := y.Dims()
	for i := range rows {
		floats.Add(y.RawRowView(i), l.Intercept)
	}
	return &y
}

// R2 is the coefficient of determination of predictions for targets (n,K), the
// uniform mean over outputs; NaN when a target does not vary.
func R2(target, predicted *mat.Dense) float64 {
	rows, outputs := target.Dims()
	mt := means(target)
	total := 0.0
	for k := range outputs {
		var left, all float64
		for i := range rows {
			e, d := target.At(i, k)-predicted.At(i, k), target.At(i, k)-mt[k]
			left += e * e
			all += d * d
		}
		total += 1 - left/all
	}
	return total / float64(outputs)
}

func means(x *mat.Dense) []float64 {
	rows, cols := x.Dims()
	m := make([]float64, cols)
	for i := range rows {
		floats.Add(m, x.RawRowView(i))
	}
	floats.Scale(1/float64(rows), m)
	return m
}

func centred(x *mat.Dense, mean []float64) *mat.Dense {
	c := mat.DenseCopyOf(x)
	rows, _ := c.Dims()
	for i := range rows {
		floats.Sub(c.RawRowView(i), mean)
	}
	return c
}
