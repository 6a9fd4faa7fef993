package lab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// rebuild puts back what the database lost and checkpoints have: runs that it does not
// know, or whose settings it cannot tell, and, where it was damaged, losses of batches.
func (l *Lab) rebuild(ctx context.Context) error {
	rebuilt := 0
	for _, id := range l.store.Checkpointed() {
		known, err := l.known(ctx, id)
		if err != nil {
			return err
		}
		if known && !l.store.Recovered() {
			continue
		}
		t, run, err := l.fromCheckpoint(ctx, id)
		if err != nil {
			slog.Error("a run cannot be found again from its checkpoint", "run", id, "error", err)
			continue
		}
		if !known {
			rebuilt++
			err = l.store.Rebuild(ctx, run, curve(t.Losses()))
		} else {
			err = l.store.FillIn(ctx, id, curve(t.Losses()))
		}
		if err != nil {
			return err
		}
	}
	if rebuilt == 0 {
		return nil
	}
	return l.store.AddNotice(ctx, fmt.Sprintf("%d runs that the database did not have were found again from their checkpoints: "+
		"settings and losses are theirs; gradient norms, times and when they began are lost.", rebuilt))
}

// known tells whether the database has a run with its settings.
func (l *Lab) known(ctx context.Context, id string) (bool, error) {
	r, err := l.store.Run(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	sp, err := spec.Parse(r.Spec)
	return err == nil && sp.Validate() == nil && sp.Batches == r.Batches, nil
}

// fromCheckpoint is a run as the newest of its checkpoints that can be read has it.
func (l *Lab) fromCheckpoint(ctx context.Context, id string) (*train.Trainer, store.Run, error) {
	var problems []error
	for _, path := range l.store.Checkpoints(id) {
		t, run, err := l.runOfFile(ctx, id, path)
		if err == nil {
			return t, run, nil
		}
		problems = append(problems, err)
	}
	return nil, store.Run{}, errors.Join(problems...)
}

func (l *Lab) runOfFile(ctx context.Context, id, path string) (*train.Trainer, store.Run, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, store.Run{}, err
	}
	_, meta, err := modelfile.ReadTensors(b)
	if err != nil {
		return nil, store.Run{}, err
	}
	sp, err := spec.Parse([]byte(meta["spec"]))
	if err != nil {
		return nil, store.Run{}, err
	}
	src, err := l.sources(ctx, sp)
	if err != nil {
		return nil, store.Run{}, err
	}
	t, err := restoreFile(path, src)
	if err != nil {
		return nil, store.Run{}, err
	}
	saved := time.Now()
	if info, err := os.Stat(path); err == nil {
		saved = info.ModTime()
	}
	run := store.Run{ID: id, Title: sp.String(), Spec: sp.JSON(), State: job.Interrupted, Batch: t.Batch(), Batches: sp.Batches,
		Loss: math.NaN(), GradNorm: math.NaN(), Kernel: meta["kernel"], Created: saved, Updated: saved,
		Notice: "The database had lost it: it was found again from its checkpoint, with its settings and losses."}
	if n := len(t.Losses()); n > 0 {
		run.Loss = t.Losses()[n-1]
	}
	if t.Batch() >= sp.Batches {
		run.State = job.Finished
	}
	return t, run, nil
}

// curve are losses as batches of which nothing else is known.
func curve(losses []float64) []train.Progress {
	batches := make([]train.Progress, len(losses))
	for i, loss := range losses {
		batches[i] = train.Progress{Batch: i + 1, Loss: loss, GradNorm: math.NaN()}
	}
	return batches
}
