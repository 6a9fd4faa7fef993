package lab

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"unmixlab/server/store"
	"unmixlab/server/sweep"
)

// sweepBin is the folder among those of sweeps to which deleted ones go. No sweep can have
// its name.
const sweepBin = ".deleted"

func (s *sweeps) binned(name string) string { return filepath.Join(s.dir, sweepBin, name) }

// DeleteSweep puts a sweep at rest away, with all its networks. For a day it can be
// restored; one of the same name that was deleted before is then gone.
func (l *Lab) DeleteSweep(name string) error {
	dir := filepath.Join(l.sweeps.dir, name)
	if !sweep.IsName(name) || !isFolder(dir) {
		return l.sweeps.none(name)
	}
	if l.sweeps.jobs.Active(name) {
		return refuse(Conflict, "id", "the sweep is being done: pause it first")
	}
	gone := l.sweeps.binned(name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(gone), 0o755), os.RemoveAll(gone)); err != nil {
		return store.Explain(err)
	}
	if err := os.Rename(dir, gone); err != nil {
		return store.Explain(err)
	}
	now := time.Now() // the folder's own time says when it was deleted
	return errors.Join(os.Chtimes(gone, now, now), l.sweeps.clear(now))
}

// RestoreSweep brings a deleted sweep back.
func (l *Lab) RestoreSweep(ctx context.Context, name string) (SweepInfo, error) {
	if !sweep.IsName(name) || !isFolder(l.sweeps.binned(name)) {
		return SweepInfo{}, refuse(NotFound, "id", "no sweep %s was deleted within a day", name)
	}
	dir := filepath.Join(l.sweeps.dir, name)
	if isFolder(dir) {
		return SweepInfo{}, refuse(Conflict, "id", "there is another sweep %s by now: delete that one first", name)
	}
	if err := os.Rename(l.sweeps.binned(name), dir); err != nil {
		return SweepInfo{}, store.Explain(err)
	}
	s, err := l.FindSweep(ctx, name)
	return s.Info, err
}

// DeletedSweeps are the names of those that can be restored.
func (l *Lab) DeletedSweeps() (names []string, err error) {
	if err := l.sweeps.clear(time.Now()); err != nil {
		return nil, err
	}
	entries, err := l.sweeps.bin()
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// clear removes for good what was deleted more than a day before.
func (s *sweeps) clear(now time.Time) error {
	entries, err := s.bin()
	for _, e := range entries {
		if info, infoErr := e.Info(); infoErr == nil && now.Sub(info.ModTime()) > Undo {
			err = errors.Join(err, os.RemoveAll(s.binned(e.Name())))
		}
	}
	return store.Explain(err)
}

func (s *sweeps) bin() ([]os.DirEntry, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, sweepBin))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}
