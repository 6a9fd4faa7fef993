package sweep

import (
	"slices"

	"unmixlab/sim/model"
)

// States in the order of a point's life.
var States = []State{Missing, Begun, Trained, Done, Failed}

// Estimate is how many seconds of one core the points take that are missing: at the
// rate that others of them have shown or, before any has, at the one given, in
// floating-point operations a second. What measuring takes is not in it.
func Estimate(all []Status, rate float64) float64 {
	var shown []float64
	left := 0.0
	for _, s := range all {
		operations := model.BatchOperations(s.Spec)
		if s.Seconds > 0 {
			shown = append(shown, operations/s.Seconds)
		}
		if s.State == Missing || s.State == Begun {
			left += operations * float64(s.Spec.Batches-s.Batch)
		}
	}
	if len(shown) > 0 {
		slices.Sort(shown)
		rate = shown[len(shown)/2]
	}
	return left / rate
}

// Plan is the status of every point before anything is done.
func (s Sweep) Plan() []Status {
	var all []Status
	for _, p := range s.Points() {
		all = append(all, Status{Point: p, State: Missing})
	}
	return all
}
