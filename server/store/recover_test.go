package store

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/train"
)

// filled is a data folder with five runs of 300 batches, one of them deleted, and a
// sound; the bytes are its database's, and pageSize that of its pages.
func filled(t *testing.T) (dir string, whole []byte) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, dir)
	for i := range 5 {
		id := fmt.Sprint("run", i)
		add(t, s, id, "paused")
		if _, err := s.write.Exec("UPDATE runs SET spec = ? WHERE id = ?", spread(id), id); err != nil {
			t.Fatal(err)
		}
		appendTo(t, s, id, noisy(300)...)
	}
	if err := s.Remove(t.Context(), "run4"); err != nil {
		t.Fatal(err)
	}
	samples := []float32{0, 0.5, -1}
	sound := Sound{ID: SoundID(samples), Name: "bell.wav", Seconds: 3.0 / data.Rate}
	if err := s.AddSound(t.Context(), sound, func(w io.Writer) error { _, err := w.Write(SoundBytes(samples)); return err }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, database))
	if err != nil {
		t.Fatal(err)
	}
	return dir, whole
}

// spread is a spec that goes on in pages of its own.
func spread(id string) string { return `{"` + id + strings.Repeat("x", 3*usualPage) + `"}` }

// damaged puts a damaged database in a data folder, opens it, and tells how many runs
// and batches are there; whatever is must be as it was. Nothing deleted comes back.
func damaged(t *testing.T, dir string, b []byte) (s *Store, runs, batches int) {
	t.Helper()
	for _, left := range besides {
		os.Remove(filepath.Join(dir, database+left))
	}
	if err := os.WriteFile(filepath.Join(dir, database), b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	all, err := s.Runs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := noisy(300)
	for i := range 5 {
		id := fmt.Sprint("run", i)
		ms, err := s.Metrics(t.Context(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ms {
			if m.Batch > 300 || m.Loss != want[m.Batch-1] || m.GradNorm != 2*m.Loss || m.Seconds != 0.5 {
				t.Fatalf("batch %d of %s came back as %+v", m.Batch, id, m)
			}
		}
		if batches += len(ms); id == "run4" && len(ms) > 0 {
			t.Errorf("%d batches of a run that was deleted came back", len(ms))
		}
	}
	for _, r := range all {
		if r.ID == "run4" {
			t.Error("a run that was deleted came back")
		}
		if r.State != "paused" || r.Batch != 300 || string(r.Spec) != spread(r.ID) {
			t.Errorf("a run came back as %s, %s at batch %d", r.ID, r.State, r.Batch)
		}
	}
	return s, len(all), batches
}

// A page that is lost takes the rows on it along, and nothing else.
func TestLostPagesTakeNothingElseAlong(t *testing.T) {
	dir, whole := filled(t)
	path := filepath.Join(dir, database)
	for n := range len(whole) / usualPage { // without the first, the list of free pages is lost too
		b := bytes.Clone(whole)
		clear(b[n*usualPage : (n+1)*usualPage])
		os.WriteFile(path, b, 0o600)
		found, err := salvageFile(path)
		batches := 0
		for id, metrics := range found.metrics {
			if id != "run4" { // on pages that were free
				batches += len(metrics)
			}
		}
		if err != nil || len(found.runs) < 4 && batches < 4*300 || batches < 4*300-200 {
			t.Errorf("without page %d there are %d of 4 runs and %d of 1200 batches, %v", n+1, len(found.runs), batches, err)
		}
	}
	for _, n := range []int{0, 3, 9} {
		b := bytes.Clone(whole)
		clear(b[n*usualPage : (n+1)*usualPage])
		s, runs, batches := damaged(t, dir, b)
		if runs < 4 && batches < 4*300 || batches < 4*300-200 {
			t.Errorf("without page %d there are %d of 4 runs and %d of 1200 batches", n+1, runs, batches)
		}
		if sounds, err := s.Sounds(t.Context()); err != nil || len(sounds) != 1 || sounds[0].Seconds != 3.0/data.Rate {
			t.Errorf("without page %d the sounds are %+v, %v", n+1, sounds, err)
		}
		s.Close()
	}
}

// Wherever a database ends early, or bytes of it are others, the lab opens.
func TestADamagedDatabaseIsSetAside(t *testing.T) {
	dir, whole := filled(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, length := range []int{1, 99, usualPage - 1, usualPage, usualPage + 100, len(whole) / 2} {
		s, runs, batches := damaged(t, dir, whole[:length])
		notices, err := s.Notices(t.Context())
		if err != nil || len(notices) != 1 || !strings.Contains(notices[0].Text, "damaged") || !strings.Contains(notices[0].Text, fmt.Sprint(runs, " runs")) {
			t.Errorf("cut to %d bytes, with %d runs, %d batches left, the notices are %+v, %v", length, runs, batches, notices, err)
		}
		if aside, err := filepath.Glob(filepath.Join(dir, database+".damaged-*")); err != nil || len(aside) == 0 {
			t.Errorf("cut to %d bytes the database is not set aside: %v", length, err)
		}
		if err := s.Dismiss(t.Context(), notices[0].ID); err != nil {
			t.Error(err)
		}
		if left, _ := s.Notices(t.Context()); len(left) > 0 {
			t.Errorf("dismissed, a notice stays: %v", left)
		}
		s.Close()
	}
	for range 6 {
		b := bytes.Clone(whole)
		for range 3 {
			page := random.IntN(len(b) / usualPage)
			b[page*usualPage+random.IntN(12)] ^= byte(1 + random.IntN(255)) // in the page's own head
		}
		os.WriteFile(filepath.Join(dir, database), b, 0o600)
		s, err := Open(t.Context(), dir)
		if err != nil && !strings.Contains(err.Error(), "newer version") {
			t.Fatalf("it does not open: %v", err)
		}
		if err == nil {
			if _, err := s.Runs(t.Context()); err != nil {
				t.Errorf("opened, it cannot list runs: %v", err)
			}
			s.Close()
		}
	}
}

// What a lab that died had only in the log of its database is read there.
func TestTheLogIsReadToo(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	s := open(t, dir)
	add(t, s, "r1", "running")
	appendTo(t, s, "r1", 3, 2, 1)
	for _, end := range []string{"", "-wal"} { // as a crash leaves them
		b, err := os.ReadFile(filepath.Join(dir, database+end))
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(other, database+end), b, 0o600)
	}
	found, err := salvageFile(filepath.Join(other, database))
	if err != nil || len(found.runs) != 1 || len(found.metrics["r1"]) != 3 || found.runs[0].Batch != 3 {
		t.Errorf("found are %+v, %v", found, err)
	}
}

// A log that is damaged may name pages far away: they are no reason to count up to them.
func TestADamagedLogCostsNoTime(t *testing.T) {
	log := make([]byte, 32+2*(24+usualPage))
	binary.BigEndian.PutUint32(log[8:], usualPage)
	binary.BigEndian.PutUint32(log[32:], math.MaxUint32)
	binary.BigEndian.PutUint32(log[36:], math.MaxUint32)
	p := newPages(make([]byte, 3*usualPage-1), log)
	if got := p.numbers(); !slices.Equal(got, []int{1, 2, 3, math.MaxUint32}) {
		t.Errorf("the pages are %v", got[:min(len(got), 10)])
	}
}

func TestARecoveryThatWasCutShortIsEnded(t *testing.T) {
	dir, whole := filled(t)
	os.WriteFile(filepath.Join(dir, recovering), []byte("half of it"), 0o600) // cut short while it was put together
	s, runs, _ := damaged(t, dir, whole[:len(whole)/2])
	s.Close()
	if err := os.Rename(filepath.Join(dir, database), filepath.Join(dir, recovering)); err != nil { // between the renames
		t.Fatal(err)
	}
	s = open(t, dir)
	if again, err := s.Runs(t.Context()); err != nil || len(again) != runs {
		t.Errorf("%d runs, %v, want %d", len(again), err, runs)
	}
}

func TestLostRunsAreRebuilt(t *testing.T) {
	s := open(t, t.TempDir())
	ms := []train.Progress{{Batch: 1, Loss: 3}, {Batch: 2, Loss: 2}}
	if err := s.Rebuild(t.Context(), Run{ID: "lost", Spec: []byte("{}"), State: "interrupted", Batch: 2, Notice: "was lost"}, ms); err != nil {
		t.Fatal(err)
	}
	add(t, s, "there", "paused")
	appendTo(t, s, "there", 5)
	if err := s.Rebuild(t.Context(), Run{ID: "there", Spec: []byte(`{"new":1}`), Batches: 7, Notice: "its settings were lost"}, ms); err != nil {
		t.Fatal(err)
	}
	for id, losses := range map[string][]float64{"lost": {3, 2}, "there": {5, 2}} {
		got, err := s.Metrics(t.Context(), id, 0)
		if err != nil || len(got) != 2 || got[0].Loss != losses[0] || got[1].Loss != losses[1] || get(t, s, id).Notice == "" {
			t.Errorf("%s has %+v, %v", id, got, err)
		}
	}
	if r := get(t, s, "there"); string(r.Spec) != `{"new":1}` || r.Batches != 7 || r.State != "paused" {
		t.Errorf("there is %+v", r)
	}
}

// A folder of the first layout becomes one of this, with a copy of how it was.
func TestOlderLayoutsMigrateWithACopyKept(t *testing.T) {
	dir := t.TempDir()
	old, err := sql.Open("sqlite", filepath.Join(dir, database))
	if err != nil {
		t.Fatal(err)
	}
	_, err = old.Exec(migrations[0] + `; PRAGMA user_version = 1;
		INSERT INTO runs (id, title, spec, state, batches, kernel, created, updated) VALUES ('r1', 'old', '{}', 'paused', 5, 'avx2', 1, 1)`)
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	if r := get(t, open(t, dir), "r1"); r.Title != "old" || r.Notice != "" {
		t.Errorf("the run is %+v", r)
	}
	kept, err := sql.Open("sqlite", filepath.Join(dir, database+".layout-1"))
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	var layout, runs int
	err = errors.Join(kept.QueryRow("PRAGMA user_version").Scan(&layout), kept.QueryRow("SELECT count(*) FROM runs").Scan(&runs))
	if err != nil || layout != 1 || runs != 1 {
		t.Errorf("the copy has layout %d with %d runs, %v", layout, runs, err)
	}
}

func TestLeftoversAreRemovedAtTheStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[a] folder*")
	s := open(t, dir)
	var left []string
	for _, folder := range []string{"", "checkpoints", "sounds"} {
		left = append(left, filepath.Join(dir, folder, ".writing-123"), filepath.Join(dir, folder, "kept"))
	}
	for _, path := range left {
		os.WriteFile(path, []byte("half"), 0o600)
	}
	if _, err := Open(t.Context(), dir); err == nil {
		t.Fatal("a second lab opened")
	}
	if _, err := os.Stat(left[0]); err != nil {
		t.Error("a lab that was refused removed what another was writing")
	}
	s.Close()
	open(t, dir)
	for _, path := range left {
		if _, err := os.Stat(path); (err == nil) != (filepath.Base(path) == "kept") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTheLastTwoCheckpointsAreKept(t *testing.T) {
	s := open(t, t.TempDir())
	save := func(text string) error {
		return s.SaveCheckpoint("r1", func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
	}
	have := func() (out []string) {
		for _, path := range s.Checkpoints("r1") {
			b, _ := os.ReadFile(path)
			out = append(out, string(b))
		}
		return out
	}
	expect := func(what string, want ...string) {
		t.Helper()
		if got := have(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s there are %q, want %q", what, got, want)
		}
	}
	for _, text := range []string{"first", "second", "third"} {
		if err := save(text); err != nil {
			t.Fatal(err)
		}
	}
	expect("after three", "third", "second")
	older := s.CheckpointPath("r1") + before
	os.Remove(older)
	os.MkdirAll(filepath.Join(older, "in the way"), 0o700) // no rename
	if err := save("fourth"); err == nil {
		t.Error("a failed rename is no error")
	}
	os.RemoveAll(older)
	expect("after a rename that failed", "third")
	if err := save("fifth"); err != nil {
		t.Fatal(err)
	}
	if err := SetAside(s.CheckpointPath("r1")); err != nil {
		t.Fatal(err)
	}
	expect("with the newest aside", "third")
	if f, err := s.OpenCheckpoint("r1"); err != nil || f.Close() != nil {
		t.Errorf("the older one is not opened: %v", err)
	}
	if err := save("sixth"); err != nil {
		t.Fatal(err)
	}
	expect("after the next", "sixth", "third")
	if ids := s.Checkpointed(); len(ids) != 1 || ids[0] != "r1" {
		t.Errorf("checkpointed are %v", ids)
	}
	add(t, s, "r1", "paused")
	if err := s.Remove(t.Context(), "r1"); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Join(s.dir, "checkpoints")); len(left) > 0 {
		t.Errorf("of a removed run %v are left", left)
	}
}

func TestSoundsHaveTheRateOfTheLab(t *testing.T) {
	if soundRate != data.Rate {
		t.Errorf("sounds have %d samples a second here, %d elsewhere", soundRate, data.Rate)
	}
}

func TestADamagedLockIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).Close()
	os.WriteFile(filepath.Join(dir, "lock.db"), bytes.Repeat([]byte("no database "), 1000), 0o600)
	open(t, dir)
}
