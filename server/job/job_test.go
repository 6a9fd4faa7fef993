package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

// log remembers the states of each id in the order of their reports.
type log struct {
	mu     sync.Mutex
	states map[string][]State
	errs   map[string]error
}

func (l *log) changed(id string, s State, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.states == nil {
		l.states, l.errs = map[string][]State{}, map[string]error{}
	}
	l.states[id] = append(l.states[id], s)
	l.errs[id] = err
}

func (l *log) of(id string) []State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.states[id])
}

func start(t *testing.T, r *Registry, id string, w Work) {
	t.Helper()
	if err := r.Start(id, w); err != nil {
		t.Fatal(err)
	}
}

// untilAsked is work that goes on until it is asked to end; begun tells when it is under way.
func untilAsked(begun chan string, id string) Work {
	return func(ctx context.Context) (bool, error) {
		begun <- id
		<-ctx.Done()
		return false, nil
	}
}

func want(t *testing.T, l *log, id string, states ...State) {
	t.Helper()
	if got := l.of(id); !slices.Equal(got, states) {
		t.Errorf("%s went through %v, want %v", id, got, states)
	}
}

func TestOneAtATimeInOrder(t *testing.T) {
	var l log
	r := NewRegistry(1, l.changed)
	begun := make(chan string)
	start(t, r, "a", untilAsked(begun, "a"))
	start(t, r, "b", untilAsked(begun, "b"))
	start(t, r, "c", untilAsked(begun, "c"))
	if id := <-begun; id != "a" {
		t.Fatalf("%s began first", id)
	}
	want(t, &l, "b", Queued)
	if err := r.End(t.Context(), "b", Stopped); err != nil {
		t.Fatal(err)
	}
	want(t, &l, "b", Queued, Stopped)
	if err := r.End(t.Context(), "a", Paused); err != nil {
		t.Fatal(err)
	}
	want(t, &l, "a", Queued, Running, Paused)
	if id := <-begun; id != "c" {
		t.Fatalf("%s began after a", id)
	}
	if err := r.Start("c", untilAsked(begun, "c")); !errors.Is(err, ErrActive) {
		t.Errorf("a second c gave %v, want ErrActive", err)
	}
	r.Close()
	want(t, &l, "c", Queued, Running, Interrupted)
	if err := r.Start("d", untilAsked(begun, "d")); !errors.Is(err, ErrClosed) {
		t.Errorf("Start after Close gave %v, want ErrClosed", err)
	}
}

func TestHowWorkEnds(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		work Work
		last State
		err  error
	}{
		{"finished", func(context.Context) (bool, error) { return true, nil }, Finished, nil},
		{"failed", func(context.Context) (bool, error) { return false, broken }, Failed, broken},
		{"panicked", func(context.Context) (bool, error) { panic("oh") }, Failed, errors.New("internal error: oh")},
	} {
		var l log
		r := NewRegistry(1, l.changed)
		start(t, r, c.name, c.work)
		if err := r.Wait(t.Context(), c.name); err != nil {
			t.Fatal(err)
		}
		want(t, &l, c.name, Queued, Running, c.last)
		if got := l.errs[c.name]; fmt.Sprint(got) != fmt.Sprint(c.err) {
			t.Errorf("%s: error %v, want %v", c.name, got, c.err)
		}
		if r.Active(c.name) {
			t.Errorf("%s is active after its end", c.name)
		}
		r.Close()
	}
}

func TestFinishingWinsOverAPauseThatComesTooLate(t *testing.T) {
	var l log
	r := NewRegistry(1, l.changed)
	defer r.Close()
	start(t, r, "a", func(ctx context.Context) (bool, error) {
		<-ctx.Done()
		return true, nil
	})
	if err := r.End(t.Context(), "a", Paused); err != nil {
		t.Fatal(err)
	}
	want(t, &l, "a", Queued, Running, Finished)
	if err := r.End(t.Context(), "a", Stopped); !errors.Is(err, ErrNotActive) {
		t.Errorf("ending it again gave %v, want ErrNotActive", err)
	}
}

