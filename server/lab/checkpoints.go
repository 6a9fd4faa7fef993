package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// errNoneLeft is for a run of which no checkpoint can be read.
var errNoneLeft = errors.New("no checkpoint of it can be read")

// restored goes on from the newest checkpoint of a run that can be read; damaged are
// those newer ones that cannot, and why says what is wrong with them.
func (l *Lab) restored(id string, src *data.Sources) (t *train.Trainer, damaged []string, why error, err error) {
	for _, path := range l.store.Checkpoints(id) {
		t, err := restoreFile(path, src)
		if err == nil {
			return t, damaged, why, nil
		}
		damaged = append(damaged, path)
		why = errors.Join(why, fmt.Errorf("%s: %w", filepath.Base(path), err))
	}
	if why == nil {
		why = errors.New("there is none")
	}
	return nil, damaged, why, fmt.Errorf("%w (%w)", errNoneLeft, why)
}

func restoreFile(path string, src *data.Sources) (*train.Trainer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return train.Restore(f, src)
}

// openTrainer restores the newest checkpoint of a run that can be read, dropping metrics
// that lie past it, and says on the run when that is not the newest. A run that has
// trained nothing begins; one that has, and has nothing to go on from, is an error.
func (l *Lab) openTrainer(ctx context.Context, id string, sp spec.Spec) (*train.Trainer, error) {
	src, err := l.sources(ctx, sp)
	if err != nil {
		return nil, err
	}
	run, err := l.store.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	t, damaged, why, err := l.restored(id, src)
	switch {
	case err == nil && len(damaged) > 0:
		if err := l.store.SetNotice(ctx, id, fmt.Sprintf("The newest checkpoint could not be read (%v). The one before it took over, "+
			"at batch %d: what came after that is done again.", why, t.Batch())); err != nil {
			return nil, err // before the file is set aside, so that it is said when this is tried again
		}
	case err != nil && run.Batch == 0 && run.Parent == "":
		t, err = train.New(sp, src)
	}
	if err == nil {
		err = lengthened(t, sp)
	}
	l.milestones.Store(id, run.Milestones)
	for _, path := range damaged {
		err = errors.Join(err, store.SetAside(path))
	}
	if err != nil {
		return nil, err
	}
	if err := l.store.AddKernel(ctx, id, kernel.Name()); err != nil {
		return nil, err
	}
	return t, l.store.Rewind(ctx, id, t.Batch())
}

// goesOn refuses a run that has trained, and has nothing left to go on from, or only with
// another kernel.
func (l *Lab) goesOn(ctx context.Context, run RunInfo) error {
	if run.Batch == 0 {
		return nil
	}
	if err := sameKernel(run); err != nil {
		return err
	}
	src, err := l.sources(ctx, run.Spec)
	if err != nil {
		return err
	}
	if _, _, why, err := l.restored(run.ID, src); err != nil {
		return refuse(Conflict, "anew", "the run is at batch %d, and no checkpoint can be read that it could go on from (%v): "+
			"it can only begin again, at its first batch", run.Batch, why)
	}
	return nil
}

// unsound refuses what needs a run's newest checkpoint, which cannot be read. A run that
// was finished is interrupted from then on, so that it can do its last batches again.
func (l *Lab) unsound(ctx context.Context, run RunInfo, why error) error {
	if run.State == job.Finished {
		notice := fmt.Sprintf("It was finished, but its newest checkpoint cannot be read (%v): Resume does its last batches again.", why)
		if err := l.store.SetNotice(ctx, run.ID, notice); err != nil {
			return err
		}
		l.stateChanged(run.ID, job.Interrupted, nil)
	}
	return refuse(Conflict, "id", "the run's newest checkpoint cannot be read (%v): resume the run, which does again what is lost", why)
}

// ResumeRun queues a run again; it goes on from its checkpoint. Where none is left that
// is refused: BeginAgain.
func (l *Lab) ResumeRun(ctx context.Context, id string) (RunInfo, error) {
	info, err := l.resumable(ctx, id)
	if err != nil {
		return RunInfo{}, err
	}
	if !l.jobs.Active(id) { // else Start refuses it
		if err := l.goesOn(ctx, info); err != nil {
			return RunInfo{}, err
		}
	}
	if err := l.enqueue(ctx, id, info.Spec); err != nil {
		return RunInfo{}, err
	}
	return l.FindRun(ctx, id)
}

// BeginAgain is ResumeRun that, where nothing is left to go on from, begins at the first
// batch and drops the curve so far.
func (l *Lab) BeginAgain(ctx context.Context, id string) (RunInfo, error) {
	info, err := l.resumable(ctx, id)
	if err != nil {
		return RunInfo{}, err
	}
	if l.jobs.Active(id) || sameKernel(info) != nil || l.goesOn(ctx, info) == nil {
		return l.ResumeRun(ctx, id)
	}
	for _, path := range l.store.Checkpoints(id) {
		if err := store.SetAside(path); err != nil {
			return RunInfo{}, err
		}
	}
	notice := fmt.Sprintf("It began again at its first batch, as was asked: no checkpoint could be read when it was at batch %d.", info.Batch)
	if err := errors.Join(l.store.Rewind(ctx, id, 0), l.store.SetNotice(ctx, id, notice)); err != nil {
		return RunInfo{}, err
	}
	return l.ResumeRun(ctx, id)
}

// resumable gives a run at rest that is not finished.
func (l *Lab) resumable(ctx context.Context, id string) (RunInfo, error) {
	info, err := l.FindRun(ctx, id)
	if err == nil && !info.State.Active() { // its last work may still be about to end
		if err = l.Wait(ctx, id); err == nil {
			info, err = l.FindRun(ctx, id)
		}
	}
	if err == nil && !info.State.Active() && !info.State.Resumable() {
		err = refuse(Conflict, "id", "the run is finished: there is nothing to go on with")
	}
	return info, err
}

// OpenCheckpoint opens a run's state: of now when it trains, else its newest. The
// caller closes the file.
func (l *Lab) OpenCheckpoint(ctx context.Context, id string) (*os.File, error) {
	if _, err := l.FindRun(ctx, id); err != nil {
		return nil, err
	}
	if err := l.checkpointNow(ctx, id); err != nil {
		return nil, err
	}
	f, err := l.store.OpenCheckpoint(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNothingTrained
	}
	return f, err
}

var errNothingTrained = refuse(Conflict, "id", "the run has trained nothing yet: wait for its first batches")
