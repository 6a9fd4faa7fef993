package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// PCA are the principal components of a population, as scikit-learn finds them:
// the sample covariance, each component turned so that the sample with the largest
// score in size has a positive one (scikit-learn before 1.5, as published).
type PCA struct {
	Mean       []float64  // (N)
	Components *mat.Dense // (K,N), one component a row
	Variance   []float64  // (K), n-1
	Ratio      []float64  // (K), of all the variance
	Whiten     bool       // scores have variance 1
}

// Principal finds the first k components of units u over all blocks together.
// Fewer components than k are returned when there are fewer units. A population
// with a value that is not finite has none: ok is false.
func Principal(u []Block, k int, whiten bool) (p PCA, ok bool) {
	x := dense(u)
	rows, units := x.Dims()
	if rows < 2 {
		return PCA{}, false
	}
	k = min(k, units)
	p = PCA{Mean: means(x), Components: mat.NewDense(k, units, nil), Whiten: whiten}
	xc := centred(x, p.Mean)
	var cov mat.Dense
	cov.Mul(xc.T(), xc)
	cov.Scale(1/float64(rows-1), &cov)
	values, vectors, ok := eigen(&cov)
	if !ok {
		return PCA{}, false
	}
	total := mat.Trace(&cov)
	for i := range k {
		v := mat.Col(nil, i, vectors)
		turn(v, xc)
		p.Components.SetRow(i, v)
		p.Variance = append(p.Variance, math.Max(values[i], 0))
		p.Ratio = append(p.Ratio, math.Max(values[i], 0)/total)
	}
	return p, true
}

// turn gives a component v the sign by which the largest score in size, of the rows
// of x, is positive.
func turn(v []float64, x *mat.Dense) {
	largest := 0.0
	rows, _ := x.Dims()
	for i := range rows {
		if s := floats.Dot(x.RawRowView(i), v); math.Abs(s) > math.Abs(largest) {
			largest = s
		}
	}
	if largest < 0 {
		floats.Scale(-1, v)
	}
}

// Scores are the samples of u seen along component k (from 0), length T.
func (p PCA) Scores(u Block, k int) []float64 {
	w := p.Components.RawRowView(k)
	offset, scale := 0.0, 1.0
	for j, v := range w {
		offset += v * p.Mean[j]
	}
	if p.Whiten {
		scale = 1 / math.Sqrt(p.Variance[k])
	}
	s := make([]float64, u.T())
	for t := range s {
		sum := -offset
		for j, v := range u.Row(t) {
			sum += w[j] * float64(v)
		}
		s[t] = sum * scale
	}
	return s
}

// Cumulative is the share of variance that the first n components explain.
func (p PCA) Cumulative(n int) float64 {
	sum := 0.0
	for _, r := range p.Ratio[:min(n, len(p.Ratio))] {
		sum += r
	}
	return sum
}
