package lab

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmixlab/server/job"
)

// pausedTwice is a run that was paused twice, so that it has two checkpoints; older is
// the batch of the first.
func pausedTwice(t *testing.T, l *Lab, w *witness) (r RunInfo, older int) {
	t.Helper()
	r = start(t, l, tiny(1e6))
	for range 2 {
		w.untilTrained(t, r.ID)
		older = r.Batch
		var err error
		if r, err = l.PauseRun(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
		if older == 0 {
			if _, err := l.ResumeRun(t.Context(), r.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r, older
}

// sameAsThrough compares a run's losses with those of one that nothing happened to.
func sameAsThrough(t *testing.T, l *Lab, r RunInfo) {
	t.Helper()
	got, want := losses(t, l, r.ID), losses(t, l, trained(t, l, tiny(r.Batch)).ID)
	if len(got) != len(want) {
		t.Fatalf("it has %d batches, its length is %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("batch %d has loss %v, of a run that nothing happened to %v", i+1, got[i], want[i])
		}
	}
}

func flip(b []byte) []byte { b[len(b)-9] ^= 1; return b }
func cut(b []byte) []byte  { return b[:len(b)/2] }
func none([]byte) []byte   { return nil }

// spoil changes a file.
func spoil(t *testing.T, path string, how func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, how(bytes.Clone(b)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A newest checkpoint that is damaged, cut or empty gives way to the one before, which
// the run says; the curve is rewound to it, and no batch is another.
func TestTheOlderCheckpointTakesOver(t *testing.T) {
	t.Parallel()
	l, w := openLab(t, Config{})
	for what, how := range map[string]func([]byte) []byte{"flipped": flip, "cut": cut, "emptied": none} {
		r, older := pausedTwice(t, l, w)
		newest := l.store.CheckpointPath(r.ID)
		spoil(t, newest, how)
		if _, err := l.SaveRun(t.Context(), r.ID, ""); Refusal(err) == nil || !strings.Contains(err.Error(), "resume the run") {
			t.Errorf("%s: saving gave %v", what, err)
		}
		if _, err := l.ResumeRun(t.Context(), r.ID); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		w.untilTrained(t, r.ID)
		r, err := l.StopRun(t.Context(), r.ID)
		if err != nil || !strings.Contains(r.Notice, "could not be read") || !strings.Contains(r.Notice, "at batch") || r.Batch <= older {
			t.Errorf("%s: it is %+v, %v", what, r, err)
		}
		sameAsThrough(t, l, r)
		if _, err := os.Stat(newest + ".damaged"); err != nil {
			t.Errorf("%s: the damaged one is not set aside: %v", what, err)
		}
	}
}

// A finished run whose newest checkpoint is damaged gives no model of an earlier batch:
// it does its last batches again.
func TestAFinishedRunDoesItsLastBatchesAgain(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	r := trained(t, l, tiny(30))
	whole, err := l.SaveRun(t.Context(), r.ID, "whole")
	if err != nil {
		t.Fatal(err)
	}
	spoil(t, l.store.CheckpointPath(r.ID), flip)
	if _, err := l.SaveRun(t.Context(), r.ID, "again"); Refusal(err) == nil || Refusal(err).Kind != Conflict {
		t.Errorf("saving it gave %v", err)
	}
	if r, err := l.FindRun(t.Context(), r.ID); err != nil || r.State != job.Interrupted || !strings.Contains(r.Notice, "was finished") {
		t.Errorf("it is %+v, %v", r, err)
	}
	if _, err := l.ResumeRun(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	if r = rest(t, l, r.ID); r.State != job.Finished {
		t.Fatalf("resumed it is %s: %s", r.State, r.Error)
	}
	again, err := l.SaveRun(t.Context(), r.ID, "again")
	if err != nil {
		t.Fatal(err)
	}
	a, err := l.models.Get(whole.ID)
	b, err2 := l.models.Get(again.ID)
	if err != nil || err2 != nil || !slices.Equal(a.Network.Params.Flat, b.Network.Params.Flat) {
		t.Errorf("its weights are others, %v, %v", err, err2)
	}
}

// With nothing left to go on from, resuming is refused with words that say so, and the
// run begins again only when that is asked for.
func TestARunWithoutCheckpointsAsksBeforeItBeginsAgain(t *testing.T) {
	t.Parallel()
	l, w := openLab(t, Config{})
	for what, lose := range map[string]func(path string){
		"damaged": func(path string) { spoil(t, path, flip) },
		"missing": func(path string) { os.Remove(path) },
	} {
		r, _ := pausedTwice(t, l, w)
		for _, path := range l.store.Checkpoints(r.ID) {
			lose(path)
		}
		_, err := l.ResumeRun(t.Context(), r.ID)
		refusal := Refusal(err)
		if refusal == nil || refusal.Kind != Conflict || refusal.Fields[0].Field != "anew" || !strings.Contains(refusal.Message, "begin again") {
			t.Fatalf("%s: resuming gave %+v of %v", what, refusal, err)
		}
		if again, err := l.FindRun(t.Context(), r.ID); err != nil || again.State != job.Paused || again.Batch != r.Batch {
			t.Errorf("%s: after the refusal it is %s at batch %d, %v", what, again.State, again.Batch, err)
		}
		if _, err := l.BeginAgain(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
		w.untilTrained(t, r.ID)
		r, err = l.StopRun(t.Context(), r.ID)
		if err != nil || !strings.Contains(r.Notice, "began again") {
			t.Errorf("%s: it is %+v, %v", what, r, err)
		}
		sameAsThrough(t, l, r)
	}
	r, older := pausedTwice(t, l, w)
	if r, err := l.BeginAgain(t.Context(), r.ID); err != nil || r.Batch < older || strings.Contains(r.Notice, "began again") {
		t.Errorf("asked to begin again, a run with a checkpoint did: %+v, %v", r, err)
	}
}

// other is a connection to a lab's database besides its own.
func other(t *testing.T, folder string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, "unmixlab.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, statements string) {
	t.Helper()
	if _, err := db.Exec("PRAGMA busy_timeout = 10000;" + statements); err != nil {
		t.Fatal(err)
	}
}

const (
	noRoom = `CREATE TRIGGER no_metrics BEFORE INSERT ON metrics BEGIN SELECT RAISE(ABORT, 'no room'); END;
		CREATE TRIGGER no_states BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'no room'); END`
	room = `DROP TRIGGER no_metrics; DROP TRIGGER no_states`
)

// waiting is a lab whose run waits, as its database takes nothing more; by db it can have
// room again.
func waiting(t *testing.T) (l *Lab, w *witness, r RunInfo, db *sql.DB) {
	t.Helper()
	folder := t.TempDir()
	l, w = openLab(t, Config{Data: folder})
	db = other(t, folder)
	r = start(t, l, tiny(1e6))
	w.untilTrained(t, r.ID)
	exec(t, db, noRoom)
	w.until(t, "the run waits", func() bool { return last(w.states[r.ID]) == job.Waiting })
	return l, w, r, db
}

// A run that cannot record waits and says why, and so does the lab's health; when there
// is room again it goes on by itself, and nothing is missing.
func TestARunThatCannotRecordWaits(t *testing.T) {
	t.Parallel()
	l, w, r, db := waiting(t)
	waits, err := l.FindRun(t.Context(), r.ID)
	if err != nil || waits.State != job.Waiting || !strings.Contains(waits.Error, "no room") || waits.ETASeconds != nil {
		t.Errorf("it is %+v, %v", waits, err)
	}
	if h := l.Health(t.Context()); h.OK() || !strings.Contains(h.Trainer, "no room") || h.Disk != Well {
		t.Errorf("the health is %+v", h)
	}
	if all, err := l.Runs(t.Context()); err != nil || all[0].State != job.Waiting {
		t.Errorf("in the list it is %s, %v", all[0].State, err)
	}
	if counts, err := l.RunCounts(t.Context()); err != nil || counts[job.Waiting] != 1 || counts[job.Running] != 0 {
		t.Errorf("counted are %v, %v", counts, err)
	}
	exec(t, db, room)
	w.until(t, "the run trains on", func() bool { return last(w.states[r.ID]) == job.Running })
	if h := l.Health(t.Context()); !h.OK() {
		t.Errorf("with room the health is %+v", h)
	}
	w.untilTrained(t, r.ID)
	r, err = l.StopRun(t.Context(), r.ID)
	if err != nil || r.Error != "" {
		t.Errorf("stopped it is %+v, %v", r, err)
	}
	sameAsThrough(t, l, r)
}

func last(states []job.State) job.State {
	if len(states) == 0 {
		return ""
	}
	return states[len(states)-1]
}

// Paused while it waits, a run is paused at once, even where that cannot be recorded
// yet, and goes on from its last checkpoint.
func TestAWaitingRunCanBePaused(t *testing.T) {
	t.Parallel()
	l, w, r, db := waiting(t)
	if paused, err := l.PauseRun(t.Context(), r.ID); err != nil || paused.State != job.Paused {
		t.Errorf("paused it is %s, %v", paused.State, err)
	}
	if kept, err := l.store.Run(t.Context(), r.ID); err != nil || kept.State != job.Running {
		t.Errorf("the database has %s, %v: the test shows nothing", kept.State, err)
	}
	if h := l.Health(t.Context()); !strings.Contains(h.Trainer, "cannot be recorded") {
		t.Errorf("the health is %+v", h)
	}
	exec(t, db, room)
	l.keepStates()
	if kept, err := l.store.Run(t.Context(), r.ID); err != nil || kept.State != job.Paused {
		t.Errorf("with room the database has %s, %v", kept.State, err)
	}
	if _, err := l.ResumeRun(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	w.untilTrained(t, r.ID)
	r, err := l.StopRun(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	sameAsThrough(t, l, r)
}

// Where checkpoints cannot be written a run waits before its first batch; whoever asks
// for a model of it is told why.
func TestARunThatCannotKeepACheckpointWaits(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	l, w := openLab(t, Config{Data: folder})
	checkpoints := filepath.Join(folder, "checkpoints")
	if err := os.Rename(checkpoints, checkpoints+"-away"); err != nil {
		t.Fatal(err)
	}
	r := start(t, l, tiny(3))
	w.until(t, "the run waits", func() bool { return last(w.states[r.ID]) == job.Waiting })
	if h := l.Health(t.Context()); h.Disk == Well || h.Database != Well || len(h.Troubles()) != 2 {
		t.Errorf("the health is %+v", h)
	}
	if _, err := l.SaveRun(t.Context(), r.ID, ""); err == nil {
		t.Error("a model was made of it")
	}
	if err := os.Rename(checkpoints+"-away", checkpoints); err != nil {
		t.Fatal(err)
	}
	if r := rest(t, l, r.ID); r.State != job.Finished || len(losses(t, l, r.ID)) != 3 {
		t.Errorf("with room it is %s", r.State)
	}
}

// A database that is damaged, or not there, costs no run: settings and curves are found
// again in the checkpoints.
func TestRunsAreFoundAgainInTheirCheckpoints(t *testing.T) {
	t.Parallel()
	for what, how := range map[string]func([]byte) []byte{
		"zeros":   func(b []byte) []byte { clear(b); return b },
		"emptied": none,
		"half":    func(b []byte) []byte { clear(b[len(b)/2:]); return b },
		"no head": func(b []byte) []byte { clear(b[:4096]); return b },
	} {
		folder := t.TempDir()
		l, _ := openLab(t, Config{Data: folder})
		r := trained(t, l, tiny(40))
		begun := trained(t, l, tiny(60))
		want := map[string][]float64{r.ID: losses(t, l, r.ID), begun.ID: losses(t, l, begun.ID)}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		spoil(t, filepath.Join(folder, "unmixlab.db"), how)
		l, _ = openLab(t, Config{Data: folder})
		for id, curve := range want {
			again := rest(t, l, id)
			got := losses(t, l, id)
			if again.State != job.Finished || again.Spec.Hidden != 4 || again.Batch != len(curve) || again.Kernel != "generic" || len(got) != len(curve) {
				t.Fatalf("%s: the run is %+v with %d losses", what, again, len(got))
			}
			for i := range curve {
				if got[i] != curve[i] {
					t.Errorf("%s: batch %d has loss %v, it was %v", what, i+1, got[i], curve[i])
				}
			}
		}
		if notices, err := l.Notices(t.Context()); err != nil || len(notices) == 0 {
			t.Errorf("%s: nothing is said of it: %v", what, err)
		}
		l.Close()
		l, _ = openLab(t, Config{Data: folder})
		notices, _ := l.Notices(t.Context())
		for _, n := range notices {
			if err := l.Dismiss(t.Context(), n.ID); err != nil {
				t.Error(err)
			}
		}
		l.Close()
		l, _ = openLab(t, Config{Data: folder})
		if notices, err := l.Notices(t.Context()); err != nil || len(notices) != 0 {
			t.Errorf("%s: dismissed, notices are %+v, %v", what, notices, err)
		}
	}
}
