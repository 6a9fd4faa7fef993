// Package store keeps runs, their metrics and the list of uploaded sounds in one
// SQLite database of the data folder, with checkpoints and sounds as files beside it.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"unmixlab/server/job"
)

// ErrNotFound is for an id the database does not have.
var ErrNotFound = errors.New("store: not found")

// Store is an open data folder. Its methods may be used by many goroutines at once.
type Store struct {
	dir   string
	lock  *sql.DB
	write *sql.DB // one connection: SQLite has one writer
	read  *sql.DB

	recovered bool
}

// Open opens the data folder, making what is missing. The caller closes the Store.
func Open(ctx context.Context, dir string) (*Store, error) {
	for _, sub := range []string{"checkpoints", "sounds"} {
		path := filepath.Join(dir, sub)
		err := os.MkdirAll(path, 0o700)
		if err == nil {
			err = mayWrite(path)
		}
		if err != nil && Trouble(err) != ErrFull { // with a full disk one may still look, and delete
			return nil, fmt.Errorf("data folder %s: %w", dir, Explain(err))
		}
	}
	s := &Store{dir: dir}
	if err := s.connect(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context) (err error) {
	if s.lock, err = lock(ctx, s.dir); err != nil {
		return err
	}
	s.removeLeftovers()
	if err = s.finishRecovery(); err == nil {
		err = s.openDatabase(ctx)
	}
	if Trouble(err) == ErrDamaged {
		err = errors.Join(s.closeDatabase(), s.recover(ctx, err))
	}
	if err != nil {
		return fmt.Errorf("data folder %s: %w", s.dir, Explain(err))
	}
	return nil
}

// openDatabase connects to the database, brings it to this version's layout and looks
// whether it is sound.
func (s *Store) openDatabase(ctx context.Context) (err error) {
	if info, err := os.Stat(s.path(database)); err == nil && info.Size() > 0 && info.Size() < headerSize {
		return fmt.Errorf("%w (it has only %d bytes)", ErrDamaged, info.Size()) // SQLite would begin a new one
	}
	if s.write, err = connect(s.path(database), "_txlock=immediate"); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = connect(s.path(database), "_pragma=query_only(1)"); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(4)
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.sound(ctx)
}

// database is the file of the database, in the data folder.
const database = "unmixlab.db"

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }

// connect opens a database file.
func connect(path, more string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	u.RawQuery = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&" + more
	return sql.Open("sqlite", u.String())
}

// largestChecked is up to which size a database is looked through whenever it is
// opened, in bytes: a second or so. The damage of a larger one shows when it is met.
const largestChecked = 256 << 20

// sound looks for damage; an error of it is ErrDamaged.
func (s *Store) sound(ctx context.Context) error {
	if info, err := os.Stat(s.path(database)); err != nil || info.Size() > largestChecked {
		return err
	}
	var found string
	if err := s.write.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("%w (%s)", ErrDamaged, found)
	}
	states, err := s.States(ctx) // a page of zeros may pass for a part of a row
	for state := range states {
		if !slices.Contains(job.States, state) {
			return fmt.Errorf("%w (a run has the state %q)", ErrDamaged, state)
		}
	}
	return err
}

// Close closes the database and lets go of the data folder.
func (s *Store) Close() error {
	err := s.closeDatabase()
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}

// closeDatabase closes what openDatabase opened, as far as it came.
func (s *Store) closeDatabase() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	s.read, s.write = nil, nil
	return errors.Join(errs...)
}

func millis(t time.Time) int64      { return t.UnixMilli() }
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
