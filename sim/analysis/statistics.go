package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Summary describes a list of values. Values that are NaN are left out and
// counted; SD is that of a sample (n-1), NaN for a single value.
type Summary struct {
	N, Undefined               int
	Mean, SD, Median, Min, Max float64
}

// Describe summarises values. With none that is defined, all but the counts is NaN.
func Describe(values []float64) Summary {
	v := defined(values)
	s := Summary{N: len(v), Undefined: len(values) - len(v)}
	nan := math.NaN()
	s.Mean, s.SD, s.Median, s.Min, s.Max = nan, nan, nan, nan, nan
	if len(v) == 0 {
		return s
	}
	slices.Sort(v)
	s.Mean, s.Min, s.Max = stat.Mean(v, nil), v[0], v[len(v)-1]
	s.Median = (v[(len(v)-1)/2] + v[len(v)/2]) / 2
	if len(v) > 1 {
		s.SD = stat.StdDev(v, nil)
	}
	return s
}

func defined(values []float64) []float64 {
	v := make([]float64, 0, len(values))
	for _, x := range values {
		if !math.IsNaN(x) {
			v = append(v, x)
		}
	}
	return v
}

// Relation is how two lists go together: Pearson's r and its two-sided p from
// Student's t with n-2 degrees of freedom. Pairs with a NaN are left out.
type Relation struct {
	R, P float64
	N    int
}

// Relate correlates a with b, which must be equally long. R is NaN when one of
// them does not vary, P when there are fewer than three pairs.
func Relate(a, b []float64) Relation {
	if len(a) != len(b) {
		panic("analysis: Relate needs lists of equal length")
	}
	var x, y []float64
	for i := range a {
		if !math.IsNaN(a[i]) && !math.IsNaN(b[i]) {
			x, y = append(x, a[i]), append(y, b[i])
		}
	}
	rel := Relation{R: math.NaN(), P: math.NaN(), N: len(x)}
	if len(x) < 2 {
		return rel
	}
	rel.R = stat.Correlation(x, y, nil)
	if df := float64(len(x) - 2); df > 0 && !math.IsNaN(rel.R) {
		t := math.Abs(rel.R) * math.Sqrt(df/math.Max(1-rel.R*rel.R, 1e-300))
		rel.P = 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Survival(t)
	}
	return rel
}

// deviation is the population standard deviation (divided by n) of values.
func deviation(values []float64) float64 {
	return math.Sqrt(stat.PopVariance(values, nil))
}
