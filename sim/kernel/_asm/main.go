// Command asm writes the assembly of sim/kernel for one instruction set: AVX2
// with FMA, or AVX-512 (F, VL, DQ, BW). Both come from the same templates.
// `go generate` in sim/kernel runs it.
package main

import (
	"flag"
	"log"

	. "github.com/mmcloughlin/avo/build"
)

func main() {
	set := flag.String("set", "avx2", "instruction set: avx2 or avx512")
	flag.Parse()
	ConstraintExpr("!purego")
	switch *set {
	case "avx2":
		isa = avx2
		turn()
	case "avx512":
		isa = avx512
		lstm()
	default:
		log.Fatalf("unknown instruction set %q", *set)
	}
	panel()
	cell()
	outer()
	elementwise()
	optimiser()
	peak()
	Generate()
}
