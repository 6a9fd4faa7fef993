package lab

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

func TestFileNamesAreCleaned(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"bell.wav": "bell.wav", `C:\sounds\bell.wav`: "bell.wav", "../../etc/passwd": "passwd", "": "sound", "/": "sound", "..": "sound",
		"a\x00b\nc.wav": "abc.wav", "\xff\xfeö.wav": "ö.wav", strings.Repeat("é", 100): strings.Repeat("é", 80),
	} {
		if got := CleanName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

func TestThinnedLosses(t *testing.T) {
	t.Parallel()
	if got := thinned([]float64{3, 2}, 10); len(got) != 2 || got[0] != [2]float64{1, 3} || got[1] != [2]float64{2, 2} {
		t.Errorf("a short curve became %v", got)
	}
	losses := make([]float64, 1003)
	for i := range losses {
		losses[i] = float64(i + 1)
	}
	got := thinned(losses, 10)
	if len(got) != 10 || got[9][0] != 1003 || got[0][1] != 50.5 || got[0][0] != 100 {
		t.Errorf("a long one became %v", got)
	}
	if got := thinned(nil, 10); got == nil || len(got) != 0 {
		t.Errorf("none became %v", got)
	}
}

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
