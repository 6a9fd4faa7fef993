package train

import (
	"math"

	"unmixlab/sim/spec"
)

// rate is Adam's step size in step 1, 2 … of a whole run of so many: it rises in equal
// steps over the warm-up, and then stays, or falls to zero along half a cosine.
func rate(sp spec.Spec, step, steps float64) float64 {
	rising := sp.Warmup * steps
	if step < rising {
		return sp.LR * step / rising
	}
	if sp.Schedule == "cosine" {
		done := (step - rising) / (steps - rising)
		return sp.LR * (1 + math.Cos(math.Pi*done)) / 2
	}
	return sp.LR
}
