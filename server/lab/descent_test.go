package lab

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"unmixlab/server/job"
	"unmixlab/sim/spec"
)

// weightsOf is the bytes of a run's newest checkpoint.
func weightsOf(t *testing.T, l *Lab, id string) []byte {
	t.Helper()
	b, err := os.ReadFile(l.store.CheckpointPath(id))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Milestones stay and change nothing; a fork from one without changes comes to the same
// end bit by bit, with the whole curve, and says where it comes from.
func TestMilestonesAndForks(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	ctx := t.Context()
	plain := trained(t, l, tiny(9))
	kept, err := l.StartKept(ctx, tiny(9), Keeping{Labels: Labels{Name: "kept", Tags: []string{"x"}}, Milestones: 2})
	if err != nil {
		t.Fatal(err)
	}
	kept = rest(t, l, kept.ID)
	if got := l.Kept(kept.ID); !slices.Equal(got, []int{0, 2, 4, 6, 8}) || kept.State != job.Finished {
		t.Fatalf("%s, it keeps %v", kept.State, got)
	}
	if !bytes.Equal(weightsOf(t, l, plain.ID), weightsOf(t, l, kept.ID)) {
		t.Error("milestones changed the run")
	}
	for _, at := range []int{0, 4} {
		fork, err := l.ForkRun(ctx, kept.ID, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		fork = rest(t, l, fork.ID)
		if fork.State != job.Finished || fork.Parent != kept.ID || fork.Forked != at || !slices.Equal(fork.Tags, []string{"x"}) {
			t.Errorf("forked at %d it is %+v", at, fork)
		}
		if !bytes.Equal(weightsOf(t, l, plain.ID), weightsOf(t, l, fork.ID)) || !slices.Equal(losses(t, l, fork.ID), losses(t, l, plain.ID)) {
			t.Errorf("a fork at %d without changes comes to another end", at)
		}
	}
	changed, err := l.ForkRun(ctx, kept.ID, 6, []byte(`{"lr":0.01,"batches":12}`))
	if err != nil {
		t.Fatal(err)
	}
	changed = rest(t, l, changed.ID)
	ours, theirs := losses(t, l, changed.ID), losses(t, l, plain.ID)
	if changed.Batch != 12 || changed.Spec.LR != 0.01 || !slices.Equal(ours[:6], theirs[:6]) || ours[8] == theirs[8] {
		t.Errorf("with another rate it is %+v with %v", changed, ours)
	}
	if now, err := l.ForkRun(ctx, kept.ID, Now, []byte(`{"batches":10}`)); err != nil || now.Forked != 9 {
		t.Errorf("forked now it is %+v, %v", now, err)
	}
	for field, c := range map[string]struct {
		at      int
		changes string
	}{"at": {3, ""}, "hidden": {4, `{"hidden":5}`}, "batches": {4, `{"batches":4}`}, "tau": {4, `{"tau":-1}`}} {
		_, err := l.ForkRun(ctx, kept.ID, c.at, []byte(c.changes))
		if r := Refusal(err); r == nil || len(r.Fields) != 1 || r.Fields[0].Field != field {
			t.Errorf("%+v gives %v, want a refusal of %s", c, err, field)
		}
	}
	if _, err := l.ForkRun(ctx, kept.ID, Now, []byte("[")); Refusal(err) == nil {
		t.Errorf("what is no JSON gives %v", err)
	}
	if _, err := l.KeepMilestones(ctx, kept.ID, -1); Refusal(err) == nil || Refusal(err).Fields[0].Field != "milestones" {
		t.Errorf("milestones of every -1: %v", err)
	}
	if err := l.DeleteRun(ctx, kept.ID); err != nil {
		t.Fatal(err)
	}
	if err := l.PurgeRuns(ctx, []string{kept.ID}); err != nil || len(l.store.Milestones(kept.ID)) > 0 {
		t.Errorf("of a purged run %v are left, %v", l.store.Milestones(kept.ID), err)
	}
}

// A finished run that is extended goes on as one that was as long from the start.
func TestAFinishedRunIsExtended(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l, _ := openLab(t, Config{Data: data})
	ctx := t.Context()
	whole, short := trained(t, l, tiny(8)), trained(t, l, tiny(5))
	if _, err := l.ExtendRun(ctx, short.ID, 3); err != nil {
		t.Fatal(err)
	}
	short = rest(t, l, short.ID)
	if short.State != job.Finished || short.Batches != 8 || short.Spec.Batches != 8 || !slices.Equal(losses(t, l, short.ID), losses(t, l, whole.ID)) {
		t.Errorf("extended it is %+v", short)
	}
	if !bytes.Equal(weightsOf(t, l, short.ID), weightsOf(t, l, whole.ID)) {
		t.Error("extended it has other weights")
	}
	for more, id := range map[int]string{0: short.ID, 1e9: short.ID} {
		if _, err := l.ExtendRun(ctx, id, more); Refusal(err) == nil || Refusal(err).Fields[0].Field != "more" {
			t.Errorf("%d more: %v", more, err)
		}
	}
	running := start(t, l, tiny(1e6))
	if _, err := l.ExtendRun(ctx, running.ID, 1); Refusal(err) == nil || Refusal(err).Kind != Conflict {
		t.Errorf("one that trains: %v", err)
	}
}

// The same settings begin with the next seed that none of their runs has.
func TestTheSameSettingsWithAnotherSeed(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	first := trained(t, l, tiny(2))
	other := tiny(2)
	other.Tau, other.Seed = 7, 2
	trained(t, l, other)
	for _, want := range []uint64{2, 3} {
		again, err := l.ReseedRun(t.Context(), first.ID)
		if err != nil || again.Spec.Seed != want || len(again.Spec.Differs(first.Spec)) > 0 {
			t.Errorf("the next has seed %d, %v, want %d", again.Spec.Seed, err, want)
		}
	}
	last := tiny(2)
	last.Seed = spec.MaxSeed
	if again, err := l.ReseedRun(t.Context(), trained(t, l, last).ID); err != nil || again.Spec.Seed != 0 {
		t.Errorf("after the last seed comes %d, %v", again.Spec.Seed, err)
	}
}
