package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"unmixlab/server/store"
	"unmixlab/sim/kernel"
)

// Folder is a sweep on a disk: sweep.json, points.txt with the names of all points that
// it ever had in a lasting order, and points/NAME with what is known of each.
type Folder struct {
	Dir    string
	Sweep  Sweep
	Points []Point

	order []string
	sound Sound // gives the samples of a sound by its id
}

// Sound gives the samples of a sound by its id; nil where there are none.
type Sound = func(id string) ([]float32, error)

const (
	sweepFile = "sweep.json"
	orderFile = "points.txt"
	pointsDir = "points"
	lockFile  = "lock"
	maxOrder  = 64 << 20 // bytes
)

// Open opens the folder of a sweep.
func Open(dir string, sound Sound) (*Folder, error) {
	b, err := readLimited(filepath.Join(dir, sweepFile), MaxFile*8) // written in full, it is longer than what was typed
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no sweep's folder: there is no %s in it", dir, sweepFile)
	}
	if err != nil {
		return nil, err
	}
	s, err := parseKept(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, sweepFile), err)
	}
	f := &Folder{Dir: dir, Sweep: s, Points: s.Points(), sound: sound}
	order, err := readLimited(filepath.Join(dir, orderFile), maxOrder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f.order = strings.Fields(string(order))
	return f, nil
}

// Create makes the folder of a sweep, or gives the one that is there the points and
// measures that the sweep has now: what is known of points stays. A sweep without a
// kernel takes the folder's, and a new folder the one in use.
func Create(dir string, s Sweep, sound Sound) (*Folder, error) {
	if err := os.MkdirAll(filepath.Join(dir, pointsDir), 0o755); err != nil {
		return nil, store.Explain(err)
	}
	lock := flock.New(filepath.Join(dir, lockFile))
	if err := lock.Lock(); err != nil {
		return nil, store.Explain(err)
	}
	defer lock.Unlock()
	var order []string
	if _, err := os.Stat(filepath.Join(dir, sweepFile)); err == nil {
		before, err := Open(dir, sound)
		if err != nil {
			return nil, err
		}
		order = before.order
		if s.Kernel == "" {
			s.Kernel = before.Sweep.Kernel
		}
		if s.Kernel != before.Sweep.Kernel {
			return nil, fmt.Errorf("%s is computed by the %s kernel, and this file asks for %s: name another folder, or leave kernel out", dir, before.Sweep.Kernel, s.Kernel)
		}
	}
	if s.Kernel == "" {
		s.Kernel = kernel.Name()
	}
	f := &Folder{Dir: dir, Sweep: s, Points: s.Points(), order: order, sound: sound}
	return f, f.keep()
}

// keep writes what the folder says of the whole sweep.
func (f *Folder) keep() error {
	known := map[string]bool{}
	for _, hash := range f.order {
		known[hash] = true
	}
	for _, p := range f.Points {
		if !known[p.Hash] {
			f.order = append(f.order, p.Hash)
		}
	}
	if err := writeBytes(filepath.Join(f.Dir, orderFile), []byte(strings.Join(f.order, "\n")+"\n")); err != nil {
		return err
	}
	return writeBytes(filepath.Join(f.Dir, sweepFile), f.Sweep.JSON())
}

// Sound gives the samples of the sounds that points name; nil where there are none.
func (f *Folder) Sound() Sound { return f.sound }

// Number is the lasting number of a point in its folder, by which a cluster's jobs are
// told what to do.
func (f *Folder) Number(hash string) int { return slices.Index(f.order, hash) }

// At is the point of a lasting number. A number of a point that the sweep once had is
// an ErrGone.
func (f *Folder) At(number int) (Point, error) {
	if number < 0 || number >= len(f.order) {
		return Point{}, fmt.Errorf("there is no point %d: the sweep has 0 to %d", number, len(f.order)-1)
	}
	return f.Find(f.order[number])
}

// ErrGone is for a point that the sweep does not have any longer.
var ErrGone = errors.New("the sweep does not have this point any longer")

// Find gives a point by its name.
func (f *Folder) Find(hash string) (Point, error) {
	for _, p := range f.Points {
		if p.Hash == hash {
			return p, nil
		}
	}
	return Point{}, fmt.Errorf("%s: %w", hash, ErrGone)
}

// path is a file of a point.
func (f *Folder) path(p Point, name string) string {
	return filepath.Join(f.Dir, pointsDir, p.Hash, name)
}

// Model is the file of a point's trained network.
func (f *Folder) Model(p Point) string { return f.path(p, modelFile) }

// parseKept reads a sweep as a folder keeps it, which may be longer than what is typed.
func parseKept(b []byte) (Sweep, error) {
	var s Sweep
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return s, err
	}
	errs := append(s.checkNames(), s.checkResources()...)
	if len(s.Seeds) == 0 || len(s.Seeds) > MaxPoints {
		errs = append(errs, wrong("seeds", "are %d, must be from 1 to %d", len(s.Seeds), MaxPoints))
	}
	if len(errs) == 0 {
		_, errs = s.points()
	}
	if len(errs) > 0 {
		return s, errs
	}
	return s, nil
}

// readLimited reads a file that others may have written.
func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s has more than %d MB", path, limit>>20)
	}
	return b, err
}

func writeBytes(path string, b []byte) error {
	return store.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// writeJSON writes a value as a file, whole or not at all.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return writeBytes(path, append(b, '\n'))
}
