package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
)

// lock keeps a second lab out of a data folder: it would take the runs of the first
// for interrupted ones. The lock is a transaction that stays open in a database of
// its own, so a lab that dies lets go of it on every system.
func lock(ctx context.Context, dir string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.Join(dir, "lock.db")}).EscapedPath()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		db.Close()
		return nil, fmt.Errorf("data folder %s is in use by another lab (%w): end that one, or name another folder with --data", dir, err)
	}
	return db, nil
}
