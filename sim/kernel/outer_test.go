package kernel

import (
	"fmt"
	"math"
	"testing"
)

// TestOuter checks weight gradients of many sizes against float64 sums.
func TestOuter(t *testing.T) {
	rows := []int{0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 25, 26, 40}
	cols := []int{0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 23, 24, 25, 33, 48, 51, 66, 67, 105, 112, 113}
	each(t, func(t *testing.T) {
		for _, r := range rows {
			for _, c := range cols {
				for _, steps := range []int{0, 1, 3} {
					checkOuter(t, r, c, steps, 3)
				}
			}
		}
		checkOuter(t, 404, 105, 8, 8)
	})
}

func checkOuter(t *testing.T, rows, cols, steps, most int) {
	t.Helper()
	y := newYard(t)
	dStride, xStride, stride := rows*Lanes+5, cols*Lanes+3, cols+2
	d := y.normal(max(0, (steps-1)*dStride+rows*Lanes))
	x := y.normal(max(0, (steps-1)*xStride+cols*Lanes))
	dw := y.normal(max(0, (rows-1)*stride+cols))
	start := append([]float32(nil), dw...)
	o := NewOuter(rows, cols, most)
	o.Add(dw, stride, d, dStride, x, xStride, steps)
	what := fmt.Sprintf("(%d,%d) over %d", rows, cols, steps)
	for i := range dw {
		r, c := i/stride, i%stride
		if c >= cols {
			near(t, what+" between rows", i, dw[i], float64(start[i]), 0)
			continue
		}
		sum, size := float64(start[i]), math.Abs(float64(start[i]))
		for s := range steps {
			for l := range Lanes {
				p := float64(d[s*dStride+r*Lanes+l]) * float64(x[s*xStride+c*Lanes+l])
				sum += p
				size += math.Abs(p)
			}
		}
		near(t, what, i, dw[i], sum, float64(steps*Lanes+2)*unit*size)
	}
}

// TestOuterAgain checks that a workspace carries nothing from one call to the
// next, not even NaN.
func TestOuterAgain(t *testing.T) {
	each(t, func(t *testing.T) {
		const rows, cols, steps = 7, 19, 3
		y := newYard(t)
		o := NewOuter(rows, cols, steps)
		bad := y.zeros(steps * cols * Lanes)
		for i := range bad {
			bad[i] = float32(math.NaN())
		}
		dw := y.zeros(rows * cols)
		d := y.normal(steps * rows * Lanes)
		o.Add(dw, cols, d, rows*Lanes, bad, cols*Lanes, steps)
		for i, v := range dw {
			if v == v {
				t.Fatalf("dw[%d] = %v from NaN", i, v)
			}
		}
		x := y.normal(steps * cols * Lanes)
		clear(dw)
		o.Add(dw, cols, d, rows*Lanes, x, cols*Lanes, 2)
		fresh := y.zeros(rows * cols)
		NewOuter(rows, cols, 2).Add(fresh, cols, d, rows*Lanes, x, cols*Lanes, 2)
		for i := range dw {
			if dw[i] != fresh[i] {
				t.Fatalf("dw[%d] = %v in a used workspace, %v in a fresh one", i, dw[i], fresh[i])
			}
		}
	})
}
