package modelfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

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
	saved.Provenance.Title = strings.TrimSpace(title)
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
	id = l.unused(slug(saved.Provenance.Title))
	return id, writeWhole(filepath.Join(l.dir, id+extension), b.Bytes())
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

// writeWhole writes a file under a temporary name, syncs it, renames it, and syncs
// the folder.
func writeWhole(path string, b []byte) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, temporary)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(b)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
