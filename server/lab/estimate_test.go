package lab

import (
	"math"
	"testing"

	"unmixlab/server/store"
	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

func TestTheEstimateLearnsFromRuns(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	estimate := func(sp spec.Spec) Estimate {
		t.Helper()
		e, err := l.Estimate(t.Context(), sp)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	published := spec.Default(spec.Modulation)
	before := estimate(published)
	if want := model.BatchOperations(published); before.Basis != Guessed || before.Seconds < want/coreRates[kernel.Name()]/1000 || before.Seconds > want/coreRates[kernel.Name()] {
		t.Errorf("without runs it is %+v with %s", before, kernel.Name())
	}
	trained(t, l, tiny(40))
	if again := estimate(published); again != before {
		t.Errorf("a tiny run changed it to %+v", again)
	}
	if e := estimate(tiny(7)); e.Basis != Measured || e.Seconds <= 0 || e.Seconds > 1 {
		t.Errorf("another run of the size that was trained is estimated as %+v", e)
	}
	larger := tiny(7)
	larger.Steps *= 3
	if e, known := estimate(larger), estimate(tiny(7)); e.Basis != Scaled || math.Abs(e.Seconds-3*known.Seconds) > 1e-9 {
		t.Errorf("three times the samples take %+v, one takes %+v", e, known)
	}
	err := l.store.KeepSpeed(t.Context(), store.Speed{Kernel: kernel.Name(), Shape: shape(published), Model: published.Model,
		Operations: model.BatchOperations(published), Seconds: 7})
	if e := estimate(published); err != nil || e != (Estimate{7, Measured}) {
		t.Errorf("a run with 7 s a batch made it %+v, %v", e, err)
	}
	published.Batch *= 2
	if e := estimate(published); e.Basis != Scaled || math.Abs(e.Seconds-14) > 1e-9 {
		t.Errorf("twice the rows take %+v", e)
	}
}
