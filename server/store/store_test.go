package store

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/sim/train"
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func add(t *testing.T, s *Store, id string, state job.State) {
	t.Helper()
	now := time.Now()
	err := s.Add(t.Context(), Run{ID: id, Title: "a run", Spec: []byte(`{"model":"spatial"}`), State: state, Batches: 100,
		Loss: math.NaN(), GradNorm: math.NaN(), Kernel: "generic", Created: now, Updated: now})
	if err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s *Store, id string) Run {
	t.Helper()
	r, err := s.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func appendTo(t *testing.T, s *Store, id string, losses ...float64) {
	t.Helper()
	var ms []train.Progress
	for i, l := range losses {
		ms = append(ms, train.Progress{Batch: i + 1, Loss: l, GradNorm: 2 * l, Seconds: 0.5})
	}
	if err := s.Append(t.Context(), id, ms, 0.5); err != nil {
		t.Fatal(err)
	}
}

func TestRunsStayAcrossOpens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder", "50% of #1?") // to be made, and escaped
	s := open(t, dir)
	add(t, s, "r1", "queued")
	if r := get(t, s, "r1"); !math.IsNaN(r.Loss) || r.Batches != 100 {
		t.Errorf("a new run is %+v", r)
	}
	appendTo(t, s, "r1", 3, 2)
	if err := s.SetState(t.Context(), "r1", "failed", "it broke"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetModel(t.Context(), "r1", "my-model"); err != nil {
		t.Fatal(err)
	}
	s.Close()

	r := get(t, open(t, dir), "r1")
	if r.State != "failed" || r.Error != "it broke" || r.ModelID != "my-model" || r.Batch != 2 || r.Loss != 2 || r.GradNorm != 4 || r.Seconds != 0.5 {
		t.Errorf("opened again it is %+v", r)
	}
	if string(r.Spec) != `{"model":"spatial"}` {
		t.Errorf("its spec is %s", r.Spec)
	}
}

func TestANewFolderHasNoCopies(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if copies, _ := filepath.Glob(filepath.Join(dir, "*.layout-*")); len(copies) > 0 {
		t.Errorf("a new folder has copies of older layouts: %v", copies)
	}
}

func TestARemovedRunLeavesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	for _, id := range []string{"r1", "r2"} {
		add(t, s, id, "stopped")
		appendTo(t, s, id, 3, 2)
		if err := s.SaveCheckpoint(id, func(io.Writer) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Remove(t.Context(), "r1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(t.Context(), "r1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the run is still there: %v", err)
	}
	if ms, err := s.Metrics(t.Context(), "r1", 0); len(ms) > 0 || err != nil {
		t.Errorf("of its metrics %d are left, %v", len(ms), err)
	}
	if _, err := s.OpenCheckpoint("r1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("its checkpoint is left: %v", err)
	}
	if ms, _ := s.Metrics(t.Context(), "r2", 0); len(ms) != 2 || get(t, s, "r2").ID != "r2" {
		t.Error("another run was touched")
	}
	if err := s.Remove(t.Context(), "r1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed again: %v, want ErrNotFound", err)
	}
}

func TestUnknownRuns(t *testing.T) {
	s := open(t, t.TempDir())
	if _, err := s.Run(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Run: %v, want ErrNotFound", err)
	}
	if err := s.SetState(t.Context(), "none", "paused", ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("SetState: %v, want ErrNotFound", err)
	}
	if _, err := s.OpenCheckpoint("none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("OpenCheckpoint: %v, want ErrNotFound", err)
	}
	if runs, err := s.Runs(t.Context()); err != nil || len(runs) != 0 {
		t.Errorf("Runs: %v, %v", runs, err)
	}
}

func TestInterruptMarksWhatWasUnderWay(t *testing.T) {
	s := open(t, t.TempDir())
	for _, state := range job.States {
		add(t, s, string(state), state)
	}
	if n, err := s.Interrupt(t.Context()); n != 3 || err != nil {
		t.Errorf("marked %d, %v, want 3", n, err)
	}
	for _, was := range job.States {
		want := was
		if was.Active() {
			want = job.Interrupted
		}
		if got := get(t, s, string(was)).State; got != want {
			t.Errorf("%s became %s, want %s", was, got, want)
		}
	}
}

func TestRewindDropsWhatWillBeDoneAgain(t *testing.T) {
	s := open(t, t.TempDir())
	add(t, s, "r1", "running")
	add(t, s, "r2", "running")
	appendTo(t, s, "r1", 5, 4, 3, 2, 1)
	appendTo(t, s, "r2", 5, 4, 3)
	if err := s.Rewind(t.Context(), "r1", 2); err != nil {
		t.Fatal(err)
	}
	ms, _ := s.Metrics(t.Context(), "r1", 0)
	if r := get(t, s, "r1"); r.Batch != 2 || r.Loss != 4 || len(ms) != 2 {
		t.Errorf("r1 is at batch %d with loss %g and %d metrics, want 2, 4, 2", r.Batch, r.Loss, len(ms))
	}
	if err := s.Rewind(t.Context(), "r1", 0); err != nil {
		t.Fatal(err)
	}
	if r := get(t, s, "r1"); r.Batch != 0 || !math.IsNaN(r.Loss) {
		t.Errorf("r1 is at batch %d with loss %g, want 0 and none", r.Batch, r.Loss)
	}
	if ms, _ := s.Metrics(t.Context(), "r2", 0); len(ms) != 3 {
		t.Errorf("r2 lost metrics: %v", ms)
	}
}

func TestThinnedMetricsKeepPeaksAndEnds(t *testing.T) {
	s := open(t, t.TempDir())
	add(t, s, "r1", "running")
	losses := make([]float64, 1000)
	for i := range losses {
		losses[i] = 1 + 0.001*float64((i*37)%100)
	}
	losses[332], losses[711] = 99, -99 // batches 333 and 712
	losses[500] = math.NaN()
	appendTo(t, s, "r1", losses...)
	ms, err := s.Metrics(t.Context(), "r1", 50)
	if err != nil {
		t.Fatal(err)
	}
	if len(ms) > 50 || len(ms) < 25 {
		t.Errorf("%d points for 50", len(ms))
	}
	if ms[0].Batch != 1 || ms[len(ms)-1].Batch != 1000 {
		t.Errorf("from batch %d to %d, want 1 to 1000", ms[0].Batch, ms[len(ms)-1].Batch)
	}
	found := map[int]float64{}
	for i, m := range ms {
		found[m.Batch] = m.Loss
		if i > 0 && m.Batch <= ms[i-1].Batch {
			t.Errorf("batch %d follows %d", m.Batch, ms[i-1].Batch)
		}
		if m.GradNorm != 2*m.Loss && !math.IsNaN(m.Loss) {
			t.Errorf("batch %d mixes rows: %+v", m.Batch, m)
		}
	}
	if found[333] != 99 || found[712] != -99 {
		t.Errorf("the peaks are lost: %v", found)
	}
	for _, points := range []int{0, 1000, 5000} {
		if all, _ := s.Metrics(t.Context(), "r1", points); len(all) != 1000 || !math.IsNaN(all[500].Loss) {
			t.Errorf("points=%d gives %d of 1000", points, len(all))
		}
	}
	for _, points := range []int{1, 2, 3} {
		if few, _ := s.Metrics(t.Context(), "r1", points); len(few) > 4 || few[0].Batch != 1 {
			t.Errorf("points=%d gives %v", points, few)
		}
	}
}

func TestACheckpointThatFailsLeavesTheOldOne(t *testing.T) {
	s := open(t, t.TempDir())
	text := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	if err := s.SaveCheckpoint("r1", text("first")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("disk full")
	err := s.SaveCheckpoint("r1", func(w io.Writer) error { io.WriteString(w, "sec"); return broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the writer's error", err)
	}
	f, err := s.OpenCheckpoint("r1")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, _ := io.ReadAll(f); string(b) != "first" {
		t.Errorf("the checkpoint is %q, want the first", b)
	}
	files, _ := os.ReadDir(filepath.Dir(s.CheckpointPath("r1")))
	if len(files) != 1 {
		t.Errorf("%d files are left, want 1", len(files))
	}
}

func TestSounds(t *testing.T) {
	s := open(t, t.TempDir())
	sound := Sound{ID: "abc", Name: "bell.wav", Seconds: 1.5, Created: time.Now()}
	for range 2 { // the same sound twice is one
		err := s.AddSound(t.Context(), sound, func(w io.Writer) error { _, err := fmt.Fprint(w, "bytes"); return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	if all, err := s.Sounds(t.Context()); err != nil || len(all) != 1 || all[0].Name != "bell.wav" || all[0].Seconds != 1.5 {
		t.Errorf("Sounds: %+v, %v", all, err)
	}
	if b, err := s.ReadSound(t.Context(), "abc"); err != nil || string(b) != "bytes" {
		t.Errorf("ReadSound: %q, %v", b, err)
	}
	if _, err := s.ReadSound(t.Context(), "../unmixlab.db"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an id that is none: %v, want ErrNotFound", err)
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.write.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("got %v, want a word about the newer version", err)
	}
}

func TestOneLabAtATime(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "in use by another lab") {
		t.Errorf("a second lab in the same folder: %v, want a refusal", err)
	}
	first.Close()
	open(t, dir)
}
