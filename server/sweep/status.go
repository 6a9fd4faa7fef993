package sweep

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"unmixlab/server/store"
	"unmixlab/web/figure"
)

// State is how far a point has come.
type State string

// The states of a point.
const (
	Missing State = "missing" // nothing is there
	Begun   State = "begun"   // there is a checkpoint to go on from
	Trained State = "trained" // and something is left to measure
	Done    State = "done"
	Failed  State = "failed" // it cannot be trained; its error says why
)

// Status is what the folder knows of a point.
type Status struct {
	Point
	State   State
	Batch   int                // done
	Seconds float64            // a batch, lately; 0 where that is unknown
	Numbers map[string]float64 // measured at the end
	Kernels []string           // that trained it
	Error   string             // of a failed one
	Learned bool               // whether it meets the sweep's criterion
	Ended   time.Time          // zero before
}

// The files of a point.
const (
	specFile     = "spec.json"
	checkpoint   = "checkpoint.safetensors"
	curveFile    = "metrics.csv"
	alongFile    = "measures.csv"
	progressFile = "progress.json"
	modelFile    = "model.safetensors"
	doneFile     = "done.json"
	failedFile   = "failed.json"
)

// maxRecord bounds the small files of a point, in bytes.
const maxRecord = 1 << 20

// done is what a finished point's file says.
type done struct {
	Batches int                      `json:"batches"`
	Seconds float64                  `json:"seconds"` // a batch
	Kernels []string                 `json:"kernels"`
	Version string                   `json:"version"` // of the program that ended it
	Ended   time.Time                `json:"ended"`
	Numbers map[string]figure.Number `json:"numbers"` // null where a network has none
}

// failure is what the file of a failed point says.
type failure struct {
	Error   string    `json:"error"`
	Batch   int       `json:"batch"`
	Kernels []string  `json:"kernels"`
	Ended   time.Time `json:"ended"`
}

type progress struct {
	Batch   int     `json:"batch"`
	Seconds float64 `json:"seconds"` // a batch
}

// Status is that of one point.
func (f *Folder) Status(p Point) Status {
	s := Status{Point: p, State: Missing}
	var failed failure
	var so progress
	d, ok := f.done(p)
	switch {
	case ok:
		s.fill(d, f.Sweep)
	case readJSON(f.path(p, failedFile), &failed):
		s.State, s.Batch, s.Error, s.Kernels = Failed, failed.Batch, failed.Error, failed.Kernels
	case exists(f.path(p, modelFile)):
		s.State, s.Batch = Trained, p.Spec.Batches
	case readJSON(f.path(p, progressFile), &so) && len(store.CheckpointFiles(f.path(p, checkpoint))) > 0:
		s.State, s.Batch, s.Seconds = Begun, min(max(so.Batch, 0), p.Spec.Batches), so.Seconds
	}
	return s
}

// fill is what a finished point's file says; it is done when it has all measures.
func (s *Status) fill(d done, sweep Sweep) {
	s.State, s.Batch, s.Seconds, s.Kernels, s.Ended, s.Numbers = Done, d.Batches, d.Seconds, d.Kernels, d.Ended, map[string]float64{}
	for _, m := range sweep.Measures() {
		v, ok := d.Numbers[m.Key]
		if !ok {
			s.State = Trained
			continue
		}
		s.Numbers[m.Key] = float64(v)
	}
	c, _ := sweep.Criterion()
	s.Learned = c.Measure != "" && c.Met(s.Numbers)
}

// done reads a finished point's file.
func (f *Folder) done(p Point) (d done, ok bool) {
	ok = readJSON(f.path(p, doneFile), &d) && d.Batches == p.Spec.Batches
	return d, ok
}

// All is the status of every point.
func (f *Folder) All() []Status {
	list := make([]Status, len(f.Points))
	for i, p := range f.Points {
		list[i] = f.Status(p)
	}
	return list
}

// Count is how many points are in each state, and how many have learned.
type Count struct {
	Points  int           `json:"points"`
	By      map[State]int `json:"by"`
	Learned int           `json:"learned"`
}

// CountOf counts points.
func CountOf(list []Status) Count {
	c := Count{Points: len(list), By: map[State]int{}}
	for _, s := range list {
		c.By[s.State]++
		if s.Learned {
			c.Learned++
		}
	}
	return c
}

// Missing are the points that are neither done nor failed.
func (f *Folder) Missing() (points []Point) {
	for _, s := range f.All() {
		if s.State != Done && s.State != Failed {
			points = append(points, s.Point)
		}
	}
	return points
}

// Retry lets failed points be tried again whose error has the given words, from their
// last checkpoint; it says how many there are.
func (f *Folder) Retry(words string) (n int, err error) {
	for _, s := range f.All() {
		if s.State != Failed || !strings.Contains(s.Error, words) {
			continue
		}
		if err := os.Remove(f.path(s.Point, failedFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, store.Explain(err)
		}
		n++
	}
	return n, nil
}

func readJSON(path string, v any) bool {
	b, err := readLimited(path, maxRecord)
	return err == nil && json.Unmarshal(b, v) == nil
}

func exists(path string) bool {
	_, err := os.Stat(filepath.Clean(path))
	return err == nil
}
