package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// elementwise writes the loops over flat slices.
func elementwise() {
	each("times", "(dst, a, b []float32)", "dst[i] = a[i]*b[i]", func(at func(string) Mem, p part) {
		v := p.load(at("a"))
		VMULPS(p.load(at("b")), v, v)
		p.store(v, at("dst"))
	})
	each("timesAdd", "(dst, a, b []float32)", "dst[i] += a[i]*b[i]", func(at func(string) Mem, p part) {
		v := p.load(at("dst"))
		VFMADD231PS(p.load(at("a")), p.load(at("b")), v)
		p.store(v, at("dst"))
	})
	each("add", "(dst, a []float32)", "dst[i] += a[i]", func(at func(string) Mem, p part) {
		v := p.load(at("dst"))
		VADDPS(p.load(at("a")), v, v)
		p.store(v, at("dst"))
	})
	function("scaleAdd", "(dst []float32, k float32, a []float32)", "dst[i] += k*a[i]   for i < len(dst)")
	k := spread("k")
	over("dst", []string{"dst", "a"}, func(at func(string) Mem, p part) {
		v := p.load(at("dst"))
		VFMADD231PS(p.load(at("a")), k, v)
		p.store(v, at("dst"))
	})
	function("leak", "(dst, from, target []float32, rate float32)", "dst[i] = from[i] + rate*(target[i]-from[i])   for i < len(dst)")
	rate := spread("rate")
	over("dst", []string{"dst", "from", "target"}, func(at func(string) Mem, p part) {
		v, e := p.load(at("from")), p.load(at("target"))
		VSUBPS(v, e, e)
		VFMADD231PS(e, rate, v)
		p.store(v, at("dst"))
	})
	rectifier()
	function("sigmoid", "(dst, src []float32)", "dst[i] = 1/(1+exp(-src[i]))   for i < len(dst)")
	a := newActivation()
	over("dst", []string{"dst", "src"}, func(at func(string) Mem, p part) {
		p.store(a.sigmoid(gate(p, at("src"))), at("dst"))
	})
	smoothL1()
	norm()
}

// each writes a loop without constants.
func each(name, signature, doc string, body func(at func(string) Mem, p part)) {
	function(name, signature, doc+"   for i < len(dst)")
	names := []string{"dst", "a"}
	if len(signature) > len("(dst, a []float32)") {
		names = append(names, "b")
	}
	over("dst", names, body)
}

// over writes a loop over the length of one parameter with names as its slices.
func over(count string, names []string, body func(at func(string) Mem, p part)) {
	sweep(count, names, body)
	finish()
}

// sweep writes the loop and leaves the function open.
func sweep(count string, names []string, body func(at func(string) Mem, p part)) {
	slices := map[string]Register{}
	for _, name := range names {
		slices[name] = base(name)
	}
	flat(length(count), func(i Register, p part) {
		body(func(name string) Mem { return at(slices[name], i, 0) }, p)
	})
}

func rectifier() {
	function("relu", "(dst, src []float32)", "dst[i] = max(0, src[i])   for i < len(dst)")
	none := zeroed()
	over("dst", []string{"dst", "src"}, func(at func(string) Mem, p part) {
		v := p.load(at("src"))
		VMAXPS(v, none, v)
		p.store(v, at("dst"))
	})
	function("reluBack", "(d, act []float32)", "if act[i] <= 0 { d[i] = 0 }   for i < len(d)")
	none = zeroed()
	over("d", []string{"d", "act"}, func(at func(string) Mem, p part) {
		const lessEqual = 2
		act, d := p.load(at("act")), p.load(at("d"))
		if isa.width == 16 {
			k := K()
			VCMPPS(U8(lessEqual), none, act, k)
			VMOVUPS(none, k, d)
		} else {
			VCMPPS(U8(lessEqual), none, act, act)
			VANDNPS(d, act, d)
		}
		p.store(d, at("d"))
	})
}

func smoothL1() {
	function("smoothL1", "(dy, y []float32, s, scale float32) (loss float32)",
		"e = y[i] - s   for i < len(y)",
		"c = clamp(e, -1, 1)",
		"loss += c*(e - c/2)",
		"dy[i] = scale*c")
	s, scale := spread("s"), spread("scale")
	low, high, minusHalf := copyOf(number("minusOne", -1)), copyOf(number("one", 1)), copyOf(number("minusHalf", -0.5))
	sum := zeroed()
	sweep("y", []string{"dy", "y"}, func(at func(string) Mem, p part) {
		e, c := p.load(at("y")), vec()
		VSUBPS(s, e, e)
		VMAXPS(e, low, c)
		VMINPS(c, high, c)
		VFMADD231PS(minusHalf, c, e)
		p.accumulate(c, e, sum)
		VMULPS(scale, c, c)
		p.store(c, at("dy"))
	})
	Store(total(sum), Return("loss"))
	finish()
}

// accumulate adds a*b to sum in the places of the part.
func (p part) accumulate(a, b, sum VecVirtual) {
	switch {
	case p.mask == nil:
		VFMADD231PS(a, b, sum)
	case isa.width == 16:
		VFMADD231PS(a, b, p.mask, sum)
	default:
		product := vec()
		VMULPS(a, b, product)
		VANDPS(p.mask, product, product)
		VADDPS(product, sum, sum)
	}
}

// total returns the sum of the values of v.
func total(v VecVirtual) Register {
	y, x, other := v.AsY(), XMM(), XMM()
	if isa.width == 16 {
		upper := YMM()
		VEXTRACTF32X8(U8(1), v, upper)
		VADDPS(upper, y, y)
	}
	VEXTRACTF128(U8(1), y, other)
	VADDPS(v.AsX(), other, x)
	VMOVHLPS(x, x, other)
	VADDPS(other, x, x)
	VMOVSHDUP(x, other)
	VADDSS(other, x, x)
	return x
}

func norm() {
	function("norm", "(g []float32) (length float64)", "length = sqrt(Σ_i g[i]²)   summed in float64")
	sums := [2]VecVirtual{zeroed(), zeroed()}
	sweep("g", []string{"g"}, func(at func(string) Mem, p part) {
		g := p.load(at("g"))
		upper := half()
		if isa.width == 16 {
			VEXTRACTF32X8(U8(1), g, upper)
		} else {
			VEXTRACTF128(U8(1), g, upper)
		}
		lower := g.AsX()
		if isa.width == 16 {
			lower = g.AsY()
		}
		for k, h := range []Register{lower, upper} {
			wide := vec()
			VCVTPS2PD(h, wide)
			VFMADD231PD(wide, wide, sums[k])
		}
	})
	sum := sums[0]
	VADDPD(sums[1], sum, sum)
	y, x, other := sum.AsY(), XMM(), XMM()
	if isa.width == 16 {
		upper := YMM()
		VEXTRACTF64X4(U8(1), sum, upper)
		VADDPD(upper, y, y)
	}
	VEXTRACTF128(U8(1), y, other)
	VADDPD(sum.AsX(), other, x)
	VUNPCKHPD(x, x, other)
	VADDSD(other, x, x)
	VSQRTSD(x, x, x)
	Store(x, Return("length"))
	finish()
}