func TestEndGivesUpWithItsContextButTheWorkStillEnds(t *testing.T) {
	var l log
	r := NewRegistry(1, l.changed)
	hold := make(chan struct{})
	start(t, r, "a", func(ctx context.Context) (bool, error) {
		<-ctx.Done()
		<-hold
		return false, nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.End(ctx, "a", Stopped); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	close(hold)
	r.Close()
	want(t, &l, "a", Queued, Running, Stopped)
}

func TestManyStartsAndEndsAtOnce(t *testing.T) {
	var l log
	r := NewRegistry(2, l.changed)
	var wait sync.WaitGroup
	for i := range 50 {
		id := fmt.Sprint(i)
		wait.Go(func() {
			begun := make(chan string, 1)
			if err := r.Start(id, untilAsked(begun, id)); err != nil {
				t.Error(err)
			}
			if err := r.End(t.Context(), id, Stopped); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	r.Close()
	for i := range 50 {
		states := l.of(fmt.Sprint(i))
		if states[len(states)-1] != Stopped {
			t.Errorf("%d ended as %v", i, states)
		}
	}
}

// What can be done with a run follows from its state, for pages and API alike.
func TestWhatEachStateAllows(t *testing.T) {
	for state, want := range map[State][3]bool{ // active, resumable, stoppable
		Queued: {true, false, true}, Running: {true, false, true}, Paused: {false, true, true}, Stopped: {false, true, false},
		Finished: {false, false, false}, Failed: {false, true, false}, Interrupted: {false, true, true},
	} {
		if got := [3]bool{state.Active(), state.Resumable(), state.Stoppable()}; got != want {
			t.Errorf("%s: active, resumable, stoppable are %v, want %v", state, got, want)
		}
	}
}

// The work that waits is put into another order, and begins in that.
func TestTheQueueIsArranged(t *testing.T) {
	var l log
	r := NewRegistry(1, l.changed)
	begun := make(chan string)
	for _, id := range []string{"a", "b", "c", "d"} {
		start(t, r, id, untilAsked(begun, id))
	}
	if id := <-begun; id != "a" {
		t.Fatalf("%s began first", id)
	}
	if got := r.Arrange([]string{"d", "none", "a", "b"}); !slices.Equal(got, []string{"d", "b", "c"}) {
		t.Errorf("arranged the queue is %v", got)
	}
	for _, next := range []string{"d", "b", "c"} {
		now := map[string]string{"d": "a", "b": "d", "c": "b"}[next]
		if err := r.End(t.Context(), now, Stopped); err != nil {
			t.Fatal(err)
		}
		if id := <-begun; id != next {
			t.Fatalf("%s began, want %s", id, next)
		}
	}
	r.Close()
}

// What does not fit beside the others waits, and nothing overtakes it.
func TestWorkWaitsUntilItFits(t *testing.T) {
	var l log
	r := NewRegistry(3, l.changed)
	size := map[string]int{"small": 1, "large": 9, "tiny": 1, "huge": 99}
	r.Bound(func(busy []string, next string) bool {
		sum := size[next]
		for _, id := range busy {
			sum += size[id]
		}
		return sum <= 9
	})
	begun := make(chan string)
	for _, id := range []string{"small", "large", "tiny"} {
		start(t, r, id, untilAsked(begun, id))
	}
	if id := <-begun; id != "small" {
		t.Fatalf("%s began first", id)
	}
	if got := r.Queue(); !slices.Equal(got, []string{"large", "tiny"}) {
		t.Fatalf("%v wait", got)
	}
	if err := r.End(t.Context(), "small", Stopped); err != nil {
		t.Fatal(err)
	}
	if id := <-begun; id != "large" {
		t.Fatalf("%s began second", id)
	}
	if err := r.End(t.Context(), "large", Stopped); err != nil {
		t.Fatal(err)
	}
	<-begun // tiny
	start(t, r, "huge", untilAsked(begun, "huge"))
	if err := r.End(t.Context(), "tiny", Stopped); err != nil {
		t.Fatal(err)
	}
	if id := <-begun; id != "huge" { // which fits nowhere, and is alone
		t.Fatalf("%s began last", id)
	}
	r.Close()
}
