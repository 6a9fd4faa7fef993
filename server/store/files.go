package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// CheckpointPath is the file of a run's newest checkpoint.
func (s *Store) CheckpointPath(id string) string {
	return filepath.Join(s.dir, "checkpoints", id+checkpointExtension)
}

const (
	checkpointExtension = ".safetensors"
	before              = ".1"       // of the checkpoint before the newest
	aside               = ".damaged" // of one that could not be read
)

// SaveCheckpoint makes a run's newest checkpoint; the one that was newest is kept beside
// it, and stays what it is until the new one is on the disk.
func (s *Store) SaveCheckpoint(id string, write func(io.Writer) error) error {
	return WriteCheckpoint(s.CheckpointPath(id), write)
}

// WriteCheckpoint is SaveCheckpoint for a file anywhere.
func WriteCheckpoint(newest string, write func(io.Writer) error) error {
	return writeWhole(newest, 0o644, write, func(written string) error {
		if err := rename(newest, newest+before); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		err := rename(written, newest)
		if err != nil {
			os.Rename(newest+before, newest)
		}
		return err
	})
}

// OpenCheckpoint opens a run's newest checkpoint; ErrNotFound when it has none. When the
// newest is missing, as a crash between two renames leaves it, it is the one before.
func (s *Store) OpenCheckpoint(id string) (*os.File, error) {
	paths := s.Checkpoints(id)
	if len(paths) == 0 {
		return nil, ErrNotFound
	}
	return os.Open(paths[0])
}

// Checkpoints are the files of a run's checkpoints that are there, the newest first.
func (s *Store) Checkpoints(id string) []string { return CheckpointFiles(s.CheckpointPath(id)) }

// CheckpointFiles are those of the files that WriteCheckpoint leaves that are there, the
// newest first.
func CheckpointFiles(newest string) []string {
	return slices.DeleteFunc([]string{newest, newest + before}, func(path string) bool {
		_, err := os.Stat(path)
		return errors.Is(err, fs.ErrNotExist)
	})
}

// SetAside gives a checkpoint that cannot be read another name, so that it is not taken
// for one any longer, and whoever wants may look into it.
func SetAside(checkpoint string) error { return rename(checkpoint, checkpoint+aside) }

// Checkpointed are the ids of all runs that have checkpoints.
func (s *Store) Checkpointed() []string {
	var ids []string
	files, _ := os.ReadDir(filepath.Join(s.dir, "checkpoints"))
	for _, f := range files {
		id, ok := strings.CutSuffix(strings.TrimSuffix(f.Name(), before), checkpointExtension)
		if ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// removeCheckpoints removes all that there is of a run's checkpoints.
func (s *Store) removeCheckpoints(id string) error {
	var problems []error
	newest := s.CheckpointPath(id)
	paths := []string{newest, newest + before, newest + aside, newest + before + aside}
	for _, batch := range s.Milestones(id) {
		paths = append(paths, s.MilestonePath(id, batch))
	}
	for _, path := range paths {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// WriteFile writes a file under a temporary name in the same folder, syncs it to
// the disk and renames it: whoever reads the name finds the old or the new, whole.
func WriteFile(path string, write func(io.Writer) error) error {
	return writeWhole(path, 0o644, write, func(written string) error { return rename(written, path) })
}

// writePrivate is WriteFile for what only the folder's owner may read.
func writePrivate(path string, write func(io.Writer) error) error {
	return writeWhole(path, 0o600, write, func(written string) error { return rename(written, path) })
}

// temporary is the pattern of a file that is being written.
const temporary = ".writing-*"

// writeWhole writes a file under a temporary name beside path, syncs it and has place
// put it where it belongs. Where that fails nothing of it is left.
func writeWhole(path string, mode fs.FileMode, write func(io.Writer) error, place func(written string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), temporary)
	if err != nil {
		return Explain(err)
	}
	err = write(f)
	if err == nil {
		f.Chmod(mode) // drives without modes keep theirs
		err = syncFile(f)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = place(f.Name())
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", filepath.Base(path), Explain(err))
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// rename waits for readers where the system lets nobody replace what is read.
func rename(from, to string) error {
	return patiently(func() error { return os.Rename(from, to) }, openElsewhere)
}

// removeLeftovers deletes files whose writing a lab that died did not end. Under the
// folder's lock: what is there is nobody's.
func (s *Store) removeLeftovers() {
	for _, folder := range []string{".", "checkpoints", "sounds"} {
		files, _ := os.ReadDir(s.path(folder))
		for _, f := range files {
			if strings.HasPrefix(f.Name(), strings.TrimSuffix(temporary, "*")) {
				os.Remove(s.path(filepath.Join(folder, f.Name())))
			}
		}
	}
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
