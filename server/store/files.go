package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// CheckpointPath is the file of a run's newest checkpoint.
func (s *Store) CheckpointPath(id string) string {
	return filepath.Join(s.dir, "checkpoints", id+".safetensors")
}

// SaveCheckpoint replaces a run's checkpoint; the old one stays whole until the
// new one is on the disk.
func (s *Store) SaveCheckpoint(id string, write func(io.Writer) error) error {
	return WriteFile(s.CheckpointPath(id), write)
}

// OpenCheckpoint opens a run's newest checkpoint; ErrNotFound when it has none.
func (s *Store) OpenCheckpoint(id string) (*os.File, error) {
	f, err := os.Open(s.CheckpointPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	return f, err
}

// WriteFile writes a file under a temporary name in the same folder, syncs it to
// the disk and renames it: whoever reads the name finds the old or the new, whole.
func WriteFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return Explain(err)
	}
	err = write(f)
	if err == nil {
		f.Chmod(0o644) // drives without modes keep theirs
		err = syncFile(f)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = patiently(func() error { return os.Rename(f.Name(), path) }, openElsewhere)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", filepath.Base(path), Explain(err))
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFile asks for a file to be on the disk. Network drives that know no such thing
// are content without.
func syncFile(f *os.File) error {
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// syncFolder makes a rename last through a power cut. A folder that cannot be opened
// or synced is content without: the file is kept already.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// patiently tries again, for two seconds, as long as the error is one that passes.
func patiently(try func() error, passes func(error) bool) error {
	err := try()
	for wait := time.Millisecond; err != nil && passes(err) && wait < 2*time.Second; wait *= 2 {
		time.Sleep(wait)
		err = try()
	}
	return err
}

// openElsewhere tells whether a rename failed because somebody reads the file just
// now, a program that looks for viruses perhaps: Windows lets nobody replace it then,
// and says that access is denied (5) or the file in use (32, 33).
func openElsewhere(err error) bool {
	var system syscall.Errno
	return runtime.GOOS == "windows" && errors.As(err, &system) && (system == 5 || system == 32 || system == 33)
}
