package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// lanes is the number of batch rows side by side, as in package kernel.
const lanes = 16

// A set is an instruction set.
type set struct {
	suffix string // of the functions' names
	width  int    // float32 values in a vector
	tile   int    // rows of a tile of 16 lanes that fit the registers
}

var (
	avx2   = set{suffix: "AVX2", width: 8, tile: 6}
	avx512 = set{suffix: "AVX512", width: 16, tile: 20}

	isa set // the one being written
)

// vectors returns the number of vectors that hold 16 values.
func vectors() int { return 16 / isa.width }

// vec returns a new vector register.
func vec() VecVirtual {
	if isa.width == 16 {
		return ZMM()
	}
	return YMM()
}

// half returns a new register of half a vector.
func half() VecVirtual {
	if isa.width == 16 {
		return YMM()
	}
	return XMM()
}

// function starts a function; doc is the loop it equals.
func function(name, signature string, doc ...string) {
	TEXT(name+isa.suffix, nosplit, "func"+signature)
	Doc(append([]string{name + isa.suffix + " computes"}, indent(doc)...)...)
	Pragma("noescape")
}

const nosplit = 4 // NOSPLIT of textflag.h

func indent(lines []string) []string {
	out := []string{""}
	for _, l := range lines {
		out = append(out, "\t"+l)
	}
	return out
}

func finish() {
	VZEROUPPER()
	RET()
}

// base returns the address of a slice parameter.
func base(name string) Register { return Load(Param(name).Base(), GP64()) }

// length returns the length of a slice parameter.
func length(name string) Register { return Load(Param(name).Len(), GP64()) }

// value returns an integer parameter.
func value(name string) Register { return Load(Param(name), GP64()) }

// spread returns a float32 parameter in every place of a vector.
func spread(name string) VecVirtual {
	v := vec()
	a, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(a.Addr, v)
	return v
}

// zeroed returns a new vector of zeros.
func zeroed() VecVirtual {
	v := vec()
	VXORPS(v, v, v)
	return v
}

// copyOf returns a new vector loaded from m, or from a register.
func copyOf(m Op) VecVirtual {
	v := vec()
	VMOVUPS(m, v)
	return v
}

var constants = map[uint32]Mem{}

// bits returns 16 copies of a 32-bit constant in memory.
func bits(name string, b uint32) Mem {
	if m, ok := constants[b]; ok {
		return m
	}
	m := GLOBL(name, rodata)
	for i := range isa.width {
		DATA(4*i, U32(b))
	}
	constants[b] = m
	return m
}

const rodata = 8 | 16 // RODATA|NOPTR of textflag.h

// number returns copies of a float32 constant in memory, one per place.
func number(name string, f float64) Mem { return bits(name, math.Float32bits(float32(f))) }

// at returns the address of the value i places after base + index.
func at(base, index Register, i int) Mem {
	return Mem{Base: base, Index: index, Scale: 4, Disp: 4 * i}
}

// A part says which places of a vector a load or store touches.
type part struct {
	mask Register // nil: all
}

var whole part

// load reads m, zeros in the places not touched.
func (p part) load(m Mem) VecVirtual {
	v := vec()
	switch {
	case p.mask == nil:
		VMOVUPS(m, v)
	case isa.width == 16:
		VMOVUPS_Z(m, p.mask, v)
	default:
		VMASKMOVPS(m, p.mask, v)
	}
	return v
}

// store writes the places of v that are touched.
func (p part) store(v VecVirtual, m Mem) {
	switch {
	case p.mask == nil:
		VMOVUPS(v, m)
	case isa.width == 16:
		VMOVUPS(v, p.mask, m)
	default:
		VMASKMOVPS(v, p.mask, m)
	}
}

// first returns the part of the first n places, where 0 <= n <= width.
func first(n Register) part {
	if isa.width == 16 {
		ones := GP32()
		MOVL(I32(-1), ones)
		BZHIL(n.(GPVirtual).As32(), ones, ones)
		k := K()
		KMOVW(ones, k)
		return part{k}
	}
	table := GP64()
	LEAQ(maskTable(), table)
	m := YMM()
	minus := GP64()
	MOVQ(n, minus)
	NEGQ(minus)
	VMOVUPS(Mem{Base: table, Index: minus, Scale: 4, Disp: 4 * isa.width}, m)
	return part{m}
}

var masks *Mem

// maskTable returns a vector of ones followed by one of zeros.
func maskTable() Mem {
	if masks == nil {
		m := GLOBL("masks", rodata)
		for i := range isa.width {
			DATA(4*i, U32(math.MaxUint32))
		}
		for i := range isa.width {
			DATA(4*(isa.width+i), U32(0))
		}
		masks = &m
	}
	return *masks
}

// flat writes a loop over n values, a vector at a time, and the rest with a
// part of one. body gets the index of the first value.
func flat(n Register, body func(i Register, p part)) {
	i, end := GP64(), GP64()
	XORQ(i, i)
	MOVQ(n, end)
	ANDQ(I32(-isa.width), end)
	JMP(LabelRef("test"))
	Label("loop")
	body(i, whole)
	ADDQ(U8(isa.width), i)
	Label("test")
	CMPQ(i, end)
	JL(LabelRef("loop"))
	rest := GP64()
	MOVQ(n, rest)
	SUBQ(i, rest)
	JZ(LabelRef("done"))
	body(i, first(rest))
	Label("done")
}
