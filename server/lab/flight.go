package lab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
)

// errClosing is for those who ask when the lab is about to close.
var errClosing = errors.New("lab: it is closing")

// flights compute values that several may ask for at once, and keep the latest. The
// zero value is not usable: newFlights.
type flights[T any] struct {
	keep  int // values kept
	turns *turns
	all   sync.WaitGroup

	mu     sync.Mutex
	closed bool
	byKey  map[string]*flight[T]
	recent []string // keys of values kept, the latest last
}

type flight[T any] struct {
	cancel  context.CancelFunc
	waiting int           // who still wants it
	done    chan struct{} // closed once value and err are set
	value   T
	err     error
}

// newFlights keeps so many values and computes so many at once; of what waits meanwhile
// see turns.
func newFlights[T any](keep, atOnce int) *flights[T] {
	return &flights[T]{keep: keep, turns: newTurns(atOnce, figuresEach, figuresWaiting), byKey: map[string]*flight[T]{}}
}

// get gives the value of a key, computing it unless it is there or under way. The
// computation's context ends when everybody who waits for it has left. Errors are
// not kept. Once closed they give errClosing.
func (fs *flights[T]) get(ctx context.Context, key string, compute func(context.Context) (T, error)) (T, error) {
	var none T
	fs.mu.Lock()
	if fs.closed {
		fs.mu.Unlock()
		return none, errClosing
	}
	f := fs.byKey[key]
	if f == nil {
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight[T]{cancel: cancel, done: make(chan struct{})}
		fs.byKey[key] = f
		fs.all.Go(func() { fs.fly(own, key, f, compute) })
	}
	f.waiting++
	fs.mu.Unlock()
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		fs.leave(key, f)
		return none, ctx.Err()
	}
}

// has tells whether a value is there or under way.
func (fs *flights[T]) has(key string) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.byKey[key] != nil
}

// kept gives a value that is there.
func (fs *flights[T]) kept(key string) (value T, ok bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f := fs.byKey[key]
	if f == nil {
		return value, false
	}
	select {
	case <-f.done:
		return f.value, f.err == nil
	default:
		return value, false
	}
}

// close waits for what is being computed and lets nothing begin.
func (fs *flights[T]) close() {
	fs.mu.Lock()
	fs.closed = true
	fs.mu.Unlock()
	fs.all.Wait()
}

// leave ends a computation that nobody waits for any longer; whoever asks again
// begins another.
func (fs *flights[T]) leave(key string, f *flight[T]) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f.waiting--; f.waiting > 0 {
		return
	}
	select {
	case <-f.done: // it was just ready: keep it
	default:
		f.cancel()
		fs.forget(key, f)
	}
}

func (fs *flights[T]) fly(ctx context.Context, key string, f *flight[T], compute func(context.Context) (T, error)) {
	defer f.cancel()
	if f.err = fs.turns.take(ctx, clientOf(ctx)); f.err == nil {
		f.value, f.err = guarded(ctx, compute)
		fs.turns.done()
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	close(f.done)
	if f.err != nil {
		fs.forget(key, f)
		return
	}
	if fs.byKey[key] != f {
		return
	}
	if fs.recent = append(fs.recent, key); len(fs.recent) > fs.keep {
		delete(fs.byKey, fs.recent[0])
		fs.recent = slices.Delete(fs.recent, 0, 1)
	}
}

// forget takes a flight out, unless another has its key by now. Under mu.
func (fs *flights[T]) forget(key string, f *flight[T]) {
	if fs.byKey[key] == f {
		delete(fs.byKey, key)
	}
}

// guarded turns a panic into an error: it happens in a goroutine of its own, where
// it would end the lab.
func guarded[T any](ctx context.Context, compute func(context.Context) (T, error)) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("computation panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return compute(ctx)
}
