package lab

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// Clients take turns, however many wishes one has.
func TestTurnsGoRoundTheClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(1, 8, 64)
		if err := turns.take(t.Context(), "first"); err != nil {
			t.Fatal(err)
		}
		var (
			mu    sync.Mutex
			order []string
			all   sync.WaitGroup
		)
		for _, client := range []string{"a", "a", "a", "a", "b", "c", "b"} {
			all.Go(func() {
				if err := turns.take(t.Context(), client); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				order = append(order, client)
				mu.Unlock()
				turns.done()
			})
			synctest.Wait() // until it waits
		}
		turns.done()
		all.Wait()
		if want := []string{"a", "b", "c", "a", "b", "a", "a"}; !slices.Equal(order, want) {
			t.Errorf("the turns were %v, want %v", order, want)
		}
		if turns.free != 1 || turns.waits != 0 || len(turns.clients) != 0 || len(turns.queues) != 0 {
			t.Errorf("afterwards it is %+v", turns)
		}
	})
}

// Too many wishes are refused with words, and those that are taken back leave nothing.
func TestTurnsHaveBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(1, 2, 3)
		if err := turns.take(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for _, client := range []string{"a", "a", "b"} {
			all.Go(func() {
				if err := turns.take(ctx, client); !errors.Is(err, context.Canceled) {
					t.Errorf("%s: %v", client, err)
				}
			})
			synctest.Wait()
		}
		for _, client := range []string{"a", "c", ""} {
			if err := turns.take(ctx, client); Refusal(err) == nil || Refusal(err).Kind != Busy {
				t.Errorf("one more of %q gave %v", client, err)
			}
		}
		cancel()
		all.Wait()
		if turns.free != 0 || turns.waits != 0 || len(turns.clients) != 0 || len(turns.queues) != 0 {
			t.Errorf("what is taken back leaves %+v", turns)
		}
		turns.done()
		if err := turns.take(t.Context(), "a"); err != nil {
			t.Error(err)
		}
	})
}

// A turn that comes to one who has just left goes to the next.
func TestATurnThatComesTooLateIsPassedOn(t *testing.T) {
	t.Parallel()
	turns := newTurns(1, 2, 3)
	turn := make(chan struct{})
	if err := turns.take(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	turns.giveUp("b", turn) // as if it had been given its turn meanwhile
	if turns.free != 1 {
		t.Errorf("the turn is lost: %+v", turns)
	}
}
