package analysis

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// CrossValidated is R² of a linear decoder on the folds it was not fitted on.
type CrossValidated struct {
	R2       float64   // mean over folds
	Folds    []float64 // each fold
	Examples int
}

// CrossValidate fits y (n,K) on x (n,N) by least squares with intercept in each of
// `folds` folds left out in turn. Rows are dealt to folds at random (by seed): the
// grid of contexts is in order, and a fold of neighbours would ask for
// extrapolation instead.
func CrossValidate(x, y *mat.Dense, folds int, seed uint64) (CrossValidated, error) {
	rows, _ := x.Dims()
	if ny, _ := y.Dims(); ny != rows {
		return CrossValidated{}, fmt.Errorf("%d inputs but %d targets", rows, ny)
	}
	if folds < 2 || rows < 2*folds {
		return CrossValidated{}, fmt.Errorf("%d rows are too few for %d folds", rows, folds)
	}
	order := rand.New(rand.NewPCG(seed, 0x666f6c64)).Perm(rows)
	c := CrossValidated{Examples: rows}
	for f := range folds {
		from, to := f*rows/folds, (f+1)*rows/folds
		train := append(append([]int(nil), order[:from]...), order[to:]...)
		l := FitLinear(pick(x, train), pick(y, train))
		r2 := R2(pick(y, order[from:to]), l.Predict(pick(x, order[from:to])))
		c.Folds = append(c.Folds, r2)
		c.R2 += r2 / float64(folds)
	}
	return c, nil
}

func pick(x *mat.Dense, rows []int) *mat.Dense {
	_, cols := x.Dims()
	p := mat.NewDense(len(rows), cols, nil)
	for i, r := range rows {
		p.SetRow(i, x.RawRowView(r))
	}
	return p
}

// Quadratic adds to inputs (n,N) all products of two of them: (n, N+N(N+1)/2).
func Quadratic(x *mat.Dense) *mat.Dense {
	rows, n := x.Dims()
	q := mat.NewDense(rows, n+n*(n+1)/2, nil)
	for r := range rows {
		row := x.RawRowView(r)
		out := q.RawRowView(r)
		k := copy(out, row)
		for i := range n {
			for j := i; j < n; j++ {
				out[k] = row[i] * row[j]
				k++
			}
		}
	}
	return q
}

// Rows stacks lists of equal length into a matrix.
func Rows(rows [][]float64) *mat.Dense {
	if len(rows) == 0 {
		return &mat.Dense{}
	}
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		m.SetRow(i, r)
	}
	return m
}

// MeanSize is the mean over time of every unit's absolute value, length N: what
// stands for a mean rate where activity has mean zero.
func MeanSize(b Block) []float64 {
	m := make([]float64, b.N)
	for t := range b.T() {
		for j, v := range b.Row(t) {
			m[j] += max(float64(v), -float64(v))
		}
	}
	for j := range m {
		m[j] /= float64(b.T())
	}
	return m
}
