package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
		return err
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
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
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

// Sound is one uploaded sound.
type Sound struct {
	ID      string
	Name    string
	Seconds float64
	Created time.Time
}

// AddSound keeps a sound and its file. The same id again keeps the first.
func (s *Store) AddSound(ctx context.Context, sound Sound, write func(io.Writer) error) error {
	if err := WriteFile(s.soundPath(sound.ID), write); err != nil {
		return err
	}
	_, err := s.write.ExecContext(ctx, "INSERT OR IGNORE INTO sounds (id, name, seconds, created) VALUES (?,?,?,?)",
		sound.ID, sound.Name, sound.Seconds, millis(sound.Created))
	return err
}

// Sounds lists the uploaded sounds, the newest first.
func (s *Store) Sounds(ctx context.Context) ([]Sound, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT id, name, seconds, created FROM sounds ORDER BY created DESC, id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sounds := []Sound{}
	for rows.Next() {
		var sound Sound
		var created int64
		if err := rows.Scan(&sound.ID, &sound.Name, &sound.Seconds, &created); err != nil {
			return nil, err
		}
		sound.Created = fromMillis(created)
		sounds = append(sounds, sound)
	}
	return sounds, rows.Err()
}

// Sound finds a sound; ErrNotFound when there is none.
func (s *Store) Sound(ctx context.Context, id string) (Sound, error) {
	sound := Sound{ID: id}
	var created int64
	err := s.read.QueryRowContext(ctx, "SELECT name, seconds, created FROM sounds WHERE id = ?", id).
		Scan(&sound.Name, &sound.Seconds, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return Sound{}, ErrNotFound
	}
	sound.Created = fromMillis(created)
	return sound, err
}

// ReadSound gives the bytes of a sound's file, by an id that the database has.
func (s *Store) ReadSound(ctx context.Context, id string) ([]byte, error) {
	if _, err := s.Sound(ctx, id); err != nil {
		return nil, err
	}
	return os.ReadFile(s.soundPath(id))
}

func (s *Store) soundPath(id string) string { return filepath.Join(s.dir, "sounds", id+".f32") }
