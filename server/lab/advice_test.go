package lab

import (
	"errors"
	"strings"
	"testing"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// A run that stays on its first plateau says so and what to try; one that has left it, or
// is too young, or whose outputs are clear, says nothing.
func TestAdviceForARunOnItsPlateau(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	ctx := t.Context()
	for name, c := range map[string]struct {
		batches int
		last    float64 // loss of the second half
		clarity float64
		advised bool
	}{
		"stuck":    {2400, 70, 0.1, true},
		"learning": {2400, 30, 0.1, false},
		"young":    {400, 70, 0.1, false},
		"clear":    {2400, 70, 0.95, false},
	} {
		sp := spec.Default(spec.Modulation)
		r := store.Run{ID: name, Title: name, Spec: sp.JSON(), State: job.Paused, Batches: sp.Batches, Kernel: kernel.Name(), Loss: 1, GradNorm: 1}
		var curve []train.Progress
		for i := range c.batches {
			loss := 70.0
			if i < 20 {
				loss = 200
			} else if i > c.batches/2 {
				loss = c.last
			}
			curve = append(curve, train.Progress{Batch: i + 1, Loss: loss, GradNorm: 1})
		}
		err := errors.Join(l.store.Add(ctx, r), l.store.Append(ctx, name, curve, 0.1), l.store.AddMeasure(ctx, name, Measure{Batch: 100, ClarityY: c.clarity}))
		if err != nil {
			t.Fatal(err)
		}
		run, err := l.FindRun(ctx, name)
		if err != nil || (run.Advice != "") != c.advised {
			t.Errorf("%s: the advice is %q, %v", name, run.Advice, err)
		}
		if c.advised && (!strings.Contains(run.Advice, "70 lately") || !strings.Contains(run.Advice, "fast recipe")) {
			t.Errorf("%s: the advice is %q", name, run.Advice)
		}
	}
}
