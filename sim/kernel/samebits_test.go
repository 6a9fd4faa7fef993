package kernel

import "testing"

// TestSameBits checks that results do not depend, in any bit, on where slices
// lie in memory or on what was computed before.
func TestSameBits(t *testing.T) {
	each(t, func(t *testing.T) {
		want := everything(0)
		for _, shift := range []int{0, 1, 3, 8} {
			got := everything(shift)
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("result %d is %v with slices moved by %d, %v without", i, got[i], shift, want[i])
				}
			}
		}
	})
}

// everything returns the results of loops that sum or have parts of vectors,
// on slices that lie shift places off.
func everything(shift int) []float32 {
	const rows, inner, steps, n = 23, 29, 2, 53
	moved := func(n int) []float32 { return append(make([]float32, shift), madeUp(n)...)[shift:] }
	var out []float32
	for _, lanes := range []int{1, Lanes} {
		p := NewPanel(rows, inner, lanes)
		p.Pack(moved(rows*inner), inner)
		dst := moved(rows * lanes)
		p.MulAdd(dst, moved(inner*lanes))
		out = append(out, dst...)
	}
	dw := moved(rows * inner)
	NewOuter(rows, inner, steps).Add(dw, inner, moved(steps*rows*Lanes), rows*Lanes, moved(steps*inner*Lanes), inner*Lanes, steps)
	h, c, tape := moved(n), moved(n), moved(6*n)
	active.cellTape(h, c, tape, moved(4*n))
	dy := moved(n)
	loss := SmoothL1(dy, moved(n), 0.25, 1)
	out = append(append(append(append(out, dw...), h...), tape...), dy...)
	return append(out, loss, float32(Norm(moved(n))))
}
