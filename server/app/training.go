package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"time"

	"unmixlab/server/hub"
	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/server/wire"
	"unmixlab/sim/kernel"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// How often a run's training turns from its batches to other things.
const (
	metricsEvery    = 100 * time.Millisecond // to those who watch
	recordEvery     = time.Second            // to the database
	activityEvery   = time.Second            // at the soonest, and at most
	activityShare   = 10                     // one part in so many of the time
	checkpointEvery = 30 * time.Second
	metricsShown    = 64 // batches in one message
)

// training is the work of one run: from its checkpoint, or from the beginning, to
// its last batch, or until it is asked to end.
func (a *App) training(id string, sp spec.Spec) job.Work {
	return func(ctx context.Context) (bool, error) {
		t, err := a.openTrainer(ctx, id, sp)
		if err != nil {
			return false, err
		}
		wishes := make(chan chan error)
		a.saving.Store(id, wishes)
		defer a.saving.Delete(id)
		r := &trainingRun{app: a, id: id, trainer: t, batches: sp.Batches, wishes: wishes, checkpointed: time.Now()}
		return r.loop(ctx)
	}
}

// openTrainer restores a run's checkpoint, dropping metrics that lie past it, or
// begins anew.
func (a *App) openTrainer(ctx context.Context, id string, sp spec.Spec) (*train.Trainer, error) {
	src, err := a.sources(ctx, sp)
	if err != nil {
		return nil, err
	}
	var t *train.Trainer
	f, err := a.store.OpenCheckpoint(id)
	switch {
	case err == nil:
		defer f.Close()
		if t, err = train.Restore(f, src); err != nil {
			return nil, fmt.Errorf("the checkpoint cannot be read: %w", err)
		}
	case errors.Is(err, store.ErrNotFound):
		if t, err = train.New(sp, src); err != nil {
			return nil, err
		}
	default:
		return nil, err
	}
	if err := a.store.AddKernel(ctx, id, kernel.Name()); err != nil {
		return nil, err
	}
	return t, a.store.Rewind(ctx, id, t.Batch())
}

// trainer is what a run needs of train.Trainer.
type trainer interface {
	Step() (train.Progress, error)
	Batch() int
	Checkpoint(io.Writer) error
	Snapshot(context.Context) (*record.Recording, error)
}

// trainingRun is a run under way; it belongs to one goroutine.
type trainingRun struct {
	app     *App
	id      string
	trainer trainer
	batches int
	wishes  chan chan error // checkpoints wished for now

	recent       []train.Progress // the last metricsShown, for those who watch
	unrecorded   []train.Progress // since the last transaction
	perBatch     float64          // seconds, lately
	shown        time.Time
	recorded     time.Time
	snapped      time.Time
	snapTook     time.Duration
	checkpointed time.Time
}

func (r *trainingRun) loop(ctx context.Context) (finished bool, err error) {
	for r.trainer.Batch() < r.batches && ctx.Err() == nil {
		p, err := r.trainer.Step()
		if err != nil {
			return false, errors.Join(err, r.record())
		}
		r.note(p)
		if math.IsNaN(p.Loss) || math.IsInf(p.Loss, 0) {
			return false, errors.Join(fmt.Errorf("the loss of batch %d is no number: try a smaller lr or a smaller clip", p.Batch), r.record())
		}
		if err := r.between(ctx); err != nil {
			return false, err
		}
	}
	finished = r.trainer.Batch() >= r.batches
	r.showMetrics()
	if finished {
		r.snapshot(context.WithoutCancel(ctx))
	}
	return finished, r.checkpoint()
}

// note takes in what a batch gave.
func (r *trainingRun) note(p train.Progress) {
	r.unrecorded = append(r.unrecorded, p)
	r.recent = append(r.recent, p)
	if n := len(r.recent) - metricsShown; n > 0 {
		r.recent = append(r.recent[:0], r.recent[n:]...)
	}
	if r.perBatch == 0 {
		r.perBatch = p.Seconds
	}
	r.perBatch += 0.1 * (p.Seconds - r.perBatch)
	r.app.meters.batch(p.Seconds)
}

// between does what is due between two batches.
func (r *trainingRun) between(ctx context.Context) error {
	now := time.Now()
	if now.Sub(r.shown) >= metricsEvery {
		r.shown = now
		r.showMetrics()
	}
	if now.Sub(r.recorded) >= recordEvery {
		if err := r.record(); err != nil {
			return err
		}
	}
	watched := r.app.hub.Readers(r.id) > 0
	if watched && now.Sub(r.snapped) >= max(activityEvery, activityShare*r.snapTook) {
		r.snapshot(ctx)
	}
	if now.Sub(r.checkpointed) >= checkpointEvery {
		if err := r.checkpoint(); err != nil {
			return err
		}
	}
	select {
	case answer := <-r.wishes:
		err := r.checkpoint()
		answer <- err
		return err
	default:
		return nil
	}
}

// record writes the batches since the last time to the database.
func (r *trainingRun) record() error {
	r.recorded = time.Now()
	err := r.app.store.Append(context.Background(), r.id, r.unrecorded, r.perBatch)
	if err != nil {
		return fmt.Errorf("metrics cannot be recorded: %w", err)
	}
	r.unrecorded = r.unrecorded[:0]
	r.app.publishState(r.id)
	return nil
}

// checkpoint records metrics and then writes the trainer's state beside them.
func (r *trainingRun) checkpoint() error {
	if err := r.record(); err != nil {
		return err
	}
	r.checkpointed = time.Now()
	return r.app.store.SaveCheckpoint(r.id, func(w io.Writer) error { return r.trainer.Checkpoint(w) })
}

func (r *trainingRun) showMetrics() {
	r.app.hub.Publish(r.id, "metrics", hub.Group{wire.Metrics(r.recent)})
}

// snapshot shows the activity of the network as it is now to those who watch.
func (r *trainingRun) snapshot(ctx context.Context) {
	began := time.Now()
	rec, err := r.trainer.Snapshot(ctx)
	r.snapped = time.Now()
	r.snapTook = r.snapped.Sub(began)
	if err != nil {
		if ctx.Err() == nil {
			slog.Warn("no snapshot of activity", "run", r.id, "error", err)
		}
		return
	}
	r.app.hub.Publish(r.id, "activity", wire.Activity(r.trainer.Batch(), rec))
}
