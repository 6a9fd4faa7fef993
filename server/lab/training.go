package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"time"

	"unmixlab/server/job"
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
)

// RecentBatches is how many batches those who watch a run are told of at once.
const RecentBatches = 64

// Observer is told what becomes of runs, by the goroutines that train them: its
// methods return at once, and keep nothing of what they are given.
type Observer interface {
	// RunChanged tells of a run's new state, or of how far it has come.
	RunChanged(run RunInfo)
	// BatchDone tells of every batch.
	BatchDone(p train.Progress)
	// Batches tells of a run's last batches, up to ten times a second.
	Batches(id string, last []train.Progress)
	// Watched tells whether anybody looks at a run: only then is activity recorded.
	Watched(id string) bool
	// Playing tells whether somebody plays live: training then leaves room.
	Playing() bool
	// Activity shows what the network of a run does after a batch.
	Activity(id string, batch int, rec *record.Recording)
}

// checkpointRequest asks a run that trains for a checkpoint now; the answer says how
// that went.
type checkpointRequest struct{ answer chan<- error }

// training is the work of one run: from its checkpoint, or from the beginning, to
// its last batch, or until it is asked to end.
func (l *Lab) training(id string, sp spec.Spec) job.Work {
	return func(ctx context.Context) (bool, error) {
		opening := context.WithoutCancel(ctx) // who is told to end meanwhile ends before the first batch
		t, err := l.opened(ctx, id, sp)
		if err != nil || t == nil {
			return false, err
		}
		before, err := l.store.LastMetrics(opening, id, train.MeanOver-1)
		if err != nil {
			return false, err
		}
		requests := make(chan checkpointRequest)
		l.checkpoints.Store(id, requests)
		defer l.checkpoints.Delete(id)
		defer l.milestones.Delete(id)
		r := &trainingRun{lab: l, id: id, trainer: t, spec: sp, batches: sp.Batches, requests: requests, checkpointed: time.Now()}
		for _, p := range before {
			r.window.Add(p)
		}
		if len(l.store.Checkpoints(id)) == 0 && !r.keep(ctx, r.checkpoint) {
			return false, nil
		}
		return r.loop(ctx)
	}
}

// trainer is what a run needs of train.Trainer.
type trainer interface {
	Step() (train.Progress, error)
	Batch() int
	Checkpoint(io.Writer) error
	Snapshot(context.Context) (*record.Recording, error)
	measurable
}

// trainingRun is a run under way; it belongs to one goroutine.
type trainingRun struct {
	lab      *Lab
	id       string
	trainer  trainer
	spec     spec.Spec
	batches  int
	requests chan checkpointRequest

	window       train.Window     // for running means
	recent       []train.Progress // the last RecentBatches, for those who watch
	unrecorded   []train.Progress // since the last transaction
	perBatch     float64          // seconds, running mean
	ended        time.Time        // of the last batch; zero after one that is not timed
	measured     measured
	jumps        jumps
	spent        time.Duration // from the end of a batch to that of the next, of all that are timed
	timed        int
	shown        time.Time
	recorded     time.Time
	snapped      time.Time
	snapTook     time.Duration
	checkpointed time.Time
}

// loop trains to the last batch or until the context ends. What cannot be recorded has
// the run wait.
func (r *trainingRun) loop(ctx context.Context) (finished bool, err error) {
	for r.trainer.Batch() < r.batches && ctx.Err() == nil {
		p, err := r.trainer.Step()
		if err != nil {
			return false, errors.Join(err, r.record())
		}
		r.note(p)
		if math.IsNaN(p.Loss) || math.IsInf(p.Loss, 0) {
			return false, errors.Join(notFinite(p.Batch), r.record())
		}
		if !r.milestone(ctx, p.Batch) || !r.between(ctx) {
			return false, nil
		}
		r.makeRoom(ctx, p.Seconds)
	}
	finished = r.trainer.Batch() >= r.batches
	r.showMetrics()
	if finished {
		r.snapshot(context.WithoutCancel(ctx))
		if !r.keep(ctx, func() error { return r.measureNow(context.WithoutCancel(ctx), r.trainer.Batch()) }) {
			return false, nil
		}
	}
	return r.keep(ctx, r.checkpoint) && finished, nil
}

// note takes in what a batch gave.
func (r *trainingRun) note(p train.Progress) {
	now := time.Now()
	if !r.ended.IsZero() {
		r.spent += now.Sub(r.ended)
		r.timed++
	}
	r.ended = now
	r.window.Add(p)
	r.jumps.take(p)
	p.Mean = r.window.Means()
	r.unrecorded = append(r.unrecorded, p)
	r.recent = append(r.recent, p)
	if n := len(r.recent) - RecentBatches; n > 0 {
		r.recent = append(r.recent[:0], r.recent[n:]...)
	}
	if r.perBatch == 0 {
		r.perBatch = p.Seconds
	}
	r.perBatch += 0.1 * (p.Seconds - r.perBatch)
	r.lab.observer.BatchDone(p)
}

// between does what is due between two batches; false when the run was asked to end
// while it could not record.
func (r *trainingRun) between(ctx context.Context) bool {
	now := time.Now()
	if now.Sub(r.shown) >= metricsEvery {
		r.shown = now
		r.showMetrics()
	}
	if now.Sub(r.recorded) >= recordEvery && !r.keep(ctx, r.record) {
		return false
	}
	if !r.keep(ctx, func() error { return r.measure(ctx) }) {
		return false
	}
	if r.lab.observer.Watched(r.id) && now.Sub(r.snapped) >= max(activityEvery, activityShare*r.snapTook) {
		r.snapshot(ctx)
	}
	if now.Sub(r.checkpointed) >= checkpointEvery && !r.keep(ctx, r.checkpoint) {
		return false
	}
	select {
	case request := <-r.requests:
		request.answer <- r.checkpoint() // where it fails, whoever asked is told
	default:
	}
	return true
}

// record writes the batches since the last time to the database.
func (r *trainingRun) record() error {
	r.recorded = time.Now()
	err := r.lab.store.Append(context.Background(), r.id, r.unrecorded, r.perBatch)
	if err != nil {
		return fmt.Errorf("metrics cannot be recorded: %w", err)
	}
	r.unrecorded = r.unrecorded[:0]
	if r.jumps.told != "" {
		if err := r.lab.tellJump(context.Background(), r.id, r.jumps.told); err != nil {
			return err
		}
		r.jumps.told = ""
	}
	r.lab.tell(r.id)
	return nil
}

// checkpoint records metrics and then writes the trainer's state beside them.
func (r *trainingRun) checkpoint() error {
	if err := r.record(); err != nil {
		return err
	}
	if err := r.keepSpeed(); err != nil {
		return err
	}
	r.checkpointed = time.Now()
	return r.lab.store.SaveCheckpoint(r.id, func(w io.Writer) error { return r.trainer.Checkpoint(w) })
}

func (r *trainingRun) showMetrics() {
	r.lab.observer.Batches(r.id, r.recent)
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
	r.lab.observer.Activity(r.id, r.trainer.Batch(), rec)
}

// checkpointNow has a run that trains write its checkpoint; others have theirs.
func (l *Lab) checkpointNow(ctx context.Context, id string) error {
	requests, ok := l.checkpoints.Load(id)
	if !ok {
		return nil
	}
	ended := make(chan struct{})
	go func() { l.jobs.Wait(ctx, id); close(ended) }()
	answer := make(chan error, 1)
	select {
	case requests.(chan checkpointRequest) <- checkpointRequest{answer}:
		return <-answer
	case <-ended: // having written one, unless it failed
		return ctx.Err()
	}
}
