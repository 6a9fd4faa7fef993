package kernel

import (
	"math/rand/v2"
	"testing"
)

// Paper size: 100 hidden units; x, y, h and a row of ones as inputs.
const (
	paperRows  = 400
	paperInner = 105
	paperSteps = 8
)

// bench runs one loop for every implementation; flop is the work of one call,
// 0 where only the time is of interest.
func bench(b *testing.B, flop int, prepare func() func()) {
	before := Name()
	defer Use(before)
	for _, name := range Available() {
		Use(name)
		b.Run(name, func(b *testing.B) {
			run := prepare()
			for b.Loop() {
				run()
			}
			if flop > 0 {
				b.ReportMetric(float64(flop)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			}
		})
	}
}

func values(n int) []float32 {
	rng := rand.New(rand.NewPCG(3, 4))
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(rng.NormFloat64())
	}
	return s
}

func benchPanel(b *testing.B, rows, inner, lanes int) {
	bench(b, 2*rows*inner*lanes, func() func() {
		p := NewPanel(rows, inner, lanes)
		p.Pack(values(rows*inner), inner)
		dst, src := values(rows*lanes), values(inner*lanes)
		return func() { p.Mul(dst, src) }
	})
}

func BenchmarkForward(b *testing.B)     { benchPanel(b, paperRows, paperInner, Lanes) }
func BenchmarkBackward(b *testing.B)    { benchPanel(b, paperInner, paperRows, Lanes) }
func BenchmarkForwardOne(b *testing.B)  { benchPanel(b, paperRows, paperInner, 1) }
func BenchmarkBackwardOne(b *testing.B) { benchPanel(b, paperInner, paperRows, 1) }
func BenchmarkMul2x100(b *testing.B)    { benchPanel(b, 2, 100, Lanes) }
func BenchmarkMul4x100(b *testing.B)    { benchPanel(b, 4, 100, Lanes) }
func BenchmarkMul100x2(b *testing.B)    { benchPanel(b, 100, 2, Lanes) }
func BenchmarkMul100x4(b *testing.B)    { benchPanel(b, 100, 4, Lanes) }
func BenchmarkMul20x40(b *testing.B)    { benchPanel(b, 20, 40, Lanes) }
func BenchmarkMul100x40(b *testing.B)   { benchPanel(b, 100, 40, Lanes) }
func BenchmarkMul2x2One(b *testing.B)   { benchPanel(b, 2, 2, 1) }

func BenchmarkOuter(b *testing.B)       { benchOuter(b, paperRows, paperInner, paperSteps) }
func BenchmarkOuter4x101(b *testing.B)  { benchOuter(b, 4, 101, paperSteps) }
func BenchmarkOuter100x40(b *testing.B) { benchOuter(b, 100, 40, paperSteps) }

func BenchmarkOuterStep100x40(b *testing.B) { benchOuter(b, 100, 40, 1) }
func BenchmarkOuterStep100x2(b *testing.B)  { benchOuter(b, 100, 2, 1) }
func BenchmarkOuterStep2x100(b *testing.B)  { benchOuter(b, 2, 100, 1) }

func benchOuter(b *testing.B, rows, cols, steps int) {
	bench(b, 2*rows*cols*steps*Lanes, func() func() {
		o := NewOuter(rows, cols, steps)
		dw, d, x := values(rows*cols), values(steps*rows*Lanes), values(steps*cols*Lanes)
		return func() { o.Add(dw, cols, d, rows*Lanes, x, cols*Lanes, steps) }
	})
}

func BenchmarkCell(b *testing.B) {
	const n = 100 * Lanes
	bench(b, 0, func() func() {
		h, c, pre := values(n), values(n), values(4*n)
		return func() { active.cell(h, c, pre) }
	})
}

func BenchmarkCellTape(b *testing.B) {
	const n = 100 * Lanes
	bench(b, 0, func() func() {
		h, c, tape, pre := values(n), values(n), values(6*n), values(4*n)
		return func() { active.cellTape(h, c, tape, pre) }
	})
}

func BenchmarkCellOne(b *testing.B) {
	bench(b, 0, func() func() {
		h, c, pre := values(100), values(100), values(400)
		return func() { active.cell(h, c, pre) }
	})
}

func BenchmarkCellBack(b *testing.B) {
	const n = 100 * Lanes
	bench(b, 0, func() func() {
		d, dc, dh, tape := values(4*n), values(n), values(n), values(6*n)
		for i := range tape {
			tape[i] /= 8 // dc shrinks from call to call
		}
		return func() { CellBack(d, dc, dh, tape) }
	})
}

func BenchmarkAdam(b *testing.B) {
	const n = 42804
	bench(b, 0, func() func() {
		w, g, m, v := values(n), values(n), make([]float32, n), make([]float32, n)
		a := AdamStep{Rate: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8, Clip: 1, Bias1: .1, Bias2: .001}
		return func() { Adam(w, g, m, v, a) }
	})
}

func BenchmarkNorm(b *testing.B) {
	bench(b, 0, func() func() {
		g := values(42804)
		return func() { Norm(g) }
	})
}

func BenchmarkTimesAdd(b *testing.B) {
	bench(b, 0, func() func() {
		dst, x, y := values(1600), values(1600), values(1600)
		return func() { TimesAdd(dst, x, y) }
	})
}

func BenchmarkTimesAdd16(b *testing.B) {
	bench(b, 0, func() func() {
		dst, x, y := values(Lanes), values(Lanes), values(Lanes)
		return func() { TimesAdd(dst, x, y) }
	})
}

func BenchmarkLeak(b *testing.B) {
	bench(b, 0, func() func() {
		dst, x, y := values(1600), values(1600), values(1600)
		return func() { Leak(dst, x, y, 0.01) }
	})
}

func BenchmarkSmoothL1(b *testing.B) {
	bench(b, 0, func() func() {
		dy, y := values(Lanes), values(Lanes)
		return func() { SmoothL1(dy, y, 0.5, 1) }
	})
}
