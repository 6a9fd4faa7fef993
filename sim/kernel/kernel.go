package kernel

import (
	"fmt"
	"strings"
)

// Lanes is the number of batch rows that run side by side in one group.
const Lanes = 16

// A set is one implementation of every loop. Lengths are checked before a set
// is called.
type set struct {
	name string

	// block is the number of rows in a full block of a panel for L = Lanes.
	block int

	mul             func(dst, panel, src, ahead []float32, rows, inner int) // L = Lanes
	mulAdd          func(dst, panel, src []float32, rows, inner int)        // L = Lanes
	apply, applyAdd func(dst, panel, src []float32, rows, inner int)        // L = 1

	// lstm and lstmTape keep the gates of so many cells in registers; 0 and nil
	// where there are too few of them.
	cells    int
	lstm     func(h, c, panel, src []float32, units, inner int)
	lstmTape func(h, c, tape, panel, src []float32, units, inner int)

	cell     func(h, c, pre []float32)
	cellTape func(h, c, tape, pre []float32)
	cellBack func(d, dc, dh, tape []float32)

	outer func(dw []float32, stride int, d []float32, dStride int, x []float32, xStride int, o *Outer, steps int)

	times, timesAdd func(dst, a, b []float32)
	add             func(dst, a []float32)
	scaleAdd        func(dst []float32, k float32, a []float32)
	leak            func(dst, from, target []float32, rate float32)
	relu            func(dst, src []float32)
	reluBack        func(d, act []float32)
	sigmoid         func(dst, src []float32)
	smoothL1        func(dy, y []float32, s, scale float32) float32
	adam            func(w, g, m, v []float32, a AdamStep)
	norm            func(g []float32) float64

	peak       func(rounds int) // register-only multiply-adds
	flopARound int
}

var (
	sets   = trusted(supported()) // those offered, best last
	active = sets[len(sets)-1]
)

// Use picks the implementation by name: "generic", "avx2", "avx512", or "auto"
// for the best on offer: those this processor can run whose results agree with
// plain Go on a small example. A panel or workspace keeps to the one it
// was built for, so call Use first, and from one goroutine.
func Use(name string) error {
	if name == "auto" {
		active = sets[len(sets)-1]
		return nil
	}
	for _, s := range sets {
		if s.name == name {
			active = s
			return nil
		}
	}
	return fmt.Errorf("kernel %q cannot run on this processor; choose auto, %s", name, strings.Join(Available(), ", "))
}

// Name returns the name of the implementation in use.
func Name() string { return active.name }

// Available returns the names of the implementations on offer, the best one
// last.
func Available() []string {
	names := make([]string, len(sets))
	for i, s := range sets {
		names[i] = s.name
	}
	return names
}

// require panics unless lengths match.
func require(match bool) {
	if !match {
		panic("kernel: lengths do not match")
	}
}
