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
	db, err := lockFile(ctx, dir)
	if Trouble(err) == ErrDamaged { // it holds nothing, and nobody
		if err = os.Remove(filepath.Join(dir, "lock.db")); err == nil {
			db, err = lockFile(ctx, dir)
		}
	}
	if err == nil {
		return db, nil
	}
	if errors.Is(Trouble(err), ErrInUse) {
		return nil, fmt.Errorf("data folder %s is %w (%w): end that one, or name another folder with --data", dir, ErrInUse, err)
	}
	return nil, whyNot(dir, err)
}

func lockFile(ctx context.Context, dir string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.Join(dir, "lock.db")}).EscapedPath()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	// Of a file that may not be written, BEGIN EXCLUSIVE takes a lock that keeps nobody
	// out: the first statement finds that out.
	_, err = db.ExecContext(ctx, "PRAGMA user_version = 1")
	if err == nil {
		_, err = db.ExecContext(ctx, "BEGIN EXCLUSIVE")
	}
	if err == nil {
		return db, nil
	}
	return nil, errors.Join(err, db.Close())
}

// whyNot looks for what keeps a data folder's lock from being written: SQLite does not
// tell permission from a read-only file system.
func whyNot(dir string, err error) error {
	found := mayWrite(dir)
	if found == nil {
		var f *os.File
		if f, found = os.OpenFile(filepath.Join(dir, "lock.db"), os.O_RDWR, 0); found == nil {
			f.Close()
		}
	}
	if Trouble(found) != nil {
		err = found
	}
	return Explain(err)
}

// mayWrite makes a file in a folder, and removes it.
func mayWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".trying-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
