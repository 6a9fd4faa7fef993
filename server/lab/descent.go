package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// Now stands for a run's newest state in place of a batch.
const Now = -1

// Kept are the batches at whose ends a run's state is kept, besides its newest: 0, its
// start, and its milestones.
func (l *Lab) Kept(id string) []int { return append([]int{0}, l.store.Milestones(id)...) }

// ForkRun starts a run from where another is, or was at the end of a batch that Kept
// names, with some settings changed: changes is an object of those, as JSON. What cannot
// be changed is refused by its field, a batch that was not kept by "at".
func (l *Lab) ForkRun(ctx context.Context, id string, at int, changes []byte) (RunInfo, error) {
	parent, err := l.FindRun(ctx, id)
	if err != nil {
		return RunInfo{}, err
	}
	return l.ForkKept(ctx, id, at, changes, Keeping{Labels: Labels{Tags: parent.Tags}})
}

// ForkKept is ForkRun with a name, a note, tags and milestones.
func (l *Lab) ForkKept(ctx context.Context, id string, at int, changes []byte, keep Keeping) (RunInfo, error) {
	parent, err := l.FindRun(ctx, id)
	if err != nil {
		return RunInfo{}, err
	}
	sp, err := overlaid(parent.Spec, changes)
	if err != nil {
		return RunInfo{}, err
	}
	src, err := l.startable(ctx, sp)
	if err != nil {
		return RunInfo{}, err
	}
	if err := errors.Join(cleanLabels(&keep.Labels), checkMilestones(keep.Milestones, sp.Batches)); err != nil {
		return RunInfo{}, err
	}
	from, err := l.stateAt(ctx, parent, at)
	if err != nil {
		return RunInfo{}, err
	}
	fork, err := train.Fork(from, sp, src)
	if err != nil {
		return RunInfo{}, err
	}
	now := time.Now()
	r := store.Run{
		ID: newID(), Title: sp.String(), Spec: sp.JSON(), State: job.Paused, Batch: fork.Batch(), Batches: sp.Batches,
		Loss: math.NaN(), GradNorm: math.NaN(), Kernel: parent.Kernel, Created: now, Updated: now,
		Labels: keep.Labels, Milestones: keep.Milestones, Parent: parent.ID, ParentBatch: fork.Batch(),
	}
	switch have := kernel.Name(); {
	case fork.Batch() == 0:
		r.Kernel = have
	case !slices.Contains(strings.Split(r.Kernel, kernelsApart), have):
		r.Kernel += kernelsApart + have // another run, from where one of another kernel was
	}
	if err := l.store.SaveCheckpoint(r.ID, func(w io.Writer) error { return fork.Checkpoint(w) }); err != nil {
		return RunInfo{}, err
	}
	if err := l.store.AddFork(ctx, r); err != nil {
		return RunInfo{}, err
	}
	return l.ResumeRun(ctx, r.ID)
}

// overlaid are settings with some of them changed.
func overlaid(sp spec.Spec, changes []byte) (spec.Spec, error) {
	if len(bytes.TrimSpace(changes)) == 0 {
		return sp, nil
	}
	var all, some map[string]json.RawMessage
	if err := json.Unmarshal(changes, &some); err != nil {
		return sp, refuse(Invalid, "", "the changes must be an object of settings: %v", err)
	}
	if err := json.Unmarshal(sp.JSON(), &all); err != nil {
		return sp, err
	}
	for name, value := range some {
		all[name] = value
	}
	b, err := json.Marshal(all)
	if err != nil {
		return sp, err
	}
	return spec.Parse(b)
}

// stateAt is a run's training as it was at the end of a batch that is kept, or is now.
func (l *Lab) stateAt(ctx context.Context, run RunInfo, at int) (*train.Trainer, error) {
	src, err := l.sources(ctx, run.Spec)
	if err != nil {
		return nil, err
	}
	switch {
	case at == 0:
		return train.New(run.Spec, src)
	case at == Now:
		return l.stateNow(ctx, run, src)
	case !slices.Contains(l.store.Milestones(run.ID), at):
		return nil, refuse(NotFound, "at", "no checkpoint of batch %d was kept: there are those of %v, and the newest", at, l.Kept(run.ID))
	}
	t, err := restoreFile(l.store.MilestonePath(run.ID, at), src)
	if err != nil {
		return nil, refuse(Conflict, "at", "the checkpoint of batch %d cannot be read (%v): choose another", at, err)
	}
	return t, nil
}

func (l *Lab) stateNow(ctx context.Context, run RunInfo, src *data.Sources) (*train.Trainer, error) {
	if err := l.checkpointNow(ctx, run.ID); err != nil {
		return nil, err
	}
	if len(l.store.Checkpoints(run.ID)) == 0 {
		return train.New(run.Spec, src) // it has begun nothing yet
	}
	t, _, _, err := l.restored(run.ID, src)
	if err != nil {
		return nil, refuse(Conflict, "at", "no checkpoint of it can be read (%v): choose another batch", err)
	}
	return t, nil
}

