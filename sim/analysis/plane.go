package analysis

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Normal is the unit normal of a plane in three dimensions.
type Normal [3]float64

// FitPlane fits c = k0·a + k1·b + k2 by least squares, in c's direction alone (the
// published definition), and returns the plane's normal (k0, k1, -1), of length 1.
func FitPlane(a, b, c []float64) Normal {
	x, y := mat.NewDense(len(a), 2, nil), mat.NewDense(len(a), 1, nil)
	x.SetCol(0, a)
	x.SetCol(1, b)
	y.SetCol(0, c)
	l := FitLinear(x, y)
	n := Normal{l.Weights.At(0, 0), l.Weights.At(1, 0), -1}
	size := length(n[:])
	for i := range n {
		n[i] /= size
	}
	return n
}

// FitPlaneAnyDirection fits a plane by total least squares: its normal is the
// direction in which the points vary least. It does not break down when the plane
// is steep, where FitPlane does.
func FitPlaneAnyDirection(a, b, c []float64) Normal {
	x := mat.NewDense(len(a), 3, nil)
	for j, v := range [][]float64{a, b, c} {
		x.SetCol(j, v)
	}
	nan := math.NaN()
	var svd mat.SVD
	if !finite(x) || !svd.Factorize(centred(x, means(x)), mat.SVDThin) {
		return Normal{nan, nan, nan}
	}
	var v mat.Dense
	svd.VTo(&v)
	return Normal(mat.Col(nil, 2, &v))
}

// Angle is the angle between two planes by their normals, folded into 0-90 degrees.
func Angle(a, b Normal) float64 {
	dot := a[0]*b[0] + a[1]*b[1] + a[2]*b[2]
	cross := []float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
	return math.Atan2(length(cross), math.Abs(dot)) * 180 / math.Pi
}

// PrincipalAngles are the k angles, smallest first and in degrees, between the
// k-dimensional subspaces that hold most of the variance of u and of v, blocks of
// the same units. They need no choice of a three-dimensional space.
func PrincipalAngles(u, v Block, k int) []float64 {
	angles := make([]float64, k)
	pu, okU := Principal([]Block{u}, k, false)
	pv, okV := Principal([]Block{v}, k, false)
	if !okU || !okV || u.N < k {
		for i := range angles {
			angles[i] = math.NaN()
		}
		return angles
	}
	return subspaceAngles(pu.Components, pv.Components)
}

// subspaceAngles takes orthonormal rows. Small angles come from the sine, large
// ones from the cosine, so that neither loses digits.
func subspaceAngles(a, b *mat.Dense) []float64 {
	k, _ := a.Dims()
	var overlap, rest mat.Dense
	overlap.Mul(a, b.T()) // (k,k) cosines
	rest.Mul(overlap.T(), a)
	rest.Sub(b, &rest) // what of b lies outside a
	cos, sin := singular(&overlap), singular(&rest)
	angles := make([]float64, k)
	for i := range angles {
		angles[i] = math.Atan2(sin[k-1-i], cos[i]) * 180 / math.Pi
	}
	return angles
}

func singular(a *mat.Dense) []float64 {
	var svd mat.SVD
	if !svd.Factorize(a, mat.SVDNone) {
		r, c := a.Dims()
		v := make([]float64, min(r, c))
		for i := range v {
			v[i] = math.NaN()
		}
		return v
	}
	return svd.Values(nil)
}

func finite(x *mat.Dense) bool {
	for _, v := range x.RawMatrix().Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
