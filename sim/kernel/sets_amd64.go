//go:build !purego

package kernel

//go:generate go -C _asm run . -set avx2 -out ../avx2_amd64.s -stubs ../avx2_amd64.go -pkg kernel
//go:generate go -C _asm run . -set avx512 -out ../avx512_amd64.s -stubs ../avx512_amd64.go -pkg kernel

import "golang.org/x/sys/cpu"

// supported lists the implementations this processor can run, best last.
func supported() []*set {
	sets := []*set{&generic}
	x := cpu.X86
	if !x.HasAVX2 || !x.HasFMA {
		return sets
	}
	sets = append(sets, &avx2)
	if x.HasAVX512F && x.HasAVX512VL && x.HasAVX512DQ && x.HasAVX512BW && x.HasBMI2 {
		sets = append(sets, &avx512)
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
	outer:    outerByAVX2,
	times:    timesAVX2,
	timesAdd: timesAddAVX2,
	add:      addAVX2,
	scaleAdd: scaleAddAVX2,
	leak:     leakAVX2,
	relu:     reluAVX2,
	reluBack: reluBackAVX2,
	sigmoid:  sigmoidAVX2,
	smoothL1: smoothL1AVX2,
	adam:     adamByAVX2,
	norm:     normAVX2,

	peak:       peakAVX2,
	flopARound: 12 * 8 * 2,
}

// avx512 needs the foundation, VL, DQ and BW of AVX-512, BMI2, and what avx2
// needs; it takes tiles of 20 rows and one vector, and of the gates
// of 5 LSTM cells.
var avx512 = set{
	name:     "avx512",
	block:    20,
	mul:      mulAVX512,
	mulAdd:   mulAddAVX512,
	apply:    applyAVX512,
	applyAdd: applyAddAVX512,
	cells:    5,
	lstm:     lstmAVX512,
	lstmTape: lstmTapeAVX512,
	cell:     cellAVX512,
	cellTape: cellTapeAVX512,
	cellBack: cellBackAVX512,
	outer:    outerByAVX512,
	times:    timesAVX512,
	timesAdd: timesAddAVX512,
	add:      addAVX512,
	scaleAdd: scaleAddAVX512,
	leak:     leakAVX512,
	relu:     reluAVX512,
	reluBack: reluBackAVX512,
	sigmoid:  sigmoidAVX512,
	smoothL1: smoothL1AVX512,
	adam:     adamByAVX512,
	norm:     normAVX512,

	peak:       peakAVX512,
	flopARound: 12 * 16 * 2,
}

func adamByAVX2(w, g, m, v []float32, a AdamStep) {
	adamAVX2(w, g, m, v, a.bound(), 1-a.Beta1, a.Beta2, 1-a.Beta2, a.Rate/a.Bias1, a.root(), a.Eps)
}

func adamByAVX512(w, g, m, v []float32, a AdamStep) {
	adamAVX512(w, g, m, v, a.bound(), 1-a.Beta1, a.Beta2, 1-a.Beta2, a.Rate/a.Bias1, a.root(), a.Eps)
}

func outerByAVX2(dw []float32, stride int, d []float32, dStride int, x []float32, xStride int, o *Outer, steps int) {
	turned := o.turn(x, xStride, steps, 8)
	for c := 0; c < turned; c += outerPanel {
		outer, used := outerAVX2, min(outerPanel, turned-c)
		if used <= 8 {
			outer = outerHalfAVX2
		}
		outer(dw[c:], stride, d, dStride, o.turned[c*o.steps*Lanes:], 0, o.rows, used, steps)
	}
	for c := turned; c < o.cols; c++ {
		outerColumnAVX2(dw[c:], stride, d, dStride, x[c*Lanes:], xStride, o.rows, steps)
	}
}

func outerByAVX512(dw []float32, stride int, d []float32, dStride int, x []float32, xStride int, o *Outer, steps int) {
	const wide = 4 * outerPanel
	turned, panel := o.turn(x, xStride, steps, 16), o.steps*Lanes*outerPanel
	for c := 0; c < turned; c += wide {
		used := min(wide, turned-c)
		outer := [...]func([]float32, int, []float32, int, []float32, int, int, int, int){
			outer1AVX512, outer2AVX512, outer3AVX512, outer4AVX512,
		}[(used-1)/outerPanel]
		outer(dw[c:], stride, d, dStride, o.turned[c*o.steps*Lanes:], panel, o.rows, used, steps)
	}
	for c := turned; c < o.cols; c++ {
		outerColumnAVX512(dw[c:], stride, d, dStride, x[c*Lanes:], xStride, o.rows, steps)
	}
}

// turn fills the panels of the workspace, so that columns lie side by side, and
// returns how many do. The one or two beyond a multiple of the vector's width are
// quicker one by one.
//
//	turned[c/16*steps*L*16+(t*L+l)*16+c%16] = x[t*xStride+c*L+l]
func (o *Outer) turn(x []float32, xStride, steps, width int) int {
	turned := o.cols
	if over := o.cols % width; over <= 2 {
		turned -= over
	}
	for c := 0; c < turned; c += outerPanel {
		turnPanel(o.turned[c*o.steps*Lanes:], x[c*Lanes:], xStride, min(outerPanel, turned-c), steps)
	}
	return turned
}

// turnPanel turns up to 16 columns, 8 at a time as far as that goes.
func turnPanel(panel, x []float32, xStride, used, steps int) {
	eights := used / 8 * 8
	for i := 0; i < eights; i += 8 {
		turnAVX2(panel[i:], x[i*Lanes:], xStride, steps)
	}
	for t := range steps {
		for i := eights; i < used; i++ {
			from, to := (*[Lanes]float32)(x[t*xStride+i*Lanes:]), panel[t*Lanes*outerPanel+i:]
			for l, v := range from {
				to[l*outerPanel] = v
			}
		}
	}
}
