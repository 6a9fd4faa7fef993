package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
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
		if errors.Is(Trouble(err), ErrInUse) {
			return nil, fmt.Errorf("data folder %s is %w (%w): end that one, or name another folder with --data", dir, ErrInUse, err)
		}
		return nil, fmt.Errorf("data folder %s: %w", dir, whyNot(dir, err))
	}
	return db, nil
}

// whyNot looks for what keeps a data folder from being written: of a file that it
// cannot open SQLite tells no reason.
func whyNot(dir string, err error) error {
	f, e := os.CreateTemp(dir, ".writing-*")
	if e == nil {
		f.Close()
		os.Remove(f.Name())
		f, e = os.OpenFile(filepath.Join(dir, "lock.db"), os.O_RDWR, 0)
		if e == nil {
			e = f.Close()
		}
	}
	if Trouble(e) != nil {
		err = e
	}
	return Explain(err)
}
