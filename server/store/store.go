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
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// ErrNotFound is for an id the database does not have.
var ErrNotFound = errors.New("store: not found")

// Store is an open data folder. Its methods may be used by many goroutines at once.
type Store struct {
	dir   string
	lock  *sql.DB
	write *sql.DB // one connection: SQLite has one writer
	read  *sql.DB
}

const schema = `
CREATE TABLE IF NOT EXISTS runs (
	id TEXT PRIMARY KEY,
	title TEXT NOT NULL,
	spec TEXT NOT NULL,
	state TEXT NOT NULL,
	batch INTEGER NOT NULL DEFAULT 0,
	batches INTEGER NOT NULL,
	loss REAL,
	grad_norm REAL,
	seconds REAL NOT NULL DEFAULT 0,
	kernel TEXT NOT NULL,
	error TEXT NOT NULL DEFAULT '',
	model_id TEXT NOT NULL DEFAULT '',
	created INTEGER NOT NULL,
	updated INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS metrics (
	run TEXT NOT NULL,
	batch INTEGER NOT NULL,
	loss REAL,
	grad_norm REAL,
	seconds REAL NOT NULL,
	PRIMARY KEY (run, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sounds (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	seconds REAL NOT NULL,
	created INTEGER NOT NULL
) STRICT;
`

// version is the layout of the database, kept in SQLite's user_version.
const version = 1

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
	if s.write, err = connect(s.dir, "_txlock=immediate"); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = connect(s.dir, "_pragma=query_only(1)"); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(4)
	if err := s.prepare(ctx); err != nil {
		return fmt.Errorf("data folder %s: %w", s.dir, Explain(err))
	}
	return nil
}

// connect opens the database file of a data folder.
func connect(dir, more string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.Join(dir, "unmixlab.db")}).EscapedPath()}
	u.RawQuery = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&" + more
	return sql.Open("sqlite", u.String())
}

func (s *Store) prepare(ctx context.Context) error {
	var have int
	if err := s.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if have > version {
		return fmt.Errorf("was written by a newer version of the lab (layout %d, this one knows %d)", have, version)
	}
	if _, err := s.write.ExecContext(ctx, schema); err != nil {
		return err
	}
	_, err := s.write.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version))
	return err
}

// Close closes the database and lets go of the data folder.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write, s.lock} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

func millis(t time.Time) int64      { return t.UnixMilli() }
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
