package modelfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ErrNotKept is for a model that could not be written to the user's folder: the error
// says why, and nothing of the model is left there.
var ErrNotKept = errors.New("the model is not kept")

// temporary is the pattern of a file that is being written.
const temporary = ".saving-*"

// Save writes a model to the user's folder under an id made from its title, and
// returns the id. The file is there whole or not at all, whatever happens meanwhile.
// An empty title becomes the spec's line; a model without a date gets the present one.
func (l *Library) Save(title string, f *File) (id string, err error) {
	if l.dir == "" {
		return "", errors.New("there is no folder to save models in")
	}
	saved := *f
	saved.Provenance.Title = oneLine(title, maxTitle)
	if saved.Provenance.Title == "" {
		saved.Provenance.Title = f.Network.Spec.String()
	}
	if saved.Provenance.Created.IsZero() {
		saved.Provenance.Created = time.Now().UTC().Truncate(time.Second)
	}
	var b bytes.Buffer
	if err := Write(&b, &saved); err != nil {
		return "", err
	}
	if b.Len() > MaxSize {
		return "", fmt.Errorf("the model has %d MB, at most %d can be kept", b.Len()>>20, MaxSize>>20)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		return "", notKept(l.dir, err)
	}
	id = l.unused(slug(saved.Provenance.Title))
	if err := writeWhole(filepath.Join(l.dir, id+extension), b.Bytes()); err != nil {
		return "", notKept(l.dir, err)
	}
	return id, nil
}

// notKept is ErrNotKept with the reason in words, whatever the system calls it.
func notKept(dir string, err error) error {
	number := func(windows ...syscall.Errno) bool {
		var e syscall.Errno
		return runtime.GOOS == "windows" && errors.As(err, &e) && slices.Contains(windows, e)
	}
	why := "cannot be written"
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), number(39, 112): // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
		why = "is on a disk that is full"
	case errors.Is(err, syscall.EROFS), number(19): // ERROR_WRITE_PROTECT
		why = "is on a disk that can only be read"
	case errors.Is(err, fs.ErrPermission):
		why = "may not be written by whom the lab runs as: no permission"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		why = "is a file, or in one"
	}
	return fmt.Errorf("%w: the folder %s %s (%w)", ErrNotKept, dir, why, err)
}

// Delete removes one of the user's own models.
func (l *Library) Delete(id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, err := l.find(id)
	if err != nil {
		return err
	}
	if e.Shipped {
		return ErrShipped
	}
	delete(l.cached, id)
	return os.Remove(filepath.Join(l.dir, id+extension))
}

// unused adds a number to an id that a model has already.
func (l *Library) unused(base string) string {
	id := base
	for n := 2; ; n++ {
		_, err := os.Lstat(filepath.Join(l.dir, id+extension))
		if id != IdealID && !exists(l.shipped, id) && err != nil {
			return id
		}
		id = fmt.Sprintf("%s-%d", base, n)
	}
}

// slug turns a title into lower-case letters, digits and single dashes.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == 'τ':
			b.WriteString("tau")
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 80 {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "model"
}

// writeWhole writes a file under a temporary name, syncs it and renames it: the name has
// it whole or not at all. From then on the file is kept, and nothing is an error.
func writeWhole(path string, b []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), temporary)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(b)
	f.Chmod(0o644) // drives without modes keep theirs
	err = errors.Join(err, syncFile(f), f.Close())
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	if d, err := os.Open(filepath.Dir(path)); err == nil {
		d.Sync() // lets the name outlast a power cut, where the system can do that
		d.Close()
	}
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
