package lab

import (
	"errors"
	"math"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

func TestTheEstimateLearnsFromRuns(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	published := spec.Default(spec.Modulation)
	before, err := l.SecondsPerBatch(t.Context(), published)
	if want := model.BatchOperations(published); err != nil || before < want/coreRates[kernel.Name()]/1000 || before > want/coreRates[kernel.Name()] {
		t.Errorf("without runs it is %g s with %s, %v", before, kernel.Name(), err)
	}
	trained(t, l, tiny(6))
	if again, _ := l.SecondsPerBatch(t.Context(), published); again != before {
		t.Errorf("a tiny run changed it to %g", again)
	}
	run := trained(t, l, tiny(1)) // and made into one of the published size
	err = errors.Join(l.store.Remove(t.Context(), run.ID), l.store.Add(t.Context(), store.Run{
		ID: run.ID, Spec: published.JSON(), State: job.Stopped, Batch: 5, Seconds: 7, Kernel: kernel.Name(), Loss: 1, GradNorm: 1, Created: time.Now(),
	}))
	if after, _ := l.SecondsPerBatch(t.Context(), published); err != nil || math.Abs(after-7) > 1e-9 {
		t.Errorf("a run with 7 s a batch made it %g, %v", after, err)
	}
}
