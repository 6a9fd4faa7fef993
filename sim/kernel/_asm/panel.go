package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// panel writes the products of a panel and rows of lanes.
func panel() {
	product("mul", "(dst, panel, src, ahead []float32, rows, inner int)", false,
		"dst[r][l] = Σ_k panel[r][k]*src[k][l]   for r < rows, k < inner, l < 16",
		"and asks the memory for ahead meanwhile.")
	product("mulAdd", "(dst, panel, src []float32, rows, inner int)", true,
		"dst[r][l] += Σ_k panel[r][k]*src[k][l]   for r < rows, k < inner, l < 16")
	apply("apply", false, "dst[r] = Σ_k panel[r][k]*src[k]   for r < rows, k < inner")
	apply("applyAdd", true, "dst[r] += Σ_k panel[r][k]*src[k]   for r < rows, k < inner")
}

// A tiling is where a product stands: the next rows to write, the panel's next
// block, the rows of lanes, and the number of rows left.
type tiling struct {
	dst, panel, src, inner, rows Register
	add                          bool
	ahead, aheadEnd              Register // what the memory is asked for meanwhile, or nil
}

func product(name, signature string, add bool, doc ...string) {
	function(name, signature, doc...)
	t := tiling{dst: base("dst"), panel: base("panel"), src: base("src"), inner: value("inner"), rows: value("rows"), add: add}
	if !add {
		t.ahead, t.aheadEnd = base("ahead"), length("ahead")
		LEAQ(Mem{Base: t.ahead, Index: t.aheadEnd, Scale: 4}, t.aheadEnd)
	}
	CMPQ(t.rows, U8(isa.tile))
	JL(LabelRef("rest"))
	Label("full")
	t.tile(isa.tile)
	SUBQ(U8(isa.tile), t.rows)
	CMPQ(t.rows, U8(isa.tile))
	JGE(LabelRef("full"))
	Label("rest")
	choose(t.rows, 0, isa.tile-1, func(rows int) {
		if rows > 0 {
			t.tile(rows)
		}
		finish()
	})
}

// choose writes body for every value of n from low to high, and the way to it.
func choose(n Register, low, high int, body func(int)) {
	if low == high {
		body(low)
		return
	}
	middle := (low + high + 1) / 2
	above := fmt.Sprintf("from%dto%d", middle, high)
	CMPQ(n, U8(middle))
	JGE(LabelRef(above))
	choose(n, low, middle-1, body)
	Label(above)
	choose(n, middle, high, body)
}

// ways returns how many sums each of so many vectors needs, so that enough of
// them are under way to hide the latency of an addition.
func ways(vectors int) int {
	const busy = 8
	return (busy + vectors - 1) / vectors
}

// tile writes the product of a block of rows with all lanes.
func (t tiling) tile(rows int) {
	name := func(s string) string { return fmt.Sprintf("%s%d", s, rows) }
	t.store(t.sum(rows, name))
}

// sum writes the sums of a tile and moves on to the panel's next block.
func (t tiling) sum(rows int, name func(string) string) [][]VecVirtual {
	ways := ways(rows * vectors())
	step := max(ways, 4)
	sums := t.start(rows, ways)
	src, left := GP64(), GP64()
	MOVQ(t.src, src)
	MOVQ(t.inner, left)
	SUBQ(U8(step), left)
	JL(LabelRef(name("last")))
	Label(name("sum"))
	for k := range step {
		multiply(sums[k%ways], t.panel, 4*k*rows, src, 4*lanes*k)
	}
	if t.ahead != nil {
		PREFETCHT0(Mem{Base: t.ahead})
		ADDQ(U8(64), t.ahead)
		CMPQ(t.ahead, t.aheadEnd)
		CMOVQGT(t.aheadEnd, t.ahead)
	}
	ADDQ(I32(4*step*rows), t.panel)
	ADDQ(I32(4*step*lanes), src)
	SUBQ(U8(step), left)
	JGE(LabelRef(name("sum")))
	Label(name("last"))
	ADDQ(U8(step), left)
	JZ(LabelRef(name("summed")))
	Label(name("single"))
	multiply(sums[0], t.panel, 0, src, 0)
	ADDQ(I32(4*rows), t.panel)
	ADDQ(I32(4*lanes), src)
	DECQ(left)
	JNZ(LabelRef(name("single")))
	Label(name("summed"))
	return joined(sums)
}

// start returns the sums of a tile: zeros, or what dst holds to begin with.
func (t tiling) start(rows, ways int) [][][]VecVirtual {
	sums := zeros(ways, rows, vectors())
	for r := range rows {
		for v := range sums[0][r] {
			if t.add {
				VMOVUPS(Mem{Base: t.dst, Disp: 4 * (r*lanes + v*isa.width)}, sums[0][r][v])
			}
		}
	}
	return sums
}

