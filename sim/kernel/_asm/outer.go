package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// turn writes the transposition of 8 rows of lanes, for every step.
func turn() {
	function("turn", "(dst, x []float32, xStride, steps int)",
		"dst[(t*16+l)*16+c] = x[t*xStride+c*16+l]   for t < steps, l < 16, c < 8")
	dst, x, stride, steps := base("dst"), base("x"), value("xStride"), value("steps")
	SHLQ(U8(2), stride)
	Label("step")
	for half := range 2 {
		in := make([]VecVirtual, 8)
		for c := range in {
			in[c] = copyOf(Mem{Base: x, Disp: 4 * (c*lanes + 8*half)})
		}
		for l, v := range transposed(in) {
			VMOVUPS(v, Mem{Base: dst, Disp: 4 * 16 * (8*half + l)})
		}
	}
	ADDQ(I32(4*16*lanes), dst)
	ADDQ(stride, x)
	DECQ(steps)
	JNZ(LabelRef("step"))
	finish()
}

// transposed returns the columns of 8 vectors of 8 values.
func transposed(in []VecVirtual) []VecVirtual {
	pairs := make([]VecVirtual, 8) // 2 values of one column, in both halves
	for i := 0; i < 8; i += 2 {
		pairs[i], pairs[i+1] = vec(), vec()
		VUNPCKLPS(in[i+1], in[i], pairs[i])
		VUNPCKHPS(in[i+1], in[i], pairs[i+1])
	}
	fours := make([]VecVirtual, 8) // columns 0..3 of 4 rows, twice
	for i := 0; i < 8; i += 4 {
		for j := range 2 {
			a, b := pairs[i+j], pairs[i+j+2]
			fours[i+2*j], fours[i+2*j+1] = vec(), vec()
			VUNPCKLPD(b, a, fours[i+2*j])
			VUNPCKHPD(b, a, fours[i+2*j+1])
		}
	}
	out := make([]VecVirtual, 8)
	for j := range 4 {
		out[j], out[j+4] = vec(), vec()
		VPERM2F128(U8(0x20), fours[j+4], fours[j], out[j])
		VPERM2F128(U8(0x31), fours[j+4], fours[j], out[j+4])
	}
	return out
}

// outer writes the weight gradient of 16 columns at a time, of which the last
// may be missing: turned holds them as turn leaves them.
func outer() {
	function("outer", "(dw []float32, stride int, d []float32, dStride int, turned []float32, rows, cols, steps int)",
		"dw[r*stride+c] += Σ_t Σ_l d[t*dStride+r*16+l]*turned[(t*16+l)*16+c]",
		"for r < rows, c < cols, t < steps, l < 16, where cols <= 16")
	g := gradient{dw: base("dw"), stride: value("stride"), d: base("d"), rows: value("rows")}
	SHLQ(U8(2), g.stride)
	CMPQ(g.rows, U8(isa.tile))
	JL(LabelRef("rest"))
	Label("full")
	g.tile(isa.tile)
	SUBQ(U8(isa.tile), g.rows)
	CMPQ(g.rows, U8(isa.tile))
	JGE(LabelRef("full"))
	Label("rest")
	choose(g.rows, 0, isa.tile-1, func(rows int) {
		if rows > 0 {
			g.tile(rows)
		}
		finish()
	})
}

// A gradient is where a weight gradient stands: the next rows to write, their
// distance in bytes, the first step of the next rows of d, and the rows left.
type gradient struct {
	dw, stride, d, rows Register
}

func (g gradient) tile(rows int) {
	name := func(s string) string { return fmt.Sprintf("%s%d", s, rows) }
	ways := ways(rows)
	step := max(ways, 4)
	sums := tiling{}.start(rows, ways)
	turned, d, left := base("turned"), GP64(), value("steps")
	MOVQ(g.d, d)
	skip := value("dStride")
	SHLQ(U8(2), skip)
	SUBQ(U8(4*lanes), skip)
	Label(name("step"))
	part := GP64()
	MOVQ(U64(lanes/step), part)
	Label(name("sum"))
	for l := range step {
		x := make([]VecVirtual, vectors())
		for v := range x {
			x[v] = copyOf(Mem{Base: turned, Disp: 4 * (16*l + v*isa.width)})
		}
		for r := range rows {
			scaled(sums[l%ways][r], Mem{Base: d, Disp: 4 * (r*lanes + l)}, x)
		}
	}
	ADDQ(I32(4*16*step), turned)
	ADDQ(U8(4*step), d)
	DECQ(part)
	JNZ(LabelRef(name("sum")))
	ADDQ(skip, d)
	DECQ(left)
	JNZ(LabelRef(name("step")))
	g.store(sums, name)
}

// store adds the sums of a tile to dw and moves on to the rows after it.
func (g gradient) store(sums [][][]VecVirtual, name func(string) string) {
	for r := range sums[0] {
		for v, s := range sums[0][r] {
			for w := 1; w < len(sums); w++ {
				VADDPS(sums[w][r][v], s, s)
			}
		}
	}
	cols := value("cols")
	CMPQ(cols, U8(16))
	JL(LabelRef(name("narrow")))
	for r := range sums[0] {
		for v, s := range sums[0][r] {
			put(whole, s, Mem{Base: g.dw, Disp: 4 * v * isa.width}, true)
		}
		ADDQ(g.stride, g.dw)
	}
	JMP(LabelRef(name("stored")))
	Label(name("narrow"))
	if vectors() == 2 {
		g.narrow(sums, cols, name)
	} else {
		p := first(cols)
		for r := range sums[0] {
			put(p, sums[0][r][0], Mem{Base: g.dw}, true)
			ADDQ(g.stride, g.dw)
		}
	}
	Label(name("stored"))
	ADDQ(I32(4*lanes*len(sums[0])), g.d)
}

// narrow stores fewer than 16 columns in two vectors: the first whole where
// there are at least 8.
func (g gradient) narrow(sums [][][]VecVirtual, cols Register, name func(string) string) {
	SUBQ(U8(isa.width), cols)
	JL(LabelRef(name("single")))
	p := first(cols)
	for r := range sums[0] {
		put(whole, sums[0][r][0], Mem{Base: g.dw}, true)
		put(p, sums[0][r][1], Mem{Base: g.dw, Disp: 4 * isa.width}, true)
		ADDQ(g.stride, g.dw)
	}
	JMP(LabelRef(name("stored")))
	Label(name("single"))
	ADDQ(U8(isa.width), cols)
	p = first(cols)
	for r := range sums[0] {
		put(p, sums[0][r][0], Mem{Base: g.dw}, true)
		ADDQ(g.stride, g.dw)
	}
}
