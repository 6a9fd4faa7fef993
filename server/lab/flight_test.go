package lab

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

func TestFlightsShareOneComputation(t *testing.T) {
	t.Parallel()
	fs := newFlights[int](4, 1)
	var computed atomic.Int32
	hold := make(chan struct{})
	compute := func(context.Context) (int, error) {
		<-hold
		return int(computed.Add(1)), nil
	}
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() {
			if v, err := fs.get(t.Context(), "k", compute); v != 1 || err != nil {
				t.Errorf("got %d, %v", v, err)
			}
		})
	}
	close(hold)
	wait.Wait()
	if v, _ := fs.get(t.Context(), "k", compute); v != 1 {
		t.Errorf("asked again it gave %d: it was not kept", v)
	}
}

func TestFlightsEndWhenAllHaveLeft(t *testing.T) {
	t.Parallel()
	fs := newFlights[int](4, 1)
	begun, ended := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-begun
		cancel()
	}()
	_, err := fs.get(ctx, "k", func(ctx context.Context) (int, error) {
		close(begun)
		<-ctx.Done()
		close(ended)
		return 0, ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	<-ended
	v, err := fs.get(t.Context(), "k", func(context.Context) (int, error) { return 7, nil })
	if v != 7 || err != nil {
		t.Errorf("after that it gave %d, %v, want a new computation's 7", v, err)
	}
}

func TestFlightsKeepTheLatestAndNoErrors(t *testing.T) {
	t.Parallel()
	fs := newFlights[int](2, 1)
	n := 0
	count := func(context.Context) (int, error) { n++; return n, nil }
	for i := range 3 {
		fs.get(t.Context(), fmt.Sprint(i), count)
	}
	if v, _ := fs.get(t.Context(), "2", count); v != 3 {
		t.Errorf("the latest was not kept: %d", v)
	}
	if v, _ := fs.get(t.Context(), "0", count); v != 4 {
		t.Errorf("the oldest was kept: %d", v)
	}
	broken := errors.New("broken")
	if _, err := fs.get(t.Context(), "e", func(context.Context) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := fs.get(t.Context(), "p", func(context.Context) (int, error) { panic("oh") }); err == nil {
		t.Error("a panic gave no error")
	}
	if v, err := fs.get(t.Context(), "e", count); v != 5 || err != nil {
		t.Errorf("an error was kept: %d, %v", v, err)
	}
}

// What asks while the lab closes is computed before close returns, or refused.
func TestFlightsCloseWhileOthersAsk(t *testing.T) {
	t.Parallel()
	for range 50 {
		fs := newFlights[int](4, 1)
		var closed atomic.Bool
		var asking sync.WaitGroup
		for i := range 4 {
			asking.Go(func() {
				_, err := fs.get(t.Context(), fmt.Sprint(i), func(context.Context) (int, error) {
					if closed.Load() {
						t.Error("something is computed after close")
					}
					return i, nil
				})
				if err != nil && !errors.Is(err, errClosing) {
					t.Error(err)
				}
			})
		}
		fs.close()
		closed.Store(true)
		if _, err := fs.get(t.Context(), "late", func(context.Context) (int, error) { return 0, nil }); !errors.Is(err, errClosing) {
			t.Errorf("after close: %v, want a refusal", err)
		}
		asking.Wait()
	}
}
