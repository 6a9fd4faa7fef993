package kernel

import (
	"math"
	"testing"
)

// TestAdam follows many weights over a few steps in float64.
func TestAdam(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, clip := range []float32{0, 1} {
			for _, n := range []int{0, 1, 7, 8, 9, 16, 17, 100} {
				followAdam(t, n, clip)
			}
		}
	})
}

func followAdam(t *testing.T, n int, clip float32) {
	t.Helper()
	const rate, beta1, beta2, eps = 1e-3, 0.9, 0.999, 1e-8
	y := newYard(t)
	w, m, v := y.normal(n), y.zeros(n), y.zeros(n)
	w64, m64, v64 := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range w {
		w64[i] = float64(w[i])
	}
	for step := 1; step <= 5; step++ {
		bias1, bias2 := 1-math.Pow(beta1, float64(step)), 1-math.Pow(beta2, float64(step))
		g := y.normal(n)
		Adam(w, g, m, v, AdamStep{Rate: rate, Beta1: beta1, Beta2: beta2, Eps: eps, Clip: clip,
			Bias1: float32(bias1), Bias2: float32(bias2)})
		for i := range g {
			c := float64(g[i])
			if clip > 0 {
				c = min(float64(clip), max(-float64(clip), c))
			}
			m64[i] += (1 - beta1) * (c - m64[i])
			v64[i] = beta2*v64[i] + (1-beta2)*c*c
			w64[i] -= rate / bias1 * m64[i] / (math.Sqrt(v64[i])/math.Sqrt(bias2) + eps)
		}
	}
	for i := range w {
		near(t, "w", i, w[i], w64[i], 2e-6)
		near(t, "m", i, m[i], m64[i], 1e-6)
		near(t, "v", i, v[i], v64[i], 1e-4*v64[i])
	}
}

// TestAdamSpecial checks clipping of infinities, a gradient of zero, and NaN.
func TestAdamSpecial(t *testing.T) {
	each(t, func(t *testing.T) {
		inf, nan := float32(math.Inf(1)), float32(math.NaN())
		w, m, v := make([]float32, 4), make([]float32, 4), make([]float32, 4)
		Adam(w, []float32{inf, -inf, 0, nan}, m, v, AdamStep{Rate: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8, Clip: 1, Bias1: .1, Bias2: .001})
		for i, want := range []float64{-1e-3, 1e-3, 0, math.NaN()} {
			near(t, "w", i, w[i], want, 1e-8)
		}
	})
}
