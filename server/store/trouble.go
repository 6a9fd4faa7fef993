package store

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What keeps a folder from being written, and what to do about it.
var (
	ErrFull     = errors.New("the disk is full, or a quota used up: free some space, or choose another folder")
	ErrReadOnly = errors.New("the file system is read-only: mount it for writing, or choose another folder")
	ErrDenied   = errors.New("permission is denied: change the owner or the rights of the folder and its files, or choose another folder")
	ErrInUse    = errors.New("in use by another lab")
	ErrDamaged  = errors.New("the database is damaged: start the lab again, which sets it aside and recovers what can be read")
)

// systemTroubles are what the system calls them.
var systemTroubles = map[syscall.Errno]error{
	syscall.ENOSPC: ErrFull, syscall.EDQUOT: ErrFull, syscall.EFBIG: ErrFull, syscall.EROFS: ErrReadOnly, syscall.EACCES: ErrDenied, syscall.EPERM: ErrDenied,
}

// windowsTroubles are those for which Windows has numbers of its own: write protection,
// and the two of a full disk.
var windowsTroubles = map[syscall.Errno]error{19: ErrReadOnly, 39: ErrFull, 112: ErrFull}

// databaseTroubles are what SQLite calls them. A full disk is not SQLITE_FULL when a
// quota stops a write, nor when it strikes the index of the log.
var databaseTroubles = map[int]error{
	sqlite3.SQLITE_FULL: ErrFull, sqlite3.SQLITE_IOERR_WRITE: ErrFull, sqlite3.SQLITE_IOERR_SHMSIZE: ErrFull,
	sqlite3.SQLITE_READONLY: ErrReadOnly, sqlite3.SQLITE_PERM: ErrDenied, sqlite3.SQLITE_BUSY: ErrInUse, sqlite3.SQLITE_LOCKED: ErrInUse,
	sqlite3.SQLITE_CORRUPT: ErrDamaged, sqlite3.SQLITE_NOTADB: ErrDamaged,
}

// Trouble is which of ErrFull, ErrReadOnly, ErrDenied, ErrInUse and ErrDamaged an error of a file
// or of the database comes from; nil when it is another one.
func Trouble(err error) error {
	for _, kind := range []error{ErrFull, ErrReadOnly, ErrDenied, ErrInUse, ErrDamaged} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	var database *sqlite.Error
	var system syscall.Errno
	switch {
	case errors.As(err, &database):
		if kind := databaseTroubles[database.Code()]; kind != nil {
			return kind
		}
		return databaseTroubles[database.Code()&0xff]
	case errors.As(err, &system):
		if kind := windowsTroubles[system]; kind != nil && runtime.GOOS == "windows" {
			return kind
		}
		if kind := systemTroubles[system]; kind != nil {
			return kind
		}
	}
	if errors.Is(err, fs.ErrPermission) {
		return ErrDenied
	}
	return nil
}

// Explain puts before an error what its trouble is and what to do about it. Other
// errors, and those explained already, are left as they are.
func Explain(err error) error {
	kind := Trouble(err)
	if kind == nil || errors.Is(err, kind) {
		return err
	}
	return fmt.Errorf("%w (%w)", kind, err)
}
