package kernel

import (
	"fmt"
	"math"
	"testing"
)

// TestLSTM checks steps of layers of many sizes against the float64 cell.
func TestLSTM(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, lanes := range []int{1, Lanes} {
			for _, units := range []int{0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 24} {
				for _, inner := range []int{0, 1, 2, 3, 8, 21} {
					checkLSTM(t, units, inner, lanes)
				}
			}
			checkLSTM(t, 100, 105, lanes)
		}
	})
}

func checkLSTM(t *testing.T, units, inner, lanes int) {
	t.Helper()
	what := fmt.Sprintf("%d cells of %d inputs, %d lanes: ", units, inner, lanes)
	y, n, stride := newYard(t), units*lanes, inner+1
	w, src, before := y.normal(4*units*stride), y.normal(inner*lanes), y.normal(n)
	l := NewLSTM(units, inner, lanes)
	l.Pack(w, stride)
	h, c, tape := y.zeros(n), y.zeros(n), y.zeros(6*n)
	copy(c, before)
	l.Step(h, c, src)
	h2, c2 := y.zeros(n), y.zeros(n)
	copy(c2, before)
	l.StepTape(h2, c2, tape, src)
	for j := range n {
		var gates [4]float64
		var size float64
		for k := range gates {
			for i := range inner {
				p := float64(w[(k*units+j/lanes)*stride+i]) * float64(src[i*lanes+j%lanes])
				gates[k] += p
				size += math.Abs(p)
			}
		}
		wantH, wantC, want := cell64(float64(before[j]), gates[0], gates[1], gates[2], gates[3])
		bound := (4*gate + float64(inner+2)*unit*size) * (2 + math.Abs(float64(before[j])))
		near(t, what+"c", j, c[j], wantC, bound)
		near(t, what+"h", j, h[j], wantH, bound)
		if h[j] != h2[j] || c[j] != c2[j] {
			t.Errorf("%scell %d: Step gives h %v c %v, StepTape %v %v", what, j, h[j], c[j], h2[j], c2[j])
		}
		for k := range want {
			near(t, what+"tape", k, tape[k*n+j], want[k], bound)
		}
	}
}

// TestLSTMSpecial checks that gates saturate, and that NaN in one lane stays in it.
func TestLSTMSpecial(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, lanes := range []int{1, Lanes} {
			l := NewLSTM(1, 1, lanes)
			l.Pack([]float32{1, 1, 1, 1}, 1)
			for _, x := range special() {
				h, c, src := make([]float32, lanes), make([]float32, lanes), make([]float32, lanes)
				h[lanes-1], c[lanes-1], src[lanes-1] = 7, 3, x
				l.Step(h, c, src)
				wantH, wantC, _ := cell64(3, float64(x), float64(x), float64(x), float64(x))
				near(t, fmt.Sprintf("c of %v", x), lanes-1, c[lanes-1], wantC, 4*gate)
				near(t, fmt.Sprintf("h of %v", x), lanes-1, h[lanes-1], wantH, 3*gate)
				for j := range lanes - 1 {
					near(t, "h beside it", j, h[j], 0, 0)
				}
			}
		}
	})
}
