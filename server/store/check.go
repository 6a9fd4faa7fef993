package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// probe is how much is written to see whether the disk has room, in bytes: as much as a
// second's metrics, and more than what a full disk may still have in an open block.
const probe = 256 << 10

// CheckDisk writes a file where checkpoints go, and removes it.
func (s *Store) CheckDisk() error {
	f, err := os.CreateTemp(s.path("checkpoints"), temporary)
	if err == nil {
		_, err = f.Write(make([]byte, probe))
		err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	if file := (*fs.PathError)(nil); errors.As(err, &file) { // whoever asks need not know where it is
		err = file.Err
	}
	if err != nil {
		return fmt.Errorf("checkpoints cannot be written: %w", err)
	}
	return nil
}

// CheckDatabase writes to the database what stands there already.
func (s *Store) CheckDatabase(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(migrations)))
	return err
}
