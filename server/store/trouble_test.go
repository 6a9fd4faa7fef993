package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unmixlab/sim/train"
)

func TestTroubleIsCalledWhatItIs(t *testing.T) {
	for _, c := range []struct {
		err  error
		want error
	}{
		{&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, ErrFull},
		{fmt.Errorf("metrics: %w", &fs.PathError{Op: "write", Path: "x", Err: syscall.EDQUOT}), ErrFull},
		{errors.Join(errors.New("first"), syscall.ENOSPC), ErrFull},
		{&os.LinkError{Op: "rename", Old: "x", New: "y", Err: syscall.EROFS}, ErrReadOnly},
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}, ErrDenied},
		{fs.ErrPermission, ErrDenied},
		{fmt.Errorf("it: %w", ErrInUse), ErrInUse},
		{fs.ErrNotExist, nil}, {errors.New("disk full"), nil}, {nil, nil},
	} {
		if got := Trouble(c.err); got != c.want {
			t.Errorf("%v is called %v, want %v", c.err, got, c.want)
		}
		explained := Explain(c.err)
		if !errors.Is(explained, c.err) || c.want != nil && !errors.Is(explained, c.want) || Explain(explained) != explained {
			t.Errorf("%v is explained as %v", c.err, explained)
		}
	}
}

// A database that may not grow is a full disk, wherever it strikes.
func TestAFullDatabaseIsAFullDisk(t *testing.T) {
	s := open(t, t.TempDir())
	add(t, s, "r1", "running")
	if _, err := s.write.Exec("PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	var ms []train.Progress
	for i := range 20000 {
		ms = append(ms, train.Progress{Batch: i + 1, Loss: 1, GradNorm: 1, Seconds: 1})
	}
	if err := s.Append(t.Context(), "r1", ms, 1); Trouble(err) != ErrFull {
		t.Errorf("metrics past the end of the disk gave %v, called %v", err, Trouble(err))
	}
}

func TestAReadOnlyDatabaseIsCalledThat(t *testing.T) {
	s := open(t, t.TempDir())
	_, err := s.read.Exec("DELETE FROM runs")
	if Trouble(err) != ErrReadOnly {
		t.Errorf("writing where one only reads gave %v, called %v", err, Trouble(err))
	}
}

func TestAFileOnAFullDiskIsCalledThat(t *testing.T) {
	s := open(t, t.TempDir())
	full := func(io.Writer) error { return &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC} }
	if err := s.SaveCheckpoint("r1", full); !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("a checkpoint gave %v", err)
	}
	if err := s.AddSound(t.Context(), Sound{ID: "abc"}, full); !errors.Is(err, ErrFull) {
		t.Errorf("a sound gave %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "*", ".writing-*")); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

// Only a folder that another lab has locked is in use.
func TestInUseIsSaidOfLocksAlone(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if _, err := Open(t.Context(), dir); !errors.Is(err, ErrInUse) {
		t.Errorf("a locked folder gave %v", err)
	}
	other := t.TempDir()
	if err := os.Mkdir(filepath.Join(other, "lock.db"), 0o700); err != nil { // cannot be opened as a database
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), other); err == nil || strings.Contains(err.Error(), "in use") {
		t.Errorf("a folder whose lock cannot be opened gave %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	if _, err := Open(t.Context(), file); err == nil || strings.Contains(err.Error(), "in use") {
		t.Errorf("a file in place of the folder gave %v", err)
	}
}

// A rename that fails because somebody reads the file is tried until they have done,
// for two seconds at most; other failures are told at once.
func TestARenameWaitsForReaders(t *testing.T) {
	busy, broken := errors.New("in use"), errors.New("broken")
	passes := func(err error) bool { return err == busy }
	synctest.Test(t, func(t *testing.T) {
		began, tries := time.Now(), 0
		err := patiently(func() error {
			if tries++; tries < 6 {
				return busy
			}
			return nil
		}, passes)
		if err != nil || tries != 6 {
			t.Errorf("six tries gave %v after %d", err, tries)
		}
		if err := patiently(func() error { return broken }, passes); err != broken || time.Since(began) > time.Second {
			t.Errorf("another failure gave %v after %v", err, time.Since(began))
		}
		began = time.Now()
		if err := patiently(func() error { return busy }, passes); err != busy || time.Since(began) < time.Second || time.Since(began) > 3*time.Second {
			t.Errorf("a reader that stays gave %v after %v", err, time.Since(began))
		}
	})
}

func TestSoundsAreFoundWithoutTheDatabase(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir) // in use
	samples := []float32{0, 0.5, -1}
	id := SoundID(samples)
	err := s.AddSound(t.Context(), Sound{ID: id}, func(w io.Writer) error { _, err := w.Write(SoundBytes(samples)); return err })
	if err != nil {
		t.Fatal(err)
	}
	if got, err := SoundFile(dir, id); err != nil || len(got) != 3 || got[1] != 0.5 {
		t.Errorf("it is %v, %v", got, err)
	}
	for _, bad := range []string{"000000000000", "../sounds/" + id, "", "ABC"} {
		if _, err := SoundFile(dir, bad); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q gave %v", bad, err)
		}
	}
}
