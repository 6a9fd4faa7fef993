package kernel

import "math"

// AdamStep holds what one step of Adam needs: the learning rate, the decay of
// both moments, the guard against division by zero, the largest gradient let
// through (0: any), and the bias corrections 1-Beta1^t and 1-Beta2^t of step
// t = 1, 2, ...
type AdamStep struct {
	Rate, Beta1, Beta2, Eps, Clip float32
	Bias1, Bias2                  float32
}

// Adam updates weights w, moments m and v from gradients g, as PyTorch does.
//
//	g' = clamp(g, -Clip, Clip)
//	m += (1-Beta1)*(g'-m)
//	v = Beta2*v + (1-Beta2)*g'²
//	w -= Rate/Bias1 * m / (sqrt(v)/sqrt(Bias2) + Eps)
func Adam(w, g, m, v []float32, a AdamStep) {
	require(len(g) == len(w) && len(m) == len(w) && len(v) == len(w))
	active.adam(w, g, m, v, a)
}

// bound returns the largest gradient let through.
func (a AdamStep) bound() float32 {
	if a.Clip == 0 {
		return float32(math.Inf(1))
	}
	return a.Clip
}

// root returns 1/sqrt(Bias2).
func (a AdamStep) root() float32 {
	return float32(1 / math.Sqrt(float64(a.Bias2)))
}

func adamGeneric(w, g, m, v []float32, a AdamStep) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	bound, step, root := a.bound(), a.Rate/a.Bias1, a.root()
	for i := range w {
		clipped := min(bound, max(-bound, g[i]))
		m[i] += (1 - a.Beta1) * (clipped - m[i])
		v[i] = a.Beta2*v[i] + (1-a.Beta2)*clipped*clipped
		w[i] -= step * m[i] / (float32(math.Sqrt(float64(v[i])))*root + a.Eps)
	}
}
