package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// peak writes a loop of register-only multiply-adds, as many as can be under
// way at once.
func peak() {
	const sums = 12
	function("peak", "(rounds int)", "12 vectors of x += y*y   rounds times")
	rounds := value("rounds")
	y := zeroed()
	x := [sums]VecVirtual{}
	for i := range x {
		x[i] = zeroed()
	}
	Label("loop")
	for i := range x {
		VFMADD231PS(y, y, x[i])
	}
	DECQ(rounds)
	JNZ(LabelRef("loop"))
	finish()
}
