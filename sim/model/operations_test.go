package model

import (
	"testing"

	"unmixlab/sim/spec"
)

// TestOperationsOfThePublishedBatch counts them by hand: 100 cells see 2 stimuli and 2
// outputs, 4 signals scale 2×2 weights, 32 rows of 1,000 samples.
func TestOperationsOfThePublishedBatch(t *testing.T) {
	sp := spec.Default(spec.Modulation)
	const gates, readout, w = 400 * (4 + 100), 4 * 100, 2 * 2
	forward := 2.0 * (gates + readout + w)
	if got := Operations(sp); got != forward {
		t.Errorf("played, a sample takes %g operations, want %g", got, forward)
	}
	const toStimuli = 400 * 2 // needs no adjoint
	batch := 32000 * (2*forward - 2*toStimuli + 2*(gates+readout))
	if got := BatchOperations(sp); got != batch {
		t.Errorf("a batch takes %g operations, want %g", got, batch)
	}
	if got := BatchOperations(spec.Spec{Model: "none", Batch: 1, Steps: 1}); got != 0 {
		t.Errorf("an unknown model takes %g operations, want 0", got)
	}
	sp.Batch = 17
	if got := BatchOperations(sp); got != batch {
		t.Errorf("17 rows take %g operations, those of 32 are %g", got, batch)
	}
}

// TestOperationsOfThePathways: 100 units between two stimuli and two outputs, reached by
// four signals; the Dalean network has 40 lower-level and 20 inhibitory units besides.
func TestOperationsOfThePathways(t *testing.T) {
	const lstm = 400*(4+100) + 4*100
	for name, want := range map[string]float64{
		spec.Spatial: lstm + 100*(2+2+4),
		spec.Dale:    lstm + 40*2 + 100*40 + 20*40 + 100*20 + 100*(2+4),
	} {
		if got := Operations(spec.Default(name)); got != 2*want {
			t.Errorf("%s takes %g operations a sample, want %g", name, got, 2*want)
		}
	}
	fixed := spec.Default(spec.Dale)
	fixed.Learn = nil
	learned := BatchOperations(spec.Default(spec.Dale)) - BatchOperations(fixed)
	if want := 32000.0 * 2 * (40*2 + 100*40 + 20*40 + 100*20 + 2*100); learned != want {
		t.Errorf("learning the pathway adds %g operations to a batch, want %g", learned, want)
	}
}
