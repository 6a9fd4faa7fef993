package data

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Context is a mixing matrix A: x = A s.
type Context struct {
	Stimuli int       `json:"stimuli"`
	Sources int       `json:"sources"`
	A       []float64 `json:"a"` // (Stimuli, Sources), row-major
}

// Normalised is the normalised context [[a, 1-a], [b, 1-b]] of two sources: the point
// (a, b) of the context square, with determinant a - b.
func Normalised(a, b float64) Context {
	return Context{Stimuli: 2, Sources: 2, A: []float64{a, 1 - a, b, 1 - b}}
}

// Inverse is the ideal weight matrix W* (Sources, Stimuli), row-major: the inverse
// of A, or its Moore-Penrose pseudo-inverse where there is none. NaN or infinite
// entries give NaN.
func (c Context) Inverse() []float64 {
	out := make([]float64, c.Sources*c.Stimuli)
	var svd mat.SVD
	if !finite(c.A) || !svd.Factorize(mat.NewDense(c.Stimuli, c.Sources, c.A), mat.SVDThin) {
		for i := range out {
			out[i] = math.NaN()
		}
		return out
	}
	var u, v mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	values := svd.Values(nil)
	for k, s := range values {
		if s <= 1e-15*float64(max(c.Stimuli, c.Sources))*values[0] {
			break // values fall: the rest belong to the null space
		}
		for i := range c.Sources {
			for j := range c.Stimuli {
				out[i*c.Stimuli+j] += v.At(i, k) * u.At(j, k) / s
			}
		}
	}
	return out
}

// Distance is the Frobenius norm of the difference of two contexts of one shape.
func (c Context) Distance(o Context) float64 {
	if c.Stimuli != o.Stimuli || c.Sources != o.Sources {
		panic(fmt.Sprintf("data: distance of a %d×%d and a %d×%d context", c.Stimuli, c.Sources, o.Stimuli, o.Sources))
	}
	sum := 0.0
	for i, a := range c.A {
		sum += (a - o.A[i]) * (a - o.A[i])
	}
	return math.Sqrt(sum)
}

// SameSide tells whether two contexts lie on the same side of the diagonal of the
// context square: the signs of A[0][0] - A[1][0] agree (Figure 5d).
func SameSide(a, b Context) bool { return a.side() == b.side() }

func (c Context) side() bool { return c.A[0]-c.A[c.Sources] > 0 }

// Det is the determinant of a square context.
func (c Context) Det() float64 {
	return det(append([]float64(nil), c.A...), c.Stimuli)
}

// Grid is the contexts of Figure 7: points × points of the unit square, end points
// included, without those whose coordinates differ by 0.2 or less. 20 points leave 272.
func Grid(points int) []Context {
	var all []Context
	last := points - 1
	for i := range points {
		for j := range points {
			if 5*abs(i-j) > last {
				all = append(all, Normalised(float64(i)/float64(last), float64(j)/float64(last)))
			}
		}
	}
	return all
}

// det eliminates in place with partial pivoting; a is (n, n), row-major.
func det(a []float64, n int) float64 {
	d := 1.0
	for k := range n {
		p := k
		for i := k + 1; i < n; i++ {
			if math.Abs(a[i*n+k]) > math.Abs(a[p*n+k]) {
				p = i
			}
		}
		if a[p*n+k] == 0 {
			return 0
		}
		if p != k {
			d = -d
			for j := k; j < n; j++ {
				a[p*n+j], a[k*n+j] = a[k*n+j], a[p*n+j]
			}
		}
		d *= a[k*n+k]
		for i := k + 1; i < n; i++ {
			f := a[i*n+k] / a[k*n+k]
			for j := k + 1; j < n; j++ {
				a[i*n+j] -= f * a[k*n+j]
			}
		}
	}
	return d
}

func finite(a []float64) bool {
	for _, v := range a {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

func abs(n int) int { return max(n, -n) }
