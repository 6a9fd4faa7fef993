package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
)

func group(texts ...string) Group {
	g := Group{}
	for _, t := range texts {
		g = append(g, Message{Text: true, Data: []byte(t)})
	}
	return g
}

func next(t *testing.T, s *Subscription) string {
	t.Helper()
	g, err := s.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(g[0].Data)
}

func TestNewestWinsPerKey(t *testing.T) {
	h := New()
	h.Publish("run", "state", group("queued"))
	h.Publish("run", "metrics", group("1"))
	h.Publish("run", "state", group("running"))
	h.Publish("other", "state", group("finished"))
	s := h.Subscribe("run")
	defer s.Close()
	if a, b := next(t, s), next(t, s); a != "1" || b != "running" {
		t.Errorf("got %q then %q, want the newest of each key, oldest first", a, b)
	}
	if g, err := s.take(); g != nil || err != nil {
		t.Errorf("got %v, %v, want nothing new", g, err)
	}
	h.Publish("run", "metrics", group("2"))
	h.Publish("run", "metrics", group("3"))
	if a := next(t, s); a != "3" {
		t.Errorf("got %q, want 3: 2 was replaced before it was read", a)
	}
}

func TestCloseDeliversWhatIsThereThenEnds(t *testing.T) {
	h := New()
	s := h.Subscribe("run")
	h.Publish("run", "state", group("finished"))
	h.Close()
	h.Publish("run", "state", group("too late"))
	if a := next(t, s); a != "finished" {
		t.Errorf("got %q, want what was published before Close", a)
	}
	if _, err := s.Next(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	late := h.Subscribe("run")
	if _, err := late.Next(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("a late reader got %v, want ErrClosed", err)
	}
}

func TestNextEndsWithItsContext(t *testing.T) {
	s := New().Subscribe("run")
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestForgottenTopicsLeaveNothing(t *testing.T) {
	h := New()
	s := h.Subscribe("run")
	h.Publish("run", "activity", group("a"))
	if n := h.Readers("run"); n != 1 {
		t.Errorf("%d readers, want 1", n)
	}
	s.Close()
	h.Forget("run", "activity")
	if len(h.topics) != 0 {
		t.Errorf("%d topics are left", len(h.topics))
	}
}

// Readers of any speed see whole groups, in order, and the last one.
func TestGroupsAreNeverTorn(t *testing.T) {
	const last = 2000
	h := New()
	var wait sync.WaitGroup
	for range 8 {
		s := h.Subscribe("run")
		wait.Go(func() {
			defer s.Close()
			before := ""
			for {
				g, err := s.Next(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if len(g) != 3 || !bytes.Equal(g[0].Data, g[1].Data) || !bytes.Equal(g[0].Data, g[2].Data) {
					t.Errorf("torn group %v", g)
				}
				now := string(g[0].Data)
				if now <= before {
					t.Errorf("%q came after %q", now, before)
				}
				if before = now; now == fmt.Sprintf("%06d", last) {
					return
				}
			}
		})
	}
	for i := range last + 1 {
		text := fmt.Sprintf("%06d", i)
		h.Publish("run", "activity", group(text, text, text))
	}
	wait.Wait()
}