// zeros returns new sums: per way, row and vector.
func zeros(ways, rows, vectors int) [][][]VecVirtual {
	sums := make([][][]VecVirtual, ways)
	for w := range sums {
		sums[w] = make([][]VecVirtual, rows)
		for r := range rows {
			for range vectors {
				sums[w][r] = append(sums[w][r], zeroed())
			}
		}
	}
	return sums
}

// joined adds the sums of all ways.
func joined(sums [][][]VecVirtual) [][]VecVirtual {
	for apart := 1; apart < len(sums); apart *= 2 {
		for w := 0; w+apart < len(sums); w += 2 * apart {
			for r := range sums[w] {
				for v, s := range sums[w][r] {
					VADDPS(sums[w+apart][r][v], s, s)
				}
			}
		}
	}
	return sums[0]
}

// multiply adds to the sums one column of a panel's block times one row of
// lanes.
func multiply(sums [][]VecVirtual, panel Register, column int, src Register, row int) {
	x := make([]VecVirtual, vectors())
	for v := range x {
		x[v] = copyOf(Mem{Base: src, Disp: row + 4*v*isa.width})
	}
	for r := range sums {
		w := Mem{Base: panel, Disp: column + 4*r}
		scaled(sums[r], w, x)
	}
}

// scaled adds the value at m, times the vectors x, to the sums.
func scaled(sums []VecVirtual, m Mem, x []VecVirtual) {
	if isa.width == 16 && len(x) == 1 {
		VFMADD231PS_BCST(m, x[0], sums[0])
		return
	}
	w := vec()
	VBROADCASTSS(m, w)
	for v := range x {
		VFMADD231PS(x[v], w, sums[v])
	}
}

// store writes the sums of a tile and moves on to the rows after it.
func (t tiling) store(sums [][]VecVirtual) {
	for r, row := range sums {
		for v, s := range row {
			VMOVUPS(s, Mem{Base: t.dst, Disp: 4 * (r*lanes + v*isa.width)})
		}
	}
	ADDQ(I32(4*lanes*len(sums)), t.dst)
}

// apply writes a product with a single lane: blocks of 16 rows, several columns
// at a time, each with sums of its own.
func apply(name string, add bool, doc string) {
	const block = 16
	step := ways(vectors())
	function(name, "(dst, panel, src []float32, rows, inner int)", doc)
	dst, panel, start := base("dst"), base("panel"), base("src")
	inner, rows := value("inner"), value("rows")
	Label("block")
	sums := zeros(step, 1, vectors())
	src, left := GP64(), GP64()
	MOVQ(start, src)
	MOVQ(inner, left)
	SUBQ(U8(step), left)
	JL(LabelRef("last"))
	Label("sum")
	for k := range step {
		column(sums[k][0], panel, 4*block*k, src, 4*k)
	}
	ADDQ(I32(4*step*block), panel)
	ADDQ(U8(4*step), src)
	SUBQ(U8(step), left)
	JGE(LabelRef("sum"))
	Label("last")
	ADDQ(U8(step), left)
	JZ(LabelRef("add"))
	Label("single")
	column(sums[0][0], panel, 0, src, 0)
	ADDQ(U8(4*block), panel)
	ADDQ(U8(4), src)
	DECQ(left)
	JNZ(LabelRef("single"))
	Label("add")
	total16 := joined(sums)[0]
	SUBQ(U8(block), rows)
	JL(LabelRef("rest"))
	for v, s := range total16 {
		put(whole, s, Mem{Base: dst, Disp: 4 * v * isa.width}, add)
	}
	ADDQ(U8(4*block), dst)
	TESTQ(rows, rows)
	JNZ(LabelRef("block"))
	finish()
	Label("rest")
	ADDQ(U8(block), rows)
	upTo(rows, func(v int, p part) {
		put(p, total16[v], Mem{Base: dst, Disp: 4 * v * isa.width}, add)
	})
	finish()
}

// column adds 16 rows of one column times one value to the sums.
func column(sums []VecVirtual, panel Register, at int, src Register, from int) {
	x := vec()
	VBROADCASTSS(Mem{Base: src, Disp: from}, x)
	for v, s := range sums {
		VFMADD231PS(Mem{Base: panel, Disp: at + 4*v*isa.width}, x, s)
	}
}

// put writes v to m, or adds it.
func put(p part, v VecVirtual, m Mem, add bool) {
	if add {
		VADDPS(p.load(m), v, v)
	}
	p.store(v, m)
}

// upTo writes body for the vectors that hold the first n of 16 values, where
// 0 < n < 16; it changes n.
func upTo(n Register, body func(v int, p part)) {
	for v := range vectors() {
		if v == vectors()-1 {
			body(v, first(n))
			return
		}
		partial := fmt.Sprintf("partial%d", v)
		CMPQ(n, U8(isa.width))
		JL(LabelRef(partial))
		body(v, whole)
		SUBQ(U8(isa.width), n)
		JMP(LabelRef(fmt.Sprintf("after%d", v)))
		Label(partial)
		body(v, first(n))
		finish()
		Label(fmt.Sprintf("after%d", v))
	}
}
