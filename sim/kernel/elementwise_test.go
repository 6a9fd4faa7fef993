package kernel

import (
	"math"
	"testing"
)

var flatSizes = []int{0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 23, 31, 32, 33, 40, 63, 64, 65, 100, 1600}

// inputs returns two slices of n values, special ones among them, and a third
// of plain ones.
func inputs(y *yard, n int) (a, b, dst []float32) {
	a, b, dst = y.normal(n), y.normal(n), y.normal(n)
	s := special()
	for i := range n {
		if i%3 == 1 {
			a[i] = s[i/3%len(s)]
		}
		if i%5 == 2 {
			b[i] = s[i/5%len(s)]
		}
	}
	return a, b, dst
}

// TestElementwise checks the flat loops on plain and special values against
// the same expression in float64, rounded once or twice.
func TestElementwise(t *testing.T) {
	type loop struct {
		name string
		run  func(dst, a, b []float32)
		want func(dst, a, b float64) float64
	}
	loops := []loop{
		{"Times", Times, func(_, a, b float64) float64 { return a * b }},
		{"TimesAdd", TimesAdd, func(d, a, b float64) float64 { return d + a*b }},
		{"Add", func(dst, a, _ []float32) { Add(dst, a) }, func(d, a, _ float64) float64 { return d + a }},
		{"ScaleAdd", func(dst, a, _ []float32) { ScaleAdd(dst, -1.75, a) }, func(d, a, _ float64) float64 { return d - 1.75*a }},
		{"Leak", func(dst, a, b []float32) { Leak(dst, a, b, 0.25) }, func(_, a, b float64) float64 { return a + 0.25*float64(float32(b-a)) }},
		{"Relu", func(dst, a, _ []float32) { Relu(dst, a) }, func(_, a, _ float64) float64 { return max(0, a) }},
		{"ReluBack", func(dst, a, _ []float32) { ReluBack(dst, a) }, func(d, a, _ float64) float64 {
			if a <= 0 {
				return 0
			}
			return d
		}},
	}
	each(t, func(t *testing.T) {
		for _, n := range flatSizes {
			for _, l := range loops {
				y := newYard(t)
				a, b, dst := inputs(y, n)
				before := append([]float32(nil), dst...)
				l.run(dst, a, b)
				for i := range dst {
					d, p, q := float64(before[i]), float64(a[i]), float64(b[i])
					want := l.want(d, p, q)
					bound := 4 * unit * (size(d) + size(p) + size(q) + size(p*q))
					if math.Abs(want) > math.MaxFloat32 {
						want = math.Copysign(math.Inf(1), want)
					}
					near(t, l.name, i, dst[i], want, bound+1e-44)
				}
			}
		}
	})
}

// size returns |x| of a finite x, else 0.
func size(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return math.Abs(x)
}

// TestInPlace checks that dst may be one of the inputs.
func TestInPlace(t *testing.T) {
	each(t, func(t *testing.T) {
		y := newYard(t)
		a, b := y.normal(37), y.normal(37)
		want := y.zeros(37)
		Times(want, a, b)
		got := append([]float32(nil), a...)
		Times(got, got, b)
		Leak(want, want, a, 0.5)
		Leak(got, got, a, 0.5)
		Sigmoid(want, want)
		Sigmoid(got, got)
		for i := range want {
			near(t, "in place", i, got[i], float64(want[i]), 0)
		}
	})
}

func TestSigmoid(t *testing.T) {
	each(t, func(t *testing.T) {
		x := []float32{}
		for v := -100.0; v <= 100; v += 1.0 / 256 {
			x = append(x, float32(v))
		}
		x = append(x, special()...)
		got := make([]float32, len(x))
		Sigmoid(got, x)
		for i, v := range x {
			near(t, "sigmoid", i, got[i], logistic(float64(v)), gate)
			if v > 89 && got[i] != 1 || v < -89 && got[i] != 0 {
				t.Errorf("sigmoid(%v) = %v, want it saturated", v, got[i])
			}
		}
	})
}

// TestTanh checks the hyperbolic tangent through a cell with open gates.
func TestTanh(t *testing.T) {
	each(t, func(t *testing.T) {
		const n = 4001
		h, c, pre := make([]float32, n), make([]float32, n), make([]float32, 4*n)
		for j := range n {
			c[j] = float32(j-n/2) / 128
			pre[j] = -1000
			pre[n+j] = 1000
			pre[3*n+j] = 1000
		}
		active.cell(h, c, pre)
		for j := range n {
			near(t, "tanh", j, h[j], math.Tanh(float64(c[j])), gate)
		}
	})
}

func TestSmoothL1(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 5, 8, 15, 16, 17, 100} {
			y := newYard(t)
			out, dy := y.normal(n), y.zeros(n)
			const s, scale = 0.3, 0.125
			var want float64
			got := SmoothL1(dy, out, s, scale)
			for i, v := range out {
				e := float64(v) - float64(float32(s))
				if math.Abs(e) < 1 {
					want += e * e / 2
				} else {
					want += math.Abs(e) - 0.5
				}
				near(t, "dy", i, dy[i], scale*min(1, max(-1, e)), 4*unit*(1+math.Abs(e)))
			}
			near(t, "loss of", n, got, want, float64(n+4)*unit*want)
		}
		dy := make([]float32, 3)
		nan, inf := float32(math.NaN()), float32(math.Inf(1))
		if got := SmoothL1(dy, []float32{0, nan, 0}, 1, 1); got == got || dy[1] == dy[1] {
			t.Errorf("NaN: loss %v, dy %v", got, dy)
		}
		if got := SmoothL1(dy, []float32{0, -inf, inf}, 1, 1); got != inf || dy[1] != -1 || dy[2] != 1 {
			t.Errorf("infinite: loss %v, dy %v", got, dy)
		}
	})
}

func TestNorm(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, n := range flatSizes {
			g := newYard(t).normal(n)
			var sum float64
			for _, v := range g {
				sum += float64(v) * float64(v)
			}
			want := math.Sqrt(sum)
			if got := Norm(g); !(math.Abs(got-want) <= 1e-14*want) {
				t.Errorf("norm of %d = %v, want %v", n, got, want)
			}
		}
		if got := Norm([]float32{3e30, 4e30}); !(math.Abs(got/5e30-1) <= 1e-6) {
			t.Errorf("norm of large values = %v, want 5e30", got)
		}
		if got := Norm([]float32{1, float32(math.NaN()), 1}); !math.IsNaN(got) {
			t.Errorf("norm with NaN = %v", got)
		}
	})
}
