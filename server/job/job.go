// Package job runs background work: at most so many pieces at once, the others
// waiting in order, each of them ended by asking. It knows neither HTTP nor what
// the work is.
package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
)

// State is where a piece of work stands.
type State string

const (
	Queued      State = "queued"
	Running     State = "running"
	Waiting     State = "waiting" // is being done, and cannot go on just now; who does it says so
	Paused      State = "paused"
	Stopped     State = "stopped"
	Finished    State = "finished"
	Failed      State = "failed"
	Interrupted State = "interrupted"
)

// States in the order of a run's life.
var States = []State{Queued, Running, Waiting, Paused, Stopped, Finished, Failed, Interrupted}

// Active tells whether work in this state waits for its turn or is being done.
func (s State) Active() bool { return s == Queued || s == Running || s == Waiting }

// Resumable tells whether work in this state can be started again.
func (s State) Resumable() bool { return !s.Active() && s != Finished }

// Stoppable tells whether work in this state can still be stopped for good.
func (s State) Stoppable() bool { return s.Active() || s == Paused || s == Interrupted }

// Work goes on until it is finished, fails, or its context ends; then it puts
// itself in order and returns false, nil.
type Work func(ctx context.Context) (finished bool, err error)

// ErrActive is Start's for an id whose work is queued or running.
var ErrActive = errors.New("job: is queued or running already")

// ErrNotActive is End's for an id with no work queued or running.
var ErrNotActive = errors.New("job: is neither queued nor running")

// ErrClosed is Start's after Close.
var ErrClosed = errors.New("job: the registry is closed")

// Changed is told of every change of state, before anyone who waits for it. A
// failure comes with its error.
type Changed func(id string, s State, err error)

// Registry is the work that waits or is being done.
type Registry struct {
	slots   int
	changed Changed
	fits    func(busy []string, next string) bool // see Bound

	mu     sync.Mutex
	queue  []*run // in order of Start
	runs   map[string]*run
	busy   int
	closed bool
	all    sync.WaitGroup
}

type run struct {
	id     string
	work   Work
	begun  bool
	ctx    context.Context
	cancel context.CancelFunc
	end    State         // why the context was ended
	done   chan struct{} // closed when it is over
}

// NewRegistry does at most slots pieces of work at once and reports to changed.
func NewRegistry(slots int, changed Changed) *Registry {
	return &Registry{slots: max(1, slots), changed: changed, runs: map[string]*run{}}
}

// Bound has work wait, beside a free slot, until it fits beside what is being done; what
// stands behind it waits as well. Work that is alone always begins. It is called before
// the first Start.
func (r *Registry) Bound(fits func(busy []string, next string) bool) { r.fits = fits }

// Slots is how many pieces of work are done at once at most.
func (r *Registry) Slots() int { return r.slots }

// Start queues work under an id; it begins at once when a slot is free.
func (r *Registry) Start(id string, work Work) error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return ErrClosed
	}
	if r.runs[id] != nil {
		r.mu.Unlock()
		return ErrActive
	}
	ctx, cancel := context.WithCancel(context.Background())
	j := &run{id: id, work: work, ctx: ctx, cancel: cancel, done: make(chan struct{})}
	r.runs[id] = j
	r.all.Add(1)
	r.mu.Unlock()

	r.changed(id, Queued, nil)

	r.mu.Lock()
	r.queue = append(r.queue, j)
	r.mu.Unlock()
	r.dispatch()
	return nil
}

// End asks the work of an id to end, waits until it has, and leaves it in the
// state given. When the context ends first its error is returned, and the work
// still ends. Work that finishes or fails meanwhile has that state.
func (r *Registry) End(ctx context.Context, id string, as State) error {
	r.mu.Lock()
	j := r.runs[id]
	if j == nil {
		r.mu.Unlock()
		return ErrNotActive
	}
	r.ask(j, as)
	r.mu.Unlock()
	r.dispatch()
	select {
	case <-j.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Wait returns when the id has no work queued or running, or the context ends.
func (r *Registry) Wait(ctx context.Context, id string) error {
	r.mu.Lock()
	j := r.runs[id]
	r.mu.Unlock()
	if j == nil {
		return nil
	}
	select {
	case <-j.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Active tells whether an id's work is queued or running.
func (r *Registry) Active(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.runs[id] != nil
}

// Queued is how much work waits for its turn.
func (r *Registry) Queued() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.queue)
}

// Queue are the ids of the work that waits, in the order in which it will begin.
func (r *Registry) Queue() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	ids := make([]string, len(r.queue))
	for i, j := range r.queue {
		ids[i] = j.id
	}
	return ids
}

// Arrange puts the work that waits into the order of the ids; what they do not name comes
// after it, in the order it had. It returns the new order.
func (r *Registry) Arrange(ids []string) []string {
	r.mu.Lock()
	place := func(j *run) int {
		if i := slices.Index(ids, j.id); i >= 0 {
			return i
		}
		return len(ids)
	}
	slices.SortStableFunc(r.queue, func(a, b *run) int { return cmp.Compare(place(a), place(b)) })
	r.mu.Unlock()
	r.dispatch() // another one stands first, and may fit
	return r.Queue()
}

// Close ends all work as Interrupted and waits for it; Start is refused from then on.
func (r *Registry) Close() {
	r.mu.Lock()
	r.closed = true
	for _, j := range r.runs {
		r.ask(j, Interrupted)
	}
	r.mu.Unlock()
	r.dispatch()
	r.all.Wait()
}

// ask ends a run's context, the first reason counting. Under mu.
func (r *Registry) ask(j *run, as State) {
	if j.end == "" {
		j.end = as
	}
	j.cancel()
}

// dispatch begins what has a slot and takes what was ended out of the queue.
func (r *Registry) dispatch() {
	r.mu.Lock()
	defer r.mu.Unlock()
	waiting := r.queue[:0]
	full := false
	for _, j := range r.queue {
		full = full || !r.room(j)
		switch {
		case j.end != "":
			go r.over(j, j.end, nil)
		case !full:
			r.busy++
			j.begun = true
			go r.do(j)
		default:
			waiting = append(waiting, j)
		}
	}
	clear(r.queue[len(waiting):])
	r.queue = waiting
}

// room tells whether work can begin now. Under mu.
func (r *Registry) room(next *run) bool {
	if next.end != "" || r.busy == 0 {
		return true
	}
	if r.busy >= r.slots || r.fits == nil {
		return r.busy < r.slots
	}
	var busy []string
	for id, j := range r.runs {
		if j.begun {
			busy = append(busy, id)
		}
	}
	return r.fits(busy, next.id)
}

func (r *Registry) do(j *run) {
	r.changed(j.id, Running, nil)
	finished, err := safely(j)
	r.mu.Lock()
	r.busy--
	j.begun = false
	state := j.end
	r.mu.Unlock()
	switch {
	case err != nil:
		state = Failed
	case finished || state == "":
		state = Finished
	}
	r.over(j, state, err)
	r.dispatch()
}

// safely turns a panic of the work into its error: one bad run must not take the
// others down.
func safely(j *run) (finished bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("work panicked", "id", j.id, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return j.work(j.ctx)
}

// over reports the last state before the id is free again, so that the states of
// one id are reported in their order.
func (r *Registry) over(j *run, s State, err error) {
	r.changed(j.id, s, err)
	r.mu.Lock()
	delete(r.runs, j.id)
	r.mu.Unlock()
	j.cancel()
	close(j.done)
	r.all.Done()
}
