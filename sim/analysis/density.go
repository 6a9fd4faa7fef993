package analysis

import (
	"math"
	"slices"
)

// Density is a smoothed histogram: a Gaussian kernel density estimate with Scott's
// bandwidth, from the least value to the largest and not beyond.
type Density struct{ At, Value []float64 }

// Estimate evaluates the density of values (NaN left out) at `points` places. A
// list that does not vary has no density: both slices are empty.
func Estimate(values []float64, points int) Density {
	v := defined(values)
	d := Describe(v)
	if len(v) < 2 || d.SD == 0 || points < 2 {
		return Density{}
	}
	slices.Sort(v)
	width := d.SD * math.Pow(float64(len(v)), -0.2)
	scale := 1 / (width * math.Sqrt(2*math.Pi) * float64(len(v)))
	var out Density
	for i := range points {
		at := d.Min + (d.Max-d.Min)*float64(i)/float64(points-1)
		sum := 0.0
		for _, x := range v {
			u := (at - x) / width
			sum += math.Exp(-u * u / 2)
		}
		out.At, out.Value = append(out.At, at), append(out.Value, sum*scale)
	}
	return out
}

// Histogram counts values (NaN left out) in equal bins from lo to hi; values beyond
// the ends are in the end bins. Counts are shares that add up to 1.
func Histogram(values []float64, lo, hi float64, bins int) []float64 {
	shares := make([]float64, bins)
	v := defined(values)
	for _, x := range v {
		k := int(float64(bins) * (x - lo) / (hi - lo))
		shares[min(max(k, 0), bins-1)] += 1 / float64(len(v))
	}
	return shares
}
