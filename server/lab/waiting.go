package lab

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// How long a run that cannot record waits until it tries again.
const (
	firstWait   = 500 * time.Millisecond
	longestWait = 15 * time.Second
)

// standing is what is known of runs that the database could not be told: which wait until
// they can record, and the states that could not be recorded.
type standing struct {
	mu      sync.Mutex
	waiting map[string]string // why, by run
	unkept  map[string]unkept // by run
}

type unkept struct {
	state job.State
	text  string
}

// over gives a run as it stands, whatever the database has.
func (s *standing) over(info RunInfo) RunInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.unkept[info.ID]; ok {
		info.State, info.Error = u.state, u.text
	}
	if why, ok := s.waiting[info.ID]; ok && info.State == job.Running {
		info.State, info.Error = job.Waiting, why
	}
	if info.State != job.Running {
		info.ETASeconds = nil
	}
	return info
}

// wait notes why a run waits; "" that it does no longer. It tells whether that is news.
func (s *standing) wait(id, why string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.waiting[id]
	if why == "" {
		delete(s.waiting, id)
	} else {
		s.waiting[id] = why
	}
	return before != why
}

func (s *standing) countWaiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

// keepState records a run's state, or remembers it until it can be.
func (l *Lab) keepState(id string, state job.State, text string) {
	s := &l.standing
	s.mu.Lock()
	defer s.mu.Unlock()
	err := l.store.SetState(context.Background(), id, state, text)
	if err == nil || errors.Is(err, store.ErrNotFound) {
		delete(s.unkept, id)
	} else {
		s.unkept[id] = unkept{state, text}
	}
	if err != nil {
		slog.Error("a run's state cannot be recorded", "run", id, "state", state, "error", err)
	}
}

// keepStates tries again to record what could not be.
func (l *Lab) keepStates() {
	l.standing.mu.Lock()
	left := maps.Clone(l.standing.unkept)
	l.standing.mu.Unlock()
	for id, u := range left {
		l.standing.mu.Lock()
		if now, ok := l.standing.unkept[id]; ok && now == u && l.store.SetState(context.Background(), id, u.state, u.text) == nil {
			delete(l.standing.unkept, id)
		}
		l.standing.mu.Unlock()
	}
}

// opened opens a run's trainer and, as long as the disk is full, waits, saying why. A run
// that is asked to end meanwhile has none.
func (l *Lab) opened(ctx context.Context, id string, sp spec.Spec) (*train.Trainer, error) {
	opening := context.WithoutCancel(ctx)
	t, err := l.openTrainer(opening, id, sp)
	for wait := firstWait; errors.Is(store.Trouble(err), store.ErrFull); wait = min(2*wait, longestWait) {
		if l.standing.wait(id, "It cannot begin: "+store.Explain(err).Error()) {
			slog.Error("a run waits, as it cannot be opened", "run", id, "error", err)
			l.tell(id)
		}
		select {
		case <-ctx.Done():
			l.standing.wait(id, "")
			return nil, nil
		case <-time.After(wait):
		}
		t, err = l.openTrainer(opening, id, sp)
	}
	if l.standing.wait(id, "") {
		l.tell(id)
	}
	return t, err
}

// keep does something that records, and where it fails lets the run wait, saying why,
// until it does not. It tells whether it was done before the context ended.
func (r *trainingRun) keep(ctx context.Context, do func() error) bool {
	err := do()
	if err != nil {
		r.ended = time.Time{} // how long it waits says nothing of its speed
	}
	for wait := firstWait; err != nil; wait = min(2*wait, longestWait) {
		if r.lab.standing.wait(r.id, "It cannot record what it does: "+store.Explain(err).Error()) {
			slog.Error("a run waits, as it cannot record", "run", r.id, "error", err)
			r.lab.tell(r.id)
		}
		select {
		case <-ctx.Done():
			r.lab.standing.wait(r.id, "")
			slog.Error("a run ends without having recorded its last batches: they will be done again", "run", r.id, "error", err)
			return false
		case request := <-r.requests:
			request.answer <- err
		case <-time.After(wait):
		}
		err = do()
	}
	if r.lab.standing.wait(r.id, "") {
		r.lab.tell(r.id)
	}
	return true
}
