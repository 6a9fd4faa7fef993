//go:build !purego

package kernel

//go:generate go -C _asm run . -set avx2 -out ../avx2_amd64.s -stubs ../avx2_amd64.go -pkg kernel

import "golang.org/x/sys/cpu"

// available lists the implementations this processor can run, best last.
func available() []*set {
	sets := []*set{&generic}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		sets = append(sets, &avx2)
	}
	return sets
}

// avx2 needs AVX2 and FMA; it takes tiles of 6 rows and two vectors.
var avx2 = set{
	name:     "avx2",
	block:    6,
	mul:      mulAVX2,
	mulAdd:   mulAddAVX2,
	apply:    applyAVX2,
	applyAdd: applyAddAVX2,
	cell:     cellAVX2,
	cellTape: cellTapeAVX2,
	cellBack: cellBackAVX2,
	outer:    outerBy(outerAVX2),
	times:    timesAVX2,
	timesAdd: timesAddAVX2,
	add:      addAVX2,
	scaleAdd: scaleAddAVX2,
	leak:     leakAVX2,
	relu:     reluAVX2,
	reluBack: reluBackAVX2,
	sigmoid:  sigmoidAVX2,
	smoothL1: smoothL1AVX2,
	adam:     adamBy(adamAVX2),
	norm:     normAVX2,

	peak:       peakAVX2,
	flopARound: 12 * 8 * 2,
}

// adamBy returns Adam by a loop that takes its constants one by one.
func adamBy(loop func(w, g, m, v []float32, bound, keep1, beta2, keep2, step, root, eps float32)) func(w, g, m, v []float32, a AdamStep) {
	return func(w, g, m, v []float32, a AdamStep) {
		loop(w, g, m, v, a.bound(), 1-a.Beta1, a.Beta2, 1-a.Beta2, a.Rate/a.Bias1, a.root(), a.Eps)
	}
}

// outerBy returns the weight gradient by a loop over 16 columns: it turns x so
// that columns lie side by side, a workspace panel of 16 columns at a time.
func outerBy(loop func(dw []float32, stride int, d []float32, dStride int, turned []float32, rows, cols, steps int)) func(dw []float32, stride int, d []float32, dStride int, x []float32, xStride int, o *Outer, steps int) {
	return func(dw []float32, stride int, d []float32, dStride int, x []float32, xStride int, o *Outer, steps int) {
		for c := 0; c < o.cols; c += outerPanel {
			turned := o.turned[c*o.steps*Lanes:]
			used := min(outerPanel, o.cols-c)
			turnColumns(turned, x[c*Lanes:], xStride, used, steps)
			loop(dw[c:], stride, d, dStride, turned, o.rows, used, steps)
		}
	}
}

// turnColumns sets turned[(t*L+l)*16+c] = x[t*xStride+c*L+l] for c < used.
func turnColumns(turned, x []float32, xStride, used, steps int) {
	eights := used / 8 * 8
	for c := 0; c < eights; c += 8 {
		turnAVX2(turned[c:], x[c*Lanes:], xStride, steps)
	}
	for t := range steps {
		for c := eights; c < used; c++ {
			from := (*[Lanes]float32)(x[t*xStride+c*Lanes:])
			to := turned[t*Lanes*outerPanel+c:]
			for l, v := range from {
				to[l*outerPanel] = v
			}
		}
	}
}
