package kernel

import (
	"fmt"
	"math"
	"testing"
)

// TestPanel checks products of many sizes against float64 sums, within the
// bound K*u*Σ|w||x|.
func TestPanel(t *testing.T) {
	rows := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 15, 16, 17, 25, 26, 27, 28, 29, 40, 57, 102}
	inners := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 20, 101}
	each(t, func(t *testing.T) {
		for _, lanes := range []int{1, Lanes} {
			for _, r := range rows {
				for _, k := range inners {
					checkPanel(t, r, k, lanes)
				}
			}
			checkPanel(t, 404, 105, lanes)
			checkPanel(t, 105, 400, lanes)
		}
	})
}

func checkPanel(t *testing.T, rows, inner, lanes int) {
	t.Helper()
	y := newYard(t)
	w, src := y.normal(rows*inner), y.normal(inner*lanes)
	turned := y.zeros(inner * rows)
	for r := range rows {
		for k := range inner {
			turned[k*rows+r] = w[r*inner+k]
		}
	}
	what := fmt.Sprintf("(%d,%d)·(%d,%d)", rows, inner, inner, lanes)
	start := y.normal(rows * lanes)
	p := NewPanel(rows, inner, lanes)

	dst := y.zeros(rows * lanes)
	copy(dst, start)
	p.Pack(w, inner)
	p.Mul(dst, src)
	checkProduct(t, what+" Mul", dst, make([]float32, rows*lanes), w, src, inner, lanes)

	copy(dst, start)
	p.PackTransposed(turned, rows)
	p.MulAdd(dst, src)
	checkProduct(t, what+" MulAdd", dst, start, w, src, inner, lanes)
}

// checkProduct fails unless got is start + W·src.
func checkProduct(t *testing.T, what string, got, start, w, src []float32, inner, lanes int) {
	t.Helper()
	for i, v := range got {
		r, l := i/lanes, i%lanes
		sum, size := float64(start[i]), math.Abs(float64(start[i]))
		for k := range inner {
			p := float64(w[r*inner+k]) * float64(src[k*lanes+l])
			sum += p
			size += math.Abs(p)
		}
		near(t, what, i, v, sum, float64(inner+2)*(unit*size+denormal))
	}
}

func TestPanelStride(t *testing.T) {
	each(t, func(t *testing.T) {
		w := []float32{1, 2, 9, 3, 4, 9, 5, 6}
		src := make([]float32, 3*Lanes)
		for l := range Lanes {
			src[l], src[Lanes+l] = 1, 10
		}
		p := NewPanel(3, 2, Lanes)
		p.Pack(w, 3)
		dst := make([]float32, 4*Lanes)
		p.Mul(dst, src)
		for i, want := range []float64{21, 43, 65, 0} {
			near(t, "packed", i, dst[i*Lanes+3], want, 0)
		}
		q := NewPanel(2, 3, 1)
		q.PackTransposed(w, 3)
		q.Mul(dst, []float32{1, 10, 100})
		for i, want := range []float64{531, 642} {
			near(t, "transposed", i, dst[i], want, 0)
		}
	})
}

// TestPanelSpecial checks that NaN, infinities and denormals reach the result,
// and only the lane they belong to.
func TestPanelSpecial(t *testing.T) {
	each(t, func(t *testing.T) {
		const rows, inner = 9, 5
		y := newYard(t)
		w, src, dst := y.normal(rows*inner), y.normal(inner*Lanes), y.zeros(rows*Lanes)
		nan, inf := float32(math.NaN()), float32(math.Inf(1))
		src[2*Lanes+1], src[3*Lanes+4] = nan, inf
		for k := range inner {
			src[k*Lanes+7] = 1e-41
		}
		p := NewPanel(rows, inner, Lanes)
		p.Pack(w, inner)
		p.Mul(dst, src)
		checkProduct(t, "denormal or plain", keep(dst, 1, 4, nan), make([]float32, rows*Lanes), w, keep(src, 1, 4, nan), inner, Lanes)
		for r := range rows {
			if v := dst[r*Lanes+1]; v == v {
				t.Errorf("row %d: NaN became %v", r, v)
			}
			near(t, "infinite", r, dst[r*Lanes+4], math.Inf(int(math.Copysign(1, float64(w[r*inner+3])))), 0)
		}
	})
}

// keep returns a copy of s with two lanes set to v.
func keep(s []float32, a, b int, v float32) []float32 {
	c := append([]float32(nil), s...)
	for i := range c {
		if l := i % Lanes; l == a || l == b {
			c[i] = v
		}
	}
	return c
}

// TestPanelKeepsItsKernel checks that a panel works after another
// implementation was chosen.
func TestPanelKeepsItsKernel(t *testing.T) {
	before := Name()
	defer Use(before)
	for _, name := range Available() {
		Use(name)
		y := newYard(t)
		w, src, dst := y.normal(11*3), y.normal(3*Lanes), y.zeros(11*Lanes)
		p := NewPanel(11, 3, Lanes)
		Use("generic")
		p.Pack(w, 3)
		Use("auto")
		p.Mul(dst, src)
		checkProduct(t, name, dst, make([]float32, len(dst)), w, src, 3, Lanes)
	}
}
