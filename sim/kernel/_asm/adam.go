package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// optimiser writes Adam.
func optimiser() {
	function("adam", "(w, g, m, v []float32, bound, keep1, beta2, keep2, step, root, eps float32)",
		"c = clamp(g[i], -bound, bound)   for i < len(w)",
		"m[i] += keep1*(c-m[i])",
		"v[i] = beta2*v[i] + keep2*c*c",
		"w[i] -= step*m[i] / (sqrt(v[i])*root + eps)")
	high := spread("bound")
	low := vec()
	VXORPS(bits("sign", 1<<31), high, low)
	keep1, beta2, keep2 := spread("keep1"), spread("beta2"), spread("keep2")
	step, root, eps := spread("step"), spread("root"), spread("eps")
	over("w", []string{"w", "g", "m", "v"}, func(at func(string) Mem, p part) {
		c := p.load(at("g"))
		VMAXPS(c, low, c)
		VMINPS(c, high, c)
		m, v := p.load(at("m")), p.load(at("v"))
		e := vec()
		VSUBPS(m, c, e)
		VFMADD231PS(keep1, e, m)
		p.store(m, at("m"))
		VMULPS(keep2, c, e)
		VMULPS(beta2, v, v)
		VFMADD231PS(c, e, v)
		p.store(v, at("v"))
		VSQRTPS(v, v)
		VFMADD213PS(eps, root, v)
		VMULPS(step, m, m)
		VDIVPS(v, m, m)
		w := p.load(at("w"))
		VSUBPS(m, w, w)
		p.store(w, at("w"))
	})
}
