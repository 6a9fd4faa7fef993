package kernel

import (
	"math"
	"testing"
)

var cellSizes = []int{0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 100, 100 * Lanes}

const gate = 3e-7 // largest error of an activation

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// cell64 is one cell in float64: its new h and c and its tape.
func cell64(c, pi, pf, pg, po float64) (h, now float64, tape [6]float64) {
	i, f, g, o := logistic(pi), logistic(pf), math.Tanh(pg), logistic(po)
	now = f*c + i*g
	out := math.Tanh(now)
	h = o * out
	tape = [6]float64{g * (i - i*i), c * (f - f*f), i - i*g*g, h - h*o, o - h*out, f}
	return h, now, tape
}

func TestCell(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, n := range cellSizes {
			y := newYard(t)
			before, pre := y.normal(n), y.normal(4*n)
			for i := range pre {
				pre[i] *= 4
			}
			h, c := y.zeros(n), y.zeros(n)
			copy(c, before)
			active.cell(h, c, pre)

			h2, c2, tape := y.zeros(n), y.zeros(n), y.zeros(6*n)
			copy(c2, before)
			active.cellTape(h2, c2, tape, pre)
			for j := range n {
				cj := float64(before[j])
				wantH, wantC, want := cell64(cj, float64(pre[j]), float64(pre[n+j]), float64(pre[2*n+j]), float64(pre[3*n+j]))
				size := 2 + math.Abs(cj)
				near(t, "c", j, c[j], wantC, 2*gate*size)
				near(t, "h", j, h[j], wantH, 3*gate*size)
				if h[j] != h2[j] || c[j] != c2[j] {
					t.Errorf("cell %d: Cell gives h %v c %v, CellTape %v %v", j, h[j], c[j], h2[j], c2[j])
				}
				for k := range want {
					near(t, "tape", k, tape[k*n+j], want[k], 4*gate*size)
				}
			}
		}
	})
}

func TestCellSaturates(t *testing.T) {
	each(t, func(t *testing.T) {
		inf := math.Inf(1)
		for _, big := range []float64{95, 1e9, inf} {
			for _, sign := range []float64{1, -1} {
				x := float32(sign * big)
				pre := []float32{x, x, x, x}
				h, c := []float32{7}, []float32{3}
				active.cell(h, c, pre)
				wantH, wantC, _ := cell64(3, float64(x), float64(x), float64(x), float64(x))
				near(t, "saturated c", 0, c[0], wantC, 1e-38)
				near(t, "saturated h", 0, h[0], wantH, gate)
			}
		}
		for k := range 4 {
			pre := make([]float32, 4)
			pre[k] = float32(math.NaN())
			h, c, tape := []float32{0}, []float32{1}, make([]float32, 6)
			active.cellTape(h, c, tape, pre)
			if h[0] == h[0] || (c[0] == c[0]) != (k == 3) {
				t.Errorf("NaN in gate %d: h %v, c %v", k, h[0], c[0])
			}
		}
	})
}

func TestCellBack(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, n := range cellSizes {
			y := newYard(t)
			dh, dc, tape, d := y.normal(n), y.normal(n), y.normal(6*n), y.zeros(4*n)
			before := append([]float32(nil), dc...)
			CellBack(d, dc, dh, tape)
			for j := range n {
				var p [6]float64
				for k := range p {
					p[k] = float64(tape[k*n+j])
				}
				e := float64(dh[j])
				q := float64(before[j]) + e*p[4]
				bound := 6 * unit * (math.Abs(float64(before[j])) + math.Abs(e*p[4]))
				for k, want := range []float64{q * p[0], q * p[1], q * p[2]} {
					near(t, "d", k*n+j, d[k*n+j], want, bound*math.Abs(p[k]))
				}
				near(t, "d", 3*n+j, d[3*n+j], e*p[3], unit*math.Abs(e*p[3]))
				near(t, "dc", j, dc[j], q*p[5], bound*math.Abs(p[5]))
			}
		}
	})
}

// TestCellAdjoint checks CellBack after CellTape against central differences
// of the float64 cell.
func TestCellAdjoint(t *testing.T) {
	each(t, func(t *testing.T) {
		const n, step = 33, 1e-5
		y := newYard(t)
		c, pre, dh, dc := y.normal(n), y.normal(4*n), y.normal(n), y.normal(n)
		h, now, tape, d, prev := y.zeros(n), y.zeros(n), y.zeros(6*n), y.zeros(4*n), y.zeros(n)
		copy(now, c)
		copy(prev, dc)
		active.cellTape(h, now, tape, pre)
		CellBack(d, prev, dh, tape)
		for j := range n {
			at := [5]float64{float64(pre[j]), float64(pre[n+j]), float64(pre[2*n+j]), float64(pre[3*n+j]), float64(c[j])}
			objective := func(p [5]float64) float64 {
				h, now, _ := cell64(p[4], p[0], p[1], p[2], p[3])
				return float64(dh[j])*h + float64(dc[j])*now
			}
			for k := range at {
				up, down := at, at
				up[k] += step
				down[k] -= step
				want := (objective(up) - objective(down)) / (2 * step)
				got := prev[j]
				if k < 4 {
					got = d[k*n+j]
				}
				near(t, "gradient", k, got, want, 5e-6)
			}
		}
	})
}
