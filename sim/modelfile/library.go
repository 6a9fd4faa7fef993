package modelfile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

var (
	// ErrNotFound is for an id that no model has.
	ErrNotFound = errors.New("no such model")
	// ErrShipped is for changing a model that came with the lab.
	ErrShipped = errors.New("this model came with the lab and cannot be deleted")
)

const extension = ".safetensors"

// firstShipped is the order in which shipped models are listed; others follow by name.
var firstShipped = []string{"modulation-chords", "modulation-slow", "spatial-chords", "spatial-sines", "dale-chords", IdealID}

// Entry is a model of the library. A file that cannot be read has an Err, no File.
// Files are shared by all who ask for them: clone a network before changing it.
type Entry struct {
	ID      string
	File    *File
	Shipped bool
	Size    int64 // bytes; 0 for a model built in code
	Err     error
}

// Library is the shipped models and the user's own, as one list. It may be used by
// several goroutines. Files are read when they are first asked for, and the user's
// folder is looked through on every List, so that files put there by hand are seen.
type Library struct {
	shipped fs.FS
	dir     string

	mu     sync.Mutex
	cached map[string]cached // by id
}

// cached is a file as it was when read.
type cached struct {
	entry   Entry
	changed time.Time
}

// OpenLibrary lists *.safetensors in shipped (nil: none) and in dir, which need not be
// there: the first model that is saved makes it. Without a dir ("") nothing can be saved.
func OpenLibrary(shipped fs.FS, dir string) (*Library, error) {
	l := &Library{shipped: shipped, dir: dir, cached: map[string]cached{}}
	if dir != "" {
		removeLeftovers(dir)
	}
	ideal, err := Ideal()
	if err != nil {
		return nil, err
	}
	l.cached[IdealID] = cached{entry: Entry{ID: IdealID, File: ideal, Shipped: true}}
	return l, nil
}

// IdealID is the network with closed-form feedback, which is built in code.
const IdealID = "ideal-spatial"

// Ideal is the spatial network whose feedback is computed from the context in closed
// form: nothing about it is trained.
func Ideal() (*File, error) {
	n, err := model.New(spec.Default(spec.Ideal))
	if err != nil {
		return nil, err
	}
	return &File{Network: n, Provenance: Provenance{
		Title:  "Ideal feedback, diffuse modulation",
		Origin: ClosedForm, Weights: WeightsHash(n),
		Note: "Random fixed weights; in every context the feedback that unmixes it exactly. Nothing is trained.",
	}}, nil
}

// List is every model: the shipped ones first, then the user's own by id.
func (l *Library) List() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	shipped := []Entry{l.cached[IdealID].entry}
	for _, id := range names(l.shipped) {
		if id != IdealID {
			shipped = append(shipped, l.read(l.shipped, id, true))
		}
	}
	slices.SortStableFunc(shipped, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(rank(a.ID), rank(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	all := shipped
	for _, id := range names(l.own()) {
		if !slices.ContainsFunc(shipped, func(e Entry) bool { return e.ID == id }) {
			all = append(all, l.read(l.own(), id, false))
		}
	}
	return all
}

func rank(id string) int {
	if i := slices.Index(firstShipped, id); i >= 0 {
		return i
	}
	return len(firstShipped)
}

// Get reads one model. The error is ErrNotFound, or says what is wrong with the file.
func (l *Library) Get(id string) (*File, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, err := l.find(id)
	if err != nil {
		return nil, err
	}
	return e.File, e.Err
}

func (l *Library) find(id string) (Entry, error) {
	switch {
	case id == IdealID:
		return l.cached[IdealID].entry, nil
	case !validID.MatchString(id):
		return Entry{}, fmt.Errorf("%w: %q", ErrNotFound, id)
	case exists(l.shipped, id):
		return l.read(l.shipped, id, true), nil
	case exists(l.own(), id):
		return l.read(l.own(), id, false), nil
	}
	return Entry{}, fmt.Errorf("%w: %q", ErrNotFound, id)
}

// own is the user's folder; nil where there is none.
func (l *Library) own() fs.FS {
	if l.dir == "" {
		return nil
	}
	return os.DirFS(l.dir)
}

// validID keeps ids within one folder and one part of an address.
var validID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$`)

// names are the ids of the files in a folder, in order. Hidden files are not models.
func names(dir fs.FS) []string {
	if dir == nil {
		return nil
	}
	entries, _ := fs.ReadDir(dir, ".")
	var ids []string
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), extension)
		if ok && !e.IsDir() && !strings.HasPrefix(id, ".") {
			ids = append(ids, id)
		}
	}
	return ids
}

func exists(dir fs.FS, id string) bool {
	if dir == nil {
		return false
	}
	info, err := fs.Stat(dir, id+extension)
	return err == nil && info.Mode().IsRegular()
}

// read gives the cached entry, or reads the file if it is new or has changed.
func (l *Library) read(dir fs.FS, id string, shipped bool) Entry {
	e := Entry{ID: id, Shipped: shipped}
	if !validID.MatchString(id) {
		e.Err = fmt.Errorf("rename the file %q: letters, digits, dots and dashes are taken", id+extension)
		return e
	}
	info, err := fs.Stat(dir, id+extension)
	if err != nil {
		e.Err = err
		return e
	}
	e.Size = info.Size()
	if c, ok := l.cached[id]; ok && c.entry.Shipped == shipped && c.entry.Size == e.Size && c.changed.Equal(info.ModTime()) {
		return c.entry
	}
	e.File, e.Err = readFile(dir, id+extension, info)
	l.cached[id] = cached{e, info.ModTime()}
	return e
}

func readFile(dir fs.FS, name string, info fs.FileInfo) (*File, error) {
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", name)
	}
	if info.Size() > MaxSize {
		return nil, fmt.Errorf("%s is larger than %d MB", name, MaxSize>>20)
	}
	r, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	f, err := Read(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// removeLeftovers deletes files whose writing was cut short long ago.
func removeLeftovers(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, temporary))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(path)
		}
	}
}
