package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// block is how many cells are advanced at a time: their 20 gates are the
// accumulators of the product, and 12 registers are left for the cells.
const block = 5

// lstm writes the step of a layer of LSTM cells whose gates stay in registers
// from the product on. AVX2 has too few of them.
func lstm() {
	layer("lstm", "(h, c, panel, src []float32, units, inner int)", false,
		"i, f, g, o = Σ_k panel[u][i,f,g,o][k]*src[k][l]   for u < units, k < inner, l < 16",
		"c[u][l] = sigmoid(f)*c[u][l] + sigmoid(i)*tanh(g)",
		"h[u][l] = sigmoid(o)*tanh(c[u][l])")
	layer("lstmTape", "(h, c, tape, panel, src []float32, units, inner int)", true,
		"lstmAVX512, and the tape of cellTapeAVX512")
}

func layer(name, signature string, taped bool, doc ...string) {
	function(name, signature, doc...)
	a := newActivation()
	h, c, units := base("h"), base("c"), value("units")
	t := tiling{panel: base("panel"), src: base("src"), inner: value("inner")}
	moving := []Register{h, c}
	var tape rows
	if taped {
		tape = rows{base: base("tape"), n4: GP64(), n12: GP64(), base5: GP64()}
		MOVQ(units, tape.n4)
		SHLQ(U8(6), tape.n4)
		LEAQ(Mem{Base: tape.n4, Index: tape.n4, Scale: 2}, tape.n12)
		LEAQ(Mem{Base: tape.base, Index: tape.n4, Scale: 4}, tape.base5)
		ADDQ(tape.n4, tape.base5)
		moving = append(moving, tape.base, tape.base5)
	}
	Label("block")
	sums := t.sum(4*block, func(s string) string { return s })
	for u := range block {
		at := func(r Register) Mem { return Mem{Base: r, Disp: 4 * lanes * u} }
		var kept func(k int) Mem
		if taped {
			kept = func(k int) Mem { m := tape.at(k); m.Disp = 4 * lanes * u; return m }
		}
		a.advance(sums[4*u:], at(h), at(c), kept)
		DECQ(units)
		JZ(LabelRef("done"))
	}
	for _, r := range moving {
		ADDQ(I32(4*lanes*block), r)
	}
	JMP(LabelRef("block"))
	Label("done")
	finish()
}

// advance writes one cell, from its four gates, with its tape or without.
func (a activation) advance(gates [][]VecVirtual, h, c Mem, tape func(k int) Mem) {
	i, g, f := a.sigmoid(gates[0][0]), a.tanh(gates[2][0]), a.sigmoid(gates[1][0])
	now, fc := vec(), vec()
	VMULPS(i, g, now)
	VMULPS(c, f, fc)
	if tape != nil {
		keep(now, i, now, tape(0))
		keep(i, g, now, tape(2))
		keep(fc, f, fc, tape(1))
		VMOVUPS(f, tape(5))
	}
	VADDPS(fc, now, now)
	VMOVUPS(now, c)
	o, out := a.sigmoid(gates[3][0]), a.tanh(now)
	VMULPS(o, out, now)
	VMOVUPS(now, h)
	if tape != nil {
		keep(now, o, now, tape(3))
		keep(o, out, now, tape(4))
	}
}

// keep stores x - y*z.
func keep(x, y, z VecVirtual, to Mem) {
	t := copyOf(x)
	VFNMADD231PS(z, y, t)
	VMOVUPS(t, to)
}
