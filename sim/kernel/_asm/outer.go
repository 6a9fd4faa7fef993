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

// outer writes weight gradients: of columns that turn left side by side in panels
// of 16, tiles of rows and vectors that fill the registers, and of single columns.
func outer() {
	if isa.width == 8 {
		gradients("outer", 2, 6)
		gradients("outerHalf", 1, 8)
	} else {
		gradients("outer1", 1, 16)
		gradients("outer2", 2, 12)
		gradients("outer3", 3, 8)
		gradients("outer4", 4, 6)
	}
	outerColumn()
}

// gradients writes the gradient of a panel some vectors wide, in tiles of as
// many rows.
func gradients(name string, vectors, tile int) {
	function(name, "(dw []float32, stride int, d []float32, dStride int, turned []float32, panel, rows, cols, steps int)",
		"dw[r*stride+c] += Σ_t Σ_l d[t*dStride+r*16+l]*turned[c/16*panel+(t*16+l)*16+c%16]   for r < rows, c < cols, t < steps, l < 16",
		fmt.Sprintf("where %d < cols <= %d", (vectors-1)*isa.width, vectors*isa.width))
	g := gradient{dw: base("dw"), stride: value("stride"), d: base("d"), rows: value("rows"), vectors: vectors}
	if vectors*isa.width > 16 {
		g.panel, g.panel3 = value("panel"), GP64()
		SHLQ(U8(2), g.panel)
		LEAQ(Mem{Base: g.panel, Index: g.panel, Scale: 2}, g.panel3)
	}
	SHLQ(U8(2), g.stride)
	CMPQ(g.rows, U8(tile))
	JL(LabelRef("rest"))
	Label("full")
	g.tile(tile)
	SUBQ(U8(tile), g.rows)
	CMPQ(g.rows, U8(tile))
	JGE(LabelRef("full"))
	Label("rest")
	choose(g.rows, 0, tile-1, func(rows int) {
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
	vectors             int      // that hold the columns
	panel, panel3       Register // once and three times the bytes from panel to panel, if there are several
}

// columns addresses a vector of columns of lane l.
func (g gradient) columns(turned Register, v, l int) Mem {
	if g.panel == nil {
		return Mem{Base: turned, Disp: 4 * (16*l + v*isa.width)}
	}
	m := rows{base: turned, n4: g.panel, n12: g.panel3}.at(v)
	m.Disp = 4 * 16 * l
	return m
}

func (g gradient) tile(rows int) {
	name := func(s string) string { return fmt.Sprintf("%s%d", s, rows) }
	ways := ways(rows * g.vectors)
	step := max(ways, 4)
	sums := zeros(ways, rows, g.vectors)
	turned, d, left := base("turned"), GP64(), value("steps")
	MOVQ(g.d, d)
	g.ask(rows)
	skip := value("dStride")
	SHLQ(U8(2), skip)
	SUBQ(U8(4*lanes), skip)
	Label(name("step"))
	part := GP64()
	MOVQ(U64(lanes/step), part)
	Label(name("sum"))
	for l := range step {
		x := make([]VecVirtual, g.vectors)
		for v := range x {
			x[v] = copyOf(g.columns(turned, v, l))
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
	g.store(joined(sums), name)
}

// ask has the rows of dw that a tile adds to brought near.
func (g gradient) ask(rows int) {
	row := GP64()
	MOVQ(g.dw, row)
	for r := range rows {
		if r > 0 {
			ADDQ(g.stride, row)
		}
		for line := 0; line < 4*g.vectors*isa.width; line += 64 {
			PREFETCHT0(Mem{Base: row, Disp: line})
		}
	}
}

// store adds the sums of a tile to dw and moves on to the rows after it.
func (g gradient) store(sums [][]VecVirtual, name func(string) string) {
	cols := value("cols")
	SUBQ(U8((g.vectors-1)*isa.width), cols)
	CMPQ(cols, U8(isa.width))
	JL(LabelRef(name("narrow")))
	g.put(sums, whole)
	JMP(LabelRef(name("stored")))
	Label(name("narrow"))
	g.put(sums, first(cols))
	Label(name("stored"))
	ADDQ(I32(4*lanes*len(sums)), g.d)
}

// put adds the sums to dw, of the last vector only a part.
func (g gradient) put(sums [][]VecVirtual, last part) {
	for _, row := range sums {
		for v, s := range row {
			p := whole
			if v == len(row)-1 {
				p = last
			}
			put(p, s, Mem{Base: g.dw, Disp: 4 * v * isa.width}, true)
		}
		ADDQ(g.stride, g.dw)
	}
}

// outerColumn writes the weight gradient of one column, whose lanes need not
// be turned.
func outerColumn() {
	const tile = 8
	function("outerColumn", "(dw []float32, stride int, d []float32, dStride int, x []float32, xStride, rows, steps int)",
		"dw[r*stride] += Σ_t Σ_l d[t*dStride+r*16+l]*x[t*xStride+l]   for r < rows, t < steps, l < 16")
	dw, stride, start, rows := base("dw"), value("stride"), base("d"), value("rows")
	SHLQ(U8(2), stride)
	for _, n := range []int{tile, 1} {
		name := func(s string) string { return fmt.Sprintf("%s%d", s, n) }
		SUBQ(U8(n), rows)
		JL(LabelRef(name("rest")))
		Label(name("rows"))
		sums := zeros(1, n, 1)[0]
		d, x, left := GP64(), base("x"), value("steps")
		MOVQ(start, d)
		dStride, xStride := value("dStride"), value("xStride")
		Label(name("step"))
		for v := range vectors() {
			lanesOf := copyOf(Mem{Base: x, Disp: 4 * v * isa.width})
			for r := range n {
				VFMADD231PS(Mem{Base: d, Disp: 4 * (r*lanes + v*isa.width)}, lanesOf, sums[r][0])
			}
		}
		LEAQ(Mem{Base: d, Index: dStride, Scale: 4}, d)
		LEAQ(Mem{Base: x, Index: xStride, Scale: 4}, x)
		DECQ(left)
		JNZ(LabelRef(name("step")))
		for r := range n {
			s := total(sums[r][0])
			VADDSS(Mem{Base: dw}, s, s)
			VMOVSS(s, Mem{Base: dw})
			ADDQ(stride, dw)
		}
		ADDQ(I32(4*lanes*n), start)
		SUBQ(U8(n), rows)
		JGE(LabelRef(name("rows")))
		Label(name("rest"))
		ADDQ(U8(n), rows)
	}
	finish()
}
