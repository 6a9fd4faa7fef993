package model

import (
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

// Operations is how many floating-point operations the products of a network take for
// one row and sample, played: two for each entry of a matrix.
func Operations(sp spec.Spec) float64 {
	var ops float64
	for _, w := range weights(sp) {
		if len(w.shape) == 2 {
			ops += 2 * float64(w.size())
		}
	}
	return ops
}

// BatchOperations is the same for a batch of training: forward, back to what stands
// before each matrix (stimuli excepted), and to each learned matrix. Rows come in whole
// groups of kernel.Lanes.
func BatchOperations(sp spec.Spec) float64 {
	ops := 2 * Operations(sp)
	for _, w := range weights(sp) {
		if len(w.shape) != 2 {
			continue
		}
		if w.learned {
			ops += 2 * float64(w.size())
		}
		ops -= 2 * float64(w.shape[0]*w.stimuli)
	}
	rows := (sp.Batch + kernel.Lanes - 1) / kernel.Lanes * kernel.Lanes
	return ops * float64(rows) * float64(sp.Steps)
}
