package lab

import (
	"slices"
	"testing"

	"unmixlab/server/job"
)

// What was under way when the lab ended goes on by itself, in the order in which it was
// queued; what was paused, stopped or finished does not.
func TestRunsGoOnAfterARestart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l, w := openLab(t, Config{Data: data})
	ctx := t.Context()
	done := trained(t, l, tiny(2))
	runs := []RunInfo{}
	for range 4 {
		runs = append(runs, start(t, l, tiny(1e6)))
	}
	paused := start(t, l, tiny(1e6))
	if _, err := l.PauseRun(ctx, paused.ID); err != nil {
		t.Fatal(err)
	}
	w.untilTrained(t, runs[0].ID)
	if err := l.ArrangeQueue(ctx, []string{runs[3].ID, runs[1].ID, runs[2].ID}); err != nil {
		t.Fatal(err)
	}
	want := []string{runs[3].ID, runs[1].ID, runs[2].ID}
	check := func(l *Lab) {
		t.Helper()
		q, err := l.Queue(ctx)
		if err != nil || len(q.Running) != 1 || q.Running[0].ID != runs[0].ID || !slices.Equal(ids(q.Queued), want) {
			t.Errorf("%v train and %v wait, %v; want %s and %v", ids(q.Running), ids(q.Queued), err, runs[0].ID, want)
		}
	}
	check(l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, w = openLab(t, Config{Data: data, Resume: true})
	w.untilTrained(t, runs[0].ID)
	check(l)
	for id, state := range map[string]job.State{done.ID: job.Finished, paused.ID: job.Paused} {
		if r, err := l.FindRun(ctx, id); err != nil || r.State != state {
			t.Errorf("what was %s is %s after the restart, %v", state, r.State, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, _ = openLab(t, Config{Data: data})
	if q, err := l.Queue(ctx); err != nil || len(q.Running)+len(q.Queued) > 0 {
		t.Errorf("where that is off %v train and %v wait, %v", ids(q.Running), ids(q.Queued), err)
	}
}

// A run waits for memory, even where more than one may train at once.
func TestRunsShareTheMemory(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{Memory: 3 * tiny(1).TapeBytes() / 2})
	for _, c := range []struct {
		busy []string
		fits bool
	}{{nil, true}, {[]string{"a"}, false}} {
		l.sizes.Store("a", tiny(1).TapeBytes())
		l.sizes.Store("b", tiny(1).TapeBytes())
		if l.fits(c.busy, "b") != c.fits {
			t.Errorf("beside %v it fits: %t", c.busy, !c.fits)
		}
	}
	if got := memoryTotal("MemFree: 3 kB\nMemTotal:       16384 kB\n"); got != 16384<<10 {
		t.Errorf("the memory is %d", got)
	}
}
