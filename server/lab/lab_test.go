package lab

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/sim/kernel"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if err := kernel.Use("generic"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// witness is an Observer that remembers.
type witness struct {
	mu       sync.Mutex
	states   map[string][]job.State
	done     int            // batches of all runs
	newest   map[string]int // batch by run
	activity map[string]int // snapshots by run
	watching bool
	playing  bool
	news     chan struct{} // closed when there are some
}

func (w *witness) note(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
	close(w.news)
	w.news = make(chan struct{})
}

func (w *witness) RunChanged(r RunInfo) {
	w.note(func() {
		if s := w.states[r.ID]; len(s) == 0 || s[len(s)-1] != r.State {
			w.states[r.ID] = append(s, r.State)
		}
	})
}

func (w *witness) BatchDone(train.Progress) { w.note(func() { w.done++ }) }

func (w *witness) Batches(id string, last []train.Progress) {
	w.note(func() {
		if n := len(last); n > 0 { // none where a run ends before its first
			w.newest[id] = last[n-1].Batch
		}
	})
}

func (w *witness) Watched(string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.watching
}

func (w *witness) Playing() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.playing
}

func (w *witness) Activity(id string, _ int, rec *record.Recording) {
	w.note(func() { w.activity[id] += min(1, rec.Samples) })
}

// until waits for something to be true of what was seen.
func (w *witness) until(t *testing.T, what string, met func() bool) {
	t.Helper()
	patience := time.After(time.Minute)
	for {
		w.mu.Lock()
		ok, news := met(), w.news
		w.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-news:
		case <-patience:
			t.Fatalf("within a minute it was not seen that %s", what)
		}
	}
}

// untilTrained waits until a run has done some batches more.
func (w *witness) untilTrained(t *testing.T, id string) {
	t.Helper()
	w.mu.Lock()
	before := w.newest[id]
	w.mu.Unlock()
	w.until(t, fmt.Sprintf("run %s trains on after batch %d", id, before), func() bool { return w.newest[id] > before })
}

// openLab is a lab with a data folder of its own, and who watches it.
func openLab(t *testing.T, c Config) (*Lab, *witness) {
	t.Helper()
	if c.Data == "" {
		c.Data = t.TempDir()
	}
	w := &witness{states: map[string][]job.State{}, newest: map[string]int{}, activity: map[string]int{}, news: make(chan struct{})}
	l, err := Open(t.Context(), c, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, w
}

// tiny are the settings of a run of so many batches that takes a moment.
func tiny(batches int) spec.Spec {
	sp := spec.Default(spec.Modulation)
	sp.Hidden, sp.Steps, sp.Batch, sp.Batches = 4, 20, 3, batches
	return sp
}

func start(t *testing.T, l *Lab, sp spec.Spec) RunInfo {
	t.Helper()
	r, err := l.StartRun(t.Context(), sp)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rest waits until a run is at rest.
func rest(t *testing.T, l *Lab, id string) RunInfo {
	t.Helper()
	if err := l.Wait(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	r, err := l.FindRun(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// trained is a run that went to its end.
func trained(t *testing.T, l *Lab, sp spec.Spec) RunInfo {
	t.Helper()
	r := rest(t, l, start(t, l, sp).ID)
	if r.State != job.Finished {
		t.Fatalf("the run is %s (%s), want finished", r.State, r.Error)
	}
	return r
}
