package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// rows addresses row k of a quantity of several rows of n values each.
type rows struct {
	base           Register
	n4, n12, base5 Register // n, 3n in bytes; the start of row 5
}

func (r rows) at(k int) Mem {
	switch k {
	case 0:
		return Mem{Base: r.base}
	case 1, 2, 4:
		return Mem{Base: r.base, Index: r.n4, Scale: uint8(k)}
	case 3:
		return Mem{Base: r.base, Index: r.n12, Scale: 1}
	default:
		return Mem{Base: r.base5}
	}
}

// cell writes the LSTM cell, the same with a tape, and its adjoint. The cell
// goes over its values twice, so that a second activation need not wait for a
// first; h holds o in between.
func cell() {
	function("cell", "(h, c, pre []float32)",
		"i, f, o = sigmoid(pre[0][j]), sigmoid(pre[1][j]), sigmoid(pre[3][j])   for j < len(h)",
		"g = tanh(pre[2][j])",
		"c[j] = f*c[j] + i*g",
		"h[j] = o*tanh(c[j])")
	a := newActivation()
	walk("gates", "h", []string{"h", "c"}, "pre", "", func(p part, one []Mem, pre, _ rows) {
		i := a.sigmoid(gate(p, pre.at(0)))
		VMULPS(a.tanh(gate(p, pre.at(2))), i, i)
		f := a.sigmoid(gate(p, pre.at(1)))
		VFMADD231PS(p.load(one[1]), f, i)
		p.store(i, one[1])
		p.store(a.sigmoid(gate(p, pre.at(3))), one[0])
	})
	walk("outputs", "h", []string{"h", "c"}, "", "", func(p part, one []Mem, _, _ rows) {
		h := a.tanh(gate(p, one[1]))
		VMULPS(p.load(one[0]), h, h)
		p.store(h, one[0])
	})
	finish()
	cellTape()
	cellBack()
}

func cellTape() {
	function("cellTape", "(h, c, tape, pre []float32)",
		"i, f, o = sigmoid(pre[0][j]), sigmoid(pre[1][j]), sigmoid(pre[3][j])   for j < len(h)",
		"g, before = tanh(pre[2][j]), c[j]",
		"c[j] = f*before + i*g",
		"h[j] = o*tanh(c[j])",
		"tape[0][j], tape[1][j] = g*(i-i*i), before*(f-f*f)",
		"tape[2][j], tape[3][j] = i-i*g*g, h[j]-h[j]*o",
		"tape[4][j], tape[5][j] = o-h[j]*tanh(c[j]), f")
	a := newActivation()
	walk("gates", "h", []string{"h", "c"}, "pre", "tape", func(p part, one []Mem, pre, tape rows) {
		i := a.sigmoid(gate(p, pre.at(0)))
		g := a.tanh(gate(p, pre.at(2)))
		ig := vec()
		VMULPS(i, g, ig)
		t := copyOf(ig) // g*(i-i*i) = ig - ig*i
		VFNMADD231PS(ig, i, t)
		p.store(t, tape.at(0))
		VFNMADD231PS(ig, g, i) // i - i*g*g
		p.store(i, tape.at(2))

		f := a.sigmoid(gate(p, pre.at(1)))
		p.store(f, tape.at(5))
		c := p.load(one[1])
		fc := vec()
		VMULPS(f, c, fc)
		VFMADD231PS(c, f, ig)
		p.store(ig, one[1])
		t = copyOf(fc) // before*(f-f*f) = fc - fc*f
		VFNMADD231PS(fc, f, t)
		p.store(t, tape.at(1))
		p.store(a.sigmoid(gate(p, pre.at(3))), one[0])
	})
	walk("outputs", "h", []string{"h", "c"}, "", "tape", func(p part, one []Mem, _, tape rows) {
		o, out := p.load(one[0]), a.tanh(gate(p, one[1]))
		h := vec()
		VMULPS(o, out, h)
		p.store(h, one[0])
		t := copyOf(h)
		VFNMADD231PS(h, o, t)
		p.store(t, tape.at(3))
		VFNMADD231PS(h, out, o)
		p.store(o, tape.at(4))
	})
	finish()
}

func cellBack() {
	function("cellBack", "(d, dc, dh, tape []float32)",
		"q = dc[j] + dh[j]*tape[4][j]   for j < len(dh)",
		"d[0][j], d[1][j], d[2][j] = q*tape[0][j], q*tape[1][j], q*tape[2][j]",
		"d[3][j] = dh[j]*tape[3][j]",
		"dc[j] = q*tape[5][j]")
	walk("back", "dh", []string{"dc", "dh"}, "d", "tape", func(p part, one []Mem, d, tape rows) {
		e, q := p.load(one[1]), p.load(one[0])
		VFMADD231PS(p.load(tape.at(4)), e, q)
		VMULPS(p.load(tape.at(3)), e, e)
		p.store(e, d.at(3))
		for k := range 3 {
			t := p.load(tape.at(k))
			VMULPS(q, t, t)
			p.store(t, d.at(k))
		}
		VMULPS(p.load(tape.at(5)), q, q)
		p.store(q, one[0])
	})
	finish()
}

// gate returns what an activation reads: memory, or a register where only a
// part of a vector may be read.
func gate(p part, m Mem) Op {
	if p.mask == nil {
		return m
	}
	return p.load(m)
}

// walk writes a loop over the length of one parameter: single names quantities
// of one row, four one of 4 rows and six one of 6, or none.
func walk(label, count string, single []string, four, six string, body func(p part, one []Mem, four, six rows)) {
	n := length(count)
	n4, n12 := GP64(), GP64()
	MOVQ(n, n4)
	SHLQ(U8(2), n4)
	LEAQ(Mem{Base: n4, Index: n4, Scale: 2}, n12)
	moving := []Register{}
	one := []Mem{}
	for _, name := range single {
		r := base(name)
		moving = append(moving, r)
		one = append(one, Mem{Base: r})
	}
	f, s := rows{n4: n4, n12: n12}, rows{n4: n4, n12: n12}
	if four != "" {
		f.base = base(four)
		moving = append(moving, f.base)
	}
	if six != "" {
		s.base, s.base5 = base(six), GP64()
		LEAQ(Mem{Base: s.base, Index: n4, Scale: 4}, s.base5)
		ADDQ(n4, s.base5)
		moving = append(moving, s.base, s.base5)
	}
	left := GP64()
	MOVQ(n, left)
	SUBQ(U8(isa.width), left)
	JL(LabelRef(label + "Last"))
	Label(label + "Loop")
	body(whole, one, f, s)
	for _, r := range moving {
		ADDQ(U8(4*isa.width), r)
	}
	SUBQ(U8(isa.width), left)
	JGE(LabelRef(label + "Loop"))
	Label(label + "Last")
	ADDQ(U8(isa.width), left)
	JZ(LabelRef(label + "Done"))
	body(first(left), one, f, s)
	Label(label + "Done")
}
