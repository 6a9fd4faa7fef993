package data_test

import (
	"testing"

	"unmixlab/sim/data"
)

// Rows with contexts of their own, three stimuli of two sources, with room left beside
// the rows and after each sample: every value is the formula, noise is drawn by sample,
// then stimulus, then row, and nothing else is written.
func TestMixIsTheFormula(t *testing.T) {
	contexts := []data.Context{
		{Stimuli: 3, Sources: 2, A: []float64{1, 0, 0, 1, 0.5, 0.5}},
		{Stimuli: 3, Sources: 2, A: []float64{0.25, 0.75, 2, -1, 0, 0}},
	}
	s := [][]float32{{1, 2, -4}, {8, 0.5, 16}}
	const pitch, stride, untouched = 3, 11, -99
	x := make([]float64, 3*stride)
	for i := range x {
		x[i] = untouched
	}
	drawn := 0.0
	data.Mix(x, stride, pitch, contexts, s, func() float64 { drawn++; return 1000 * drawn })
	n := 0.0
	for at := range 3 {
		for i := range 3 {
			for r, c := range contexts {
				n++
				want := c.A[2*i]*float64(s[0][at]) + c.A[2*i+1]*float64(s[1][at]) + 1000*n
				if got := x[at*stride+i*pitch+r]; got != want {
					t.Errorf("sample %d, stimulus %d, row %d is %g, want %g", at, i, r, got, want)
				}
				x[at*stride+i*pitch+r] = untouched
			}
		}
	}
	for i, v := range x {
		if v != untouched {
			t.Errorf("place %d, which belongs to no row, was set to %g", i, v)
		}
	}
}
