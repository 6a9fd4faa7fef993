package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// An activation holds the constants of sigmoid and tanh that stay in registers.
type activation struct {
	ones VecVirtual

	// AVX2
	gate, state bounds
	nearest     VecVirtual

	// AVX-512
	gateFactor, stateFactor, huge VecVirtual
}

// The bounds an activation's argument is kept in, in registers.
type bounds struct{ low, high VecVirtual }

// newActivation loads the constants; see exp.go of package kernel.
func newActivation() activation {
	ones := copyOf(number("one", 1))
	if isa.width == 16 {
		return activation{
			ones:        ones,
			gateFactor:  copyOf(number("gateFactor", gateFactor)),
			stateFactor: copyOf(number("stateFactor", stateFactor)),
			huge:        copyOf(number("huge", 1<<30)),
		}
	}
	return activation{
		ones:    ones,
		gate:    bounds{copyOf(number("gateLow", -88.9)), copyOf(number("gateHigh", 87))},
		state:   bounds{copyOf(number("stateLow", -11)), copyOf(number("stateHigh", 11))},
		nearest: copyOf(number("nearest", 3<<22)),
	}
}

// What an argument is multiplied with to give an exponent of 2.
const (
	gateFactor  = -math.Log2E
	stateFactor = -2 * math.Log2E
)

// series are the coefficients of 2^f, highest power first.
var series = []struct {
	name  string
	value float64
}{
	{"exp5", 0.0013264727123696411},
	{"exp4", 0.009671512644831959},
	{"exp3", 0.0555073374349665},
	{"exp2", 0.2402224208526213},
	{"exp1", 0.6931469775989924},
}

// fraction returns 2^f for f of [-1/2, 1/2].
func (a activation) fraction(f VecVirtual) VecVirtual {
	p := vec()
	for i, c := range series {
		m := number(c.name, c.value)
		switch {
		case i == 0 && isa.width == 16:
			VBROADCASTSS(m, p)
		case i == 0:
			VMOVUPS(m, p)
		case isa.width == 16:
			VFMADD213PS_BCST(m, f, p)
		default:
			VFMADD213PS(m, f, p)
		}
	}
	VFMADD213PS(a.ones, f, p)
	return p
}

// pow2 returns p and scale, whose product is 2^(factor*x), for x within the
// bounds; NaN stays NaN. It is for AVX2.
func (a activation) pow2(x Op, b bounds, factor Mem) (p, scale VecVirtual) {
	y := vec()
	VMAXPS(x, b.low, y)
	VMINPS(y, b.high, y)
	t := copyOf(a.nearest)
	VFMADD231PS(factor, y, t)
	f := vec()
	VSUBPS(a.nearest, t, f)
	VFMSUB231PS(factor, y, f)
	VPSLLD(U8(23), t, t)
	VPADDD(a.ones, t, t)
	return a.fraction(f), t
}

// power returns 2^(factor*x), 0 or +Inf where that is out of range, NaN for NaN.
// It is for AVX-512.
func (a activation) power(x Op, factor VecVirtual) VecVirtual {
	y, f := vec(), vec()
	VMULPS(x, factor, y)
	VREDUCEPS(U8(0), y, f) // y less its nearest integer; 0 for infinity
	VSUBPS(f, y, y)
	p := a.fraction(f)
	VSCALEFPS(y, p, p)
	return p
}

// sigmoid returns 1/(1+e^-x).
func (a activation) sigmoid(x Op) VecVirtual {
	if isa.width == 16 {
		e := a.power(x, a.gateFactor)
		VADDPS(a.ones, e, e)
		VDIVPS(e, a.ones, e)
		return e
	}
	p, scale := a.pow2(x, a.gate, number("gateFactor", gateFactor))
	VFMADD213PS(a.ones, scale, p)
	VDIVPS(p, a.ones, p)
	return p
}

// tanh returns the hyperbolic tangent of x.
func (a activation) tanh(x Op) VecVirtual {
	below := vec()
	if isa.width == 16 {
		e := a.power(x, a.stateFactor)
		VMINPS(e, a.huge, e) // NaN stays
		VADDPS(a.ones, e, below)
		VSUBPS(e, a.ones, e)
		VDIVPS(below, e, e)
		return e
	}
	p, scale := a.pow2(x, a.state, number("stateFactor", stateFactor))
	VMOVUPS(p, below)
	VFMADD213PS(a.ones, scale, below)
	VFNMADD213PS(a.ones, scale, p)
	VDIVPS(below, p, p)
	return p
}
