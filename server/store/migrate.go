package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// migrations lead from each layout of the data folder to the next, the first from an
// empty one. They are never changed, only added to: the number of those done is the
// folder's layout, kept in SQLite's user_version.
var migrations = []string{
	`CREATE TABLE IF NOT EXISTS runs (
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
) STRICT;`,

	`ALTER TABLE runs ADD COLUMN notice TEXT NOT NULL DEFAULT '';
CREATE TABLE notices (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT;`,

	`ALTER TABLE runs ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN parent_batch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN milestones INTEGER NOT NULL DEFAULT 0;`,

	`ALTER TABLE runs ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
CREATE TABLE speeds (
	kernel TEXT NOT NULL,
	shape TEXT NOT NULL,
	model TEXT NOT NULL,
	operations REAL NOT NULL,
	seconds REAL NOT NULL,
	updated INTEGER NOT NULL,
	PRIMARY KEY (kernel, shape)
) STRICT, WITHOUT ROWID;`,

	`CREATE TABLE measures (
	run TEXT NOT NULL,
	batch INTEGER NOT NULL,
	late_error REAL,
	clarity_x REAL,
	clarity_y REAL,
	angle REAL,
	seconds REAL NOT NULL,
	PRIMARY KEY (run, batch)
) STRICT, WITHOUT ROWID;`,
}

// migrate brings the database to this version's layout, forwards only. Of one that holds
// something, a copy of how it was is kept beside it.
func (s *Store) migrate(ctx context.Context) error {
	var have int
	if err := s.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if have > len(migrations) {
		return newer(have)
	}
	for found := have; have < len(migrations); {
		if found > 0 {
			if err := s.copyLayout(ctx, have); err != nil {
				return fmt.Errorf("a copy before the change to layout %d cannot be made: %w", have+1, err)
			}
		}
		err := s.transact(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, migrations[have]); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", have+1))
			return err
		})
		if err != nil {
			return err
		}
		have++
	}
	return nil
}

// newer refuses a folder that this version cannot know.
func newer(have int) error {
	return fmt.Errorf("was written by a newer version of the lab (layout %d, this one knows %d): start that version, or name another folder with --data",
		have, len(migrations))
}

// copyLayout keeps the database as it is, under a name that says its layout.
func (s *Store) copyLayout(ctx context.Context, layout int) error {
	path := s.path(fmt.Sprintf("%s.layout-%d", database, layout))
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a try that was cut short
		return err
	}
	_, err := s.write.ExecContext(ctx, "VACUUM INTO ?", path)
	return err
}
