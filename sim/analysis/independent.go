package analysis

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// IndependentComponents unmix stimuli without supervision: they are found by
// symmetric FastICA with the tanh contrast (Hyvärinen 1999).
type IndependentComponents struct {
	Unmixing  *mat.Dense // (S,S), applied to x minus its mean
	Mean      []float64
	Converged bool
}

// FastICA fits stimuli x (T,S) of one context. ok is false when x does not span S
// dimensions.
func FastICA(x Block, seed uint64) (c IndependentComponents, ok bool) {
	data := dense([]Block{x})
	c.Mean = means(data)
	white, whitener, ok := whiten(centred(data, c.Mean))
	if !ok {
		return c, false
	}
	n := x.N
	rng := rand.New(rand.NewPCG(seed, 0x696361))
	w := mat.NewDense(n, n, nil)
	w.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, w)
	w = orthogonal(w)
	for range 200 {
		next := orthogonal(contrastStep(w, white))
		c.Converged = unchanged(w, next)
		w = next
		if c.Converged {
			break
		}
	}
	c.Unmixing = &mat.Dense{}
	c.Unmixing.Mul(w, whitener)
	return c, true
}

// IndependentClarity is the signal clarity of components found in each context by
// itself (sources s (T,S), stimuli x (T,S), one block of each per context); contexts
// whose stimuli do not span S dimensions are left out.
func IndependentClarity(s, x []Block, seed uint64) []float64 {
	var clarity []float64
	for k := range s {
		if c, ok := FastICA(x[k], seed); ok {
			clarity = append(clarity, SignalClarity(s[k:k+1], []Block{c.Apply(x[k])}).PerContext[0])
		}
	}
	return clarity
}

// Apply unmixes stimuli (T,S) into components, a block of the same shape.
func (c IndependentComponents) Apply(x Block) Block {
	y := Block{x.N, make([]float32, len(x.Data))}
	for t := range x.T() {
		row := x.Row(t)
		for i := range x.N {
			sum := 0.0
			for j, v := range row {
				sum += c.Unmixing.At(i, j) * (float64(v) - c.Mean[j])
			}
			y.Row(t)[i] = float32(sum)
		}
	}
	return y
}

// whiten returns x (T,S) turned and scaled to unit covariance, and the map (S,S).
func whiten(x *mat.Dense) (white, whitener *mat.Dense, ok bool) {
	rows, n := x.Dims()
	var cov mat.Dense
	cov.Mul(x.T(), x)
	cov.Scale(1/float64(rows), &cov)
	values, vectors, ok := eigen(&cov)
	if !ok || values[n-1] <= rankCut*values[0] {
		return nil, nil, false
	}
	whitener = mat.DenseCopyOf(vectors.T())
	for i, v := range values {
		row := whitener.RawRowView(i)
		for j := range row {
			row[j] /= math.Sqrt(v)
		}
	}
	white = &mat.Dense{}
	white.Mul(x, whitener.T())
	return white, whitener, true
}

// contrastStep is one fixed-point step for all components: E[x g(wx)] - E[g'(wx)] w.
func contrastStep(w, white *mat.Dense) *mat.Dense {
	rows, n := white.Dims()
	var y, next mat.Dense
	y.Mul(white, w.T())
	slope := make([]float64, n)
	y.Apply(func(_, j int, v float64) float64 {
		g := math.Tanh(v)
		slope[j] += (1 - g*g) / float64(rows)
		return g
	}, &y)
	next.Mul(y.T(), white)
	next.Scale(1/float64(rows), &next)
	next.Apply(func(i, j int, v float64) float64 { return v - slope[i]*w.At(i, j) }, &next)
	return &next
}

// orthogonal is (w wᵀ)^(-1/2) w.
func orthogonal(w *mat.Dense) *mat.Dense {
	var svd mat.SVD
	svd.Factorize(w, mat.SVDThin)
	var u, v, o mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	o.Mul(&u, v.T())
	return &o
}

func unchanged(w, next *mat.Dense) bool {
	var overlap mat.Dense
	overlap.Mul(next, w.T())
	n, _ := overlap.Dims()
	for i := range n {
		if math.Abs(math.Abs(overlap.At(i, i))-1) > 1e-8 {
			return false
		}
	}
	return true
}