// startable are the sources of settings with which a run can begin; else what is wrong.
func (l *Lab) startable(ctx context.Context, sp spec.Spec) (*data.Sources, error) {
	if err := sp.Validate(); err != nil {
		return nil, err
	}
	src, err := l.sources(ctx, sp)
	if err != nil {
		return nil, err
	}
	if _, err := data.ContextsOf(sp, sp.Seed); err != nil {
		return nil, err
	}
	if l.jobs.Queued() >= maxQueued {
		return nil, refuse(Busy, "", "%d runs wait for their turn already: stop some, or start this one later", maxQueued)
	}
	return src, nil
}

// ExtendRun has a run that is at rest go on for so many batches more than it was to have.
func (l *Lab) ExtendRun(ctx context.Context, id string, more int) (RunInfo, error) {
	run, err := l.FindRun(ctx, id)
	if err != nil {
		return RunInfo{}, err
	}
	if l.jobs.Active(id) {
		return RunInfo{}, refuse(Conflict, "id", "the run is queued or running: pause it first")
	}
	if more < 1 {
		return RunInfo{}, refuse(Invalid, "more", "must be at least one batch")
	}
	sp := run.Spec
	sp.Batches += min(more, math.MaxInt32)
	if err := sp.Validate(); err != nil {
		return RunInfo{}, refuse(Invalid, "more", "with %d batches more the run would have %d: %v", more, sp.Batches, err)
	}
	if run.State == job.Finished && sameKernel(run) != nil {
		return RunInfo{}, refuse(Conflict, "id", "the run was computed by the %s kernel, and this lab computes with %s: fork it, and the fork goes on with %s, or start the lab with --kernel %s",
			run.Kernel, kernel.Name(), kernel.Name(), run.Kernel)
	}
	if err := l.goesOn(ctx, run); err != nil {
		return RunInfo{}, err
	}
	if err := l.store.Extend(ctx, id, sp.JSON(), sp.Batches); err != nil {
		return RunInfo{}, err
	}
	if run.State == job.Finished {
		l.stateChanged(id, job.Paused, nil)
	}
	return l.ResumeRun(ctx, id)
}

// ReseedRun starts a run with the settings of another and the next seed that no run with
// these settings has.
func (l *Lab) ReseedRun(ctx context.Context, id string) (RunInfo, error) {
	run, err := l.FindRun(ctx, id)
	if err != nil {
		return RunInfo{}, err
	}
	runs, err := l.Runs(ctx)
	if err != nil {
		return RunInfo{}, err
	}
	taken := map[uint64]bool{}
	for _, r := range runs {
		taken[r.Spec.Seed] = taken[r.Spec.Seed] || r.Spec.Model == run.Spec.Model && len(run.Spec.Differs(r.Spec)) == 0
	}
	sp := run.Spec
	for taken[sp.Seed] {
		sp.Seed = (sp.Seed + 1) % (spec.MaxSeed + 1)
	}
	again, err := l.StartRun(ctx, sp)
	if err != nil {
		return RunInfo{}, err
	}
	return l.LabelRun(ctx, again.ID, Labels{Tags: run.Tags})
}

// mostMilestones is how many checkpoints of a run stay at most.
const mostMilestones = 200

// KeepMilestones has a run keep a checkpoint after every so many batches, from now on; 0
// for none. Those that are kept stay.
func (l *Lab) KeepMilestones(ctx context.Context, id string, every int) (RunInfo, error) {
	run, err := l.FindRun(ctx, id)
	if err != nil {
		return RunInfo{}, err
	}
	if err := checkMilestones(every, run.Batches); err != nil {
		return RunInfo{}, err
	}
	if err := l.store.SetMilestones(ctx, id, every); err != nil {
		return RunInfo{}, err
	}
	if l.jobs.Active(id) {
		l.milestones.Store(id, every)
	}
	return l.FindRun(ctx, id)
}

// checkMilestones refuses more checkpoints of a run of so many batches than may stay.
func checkMilestones(every, batches int) error {
	if least := (batches + mostMilestones - 1) / mostMilestones; every < 0 || every > 0 && every < least {
		return refuse(Invalid, "milestones", "must be 0, or every %d batches at the most often: at most %d checkpoints of a run stay", least, mostMilestones)
	}
	return nil
}

// milestone keeps the state after a batch, if the run is to keep it.
func (r *trainingRun) milestone(ctx context.Context, batch int) bool {
	every, _ := r.lab.milestones.Load(r.id)
	if n, _ := every.(int); n == 0 || batch%n != 0 {
		return true
	}
	return r.keep(ctx, func() error {
		return r.lab.store.SaveMilestone(r.id, batch, func(w io.Writer) error { return r.trainer.Checkpoint(w) })
	})
}

// lengthened has a trainer go on to as many batches as its run has by now.
func lengthened(t *train.Trainer, sp spec.Spec) error {
	if t.Network().Spec.Batches == sp.Batches {
		return nil
	}
	if err := t.Extend(sp.Batches); err != nil {
		return errors.Join(fmt.Errorf("it cannot have %d batches", sp.Batches), err)
	}
	return nil
}
