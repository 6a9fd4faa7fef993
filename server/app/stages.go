package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/hub"
	"unmixlab/server/live"
	"unmixlab/server/wire"
)

const (
	stageEvery = time.Second / 15 // between what viewers are shown
	stageFrame = 4 << 20          // bytes that frames of one moment may have together
)

// stages are the live sessions that others follow, by their ids.
type stages struct {
	mu   sync.Mutex
	open map[string]*stage
}

// stage shows a presenter's session to its viewers: everything is encoded once, and a
// viewer who is slow skips what was replaced before it came to read.
type stage struct {
	id      string
	hello   hub.Message
	shown   *hub.Hub      // to viewers
	viewers chan struct{} // holds one token for each

	mu    sync.Mutex
	next  map[string]hub.Group // what is shown at the next moment, by key
	frame []byte               // blocks of all frames since the last one
}

// raise opens a stage under an id that cannot be guessed.
func (s *stages) raise(hello hub.Message) *stage {
	st := &stage{id: rand.Text(), hello: hello, shown: hub.New(), viewers: make(chan struct{}, stageViewers), next: map[string]hub.Group{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[st.id] = st
	return st
}

func (s *stages) find(id string) *stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[id]
}

// strike ends a stage, telling its viewers why.
func (s *stages) strike(st *stage, words string) {
	s.mu.Lock()
	delete(s.open, st.id)
	s.mu.Unlock()
	st.flush()
	st.shown.Publish("", "ended", hub.Group{wire.Ended(words)})
	st.shown.Close()
}

// take keeps what the session shows until the next moment. It never waits for viewers.
func (st *stage) take(key string, g hub.Group) {
	st.mu.Lock()
	defer st.mu.Unlock()
	switch key {
	case "frame": // frames are blocks one after the other: two make one
		for _, m := range g {
			if len(st.frame)+len(m.Data) > stageFrame {
				st.frame = nil
			}
			st.frame = append(st.frame, m.Data...)
		}
	case "state", "view":
		st.next[key] = g
	}
}

// flush shows viewers what has come since the last time.
func (st *stage) flush() {
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.frame) > 0 {
		st.shown.Publish("", "frame", hub.Group{{Data: st.frame}})
		st.frame = nil
	}
	for key, g := range st.next {
		st.shown.Publish("", key, g)
	}
	clear(st.next)
}

// run shows the stage until the context ends, and tells the session how many watch.
func (st *stage) run(ctx context.Context, commands chan<- live.Command) {
	moment := time.NewTicker(stageEvery)
	defer moment.Stop()
	told := 0
	for {
		if n := len(st.viewers); n != told {
			select {
			case commands <- live.Shared(st.id, n):
				told = n
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-moment.C:
			st.flush()
		case <-ctx.Done():
			return
		}
	}
}

// followStage shows a presenter's session to one who has the stage's id.
func (a *App) followStage(w http.ResponseWriter, r *http.Request) {
	st := a.stages.find(chi.URLParam(r, "id"))
	if st == nil {
		writeProblem(w, absent("path.id", "there is no such stage: its presenter may have left"))
		return
	}
	select {
	case st.viewers <- struct{}{}:
		defer func() { <-st.viewers }()
	default:
		writeProblem(w, problem(http.StatusServiceUnavailable, "", "%d viewers follow this stage already", cap(st.viewers)))
		return
	}
	a.socket(w, r, "stage", func(ctx context.Context, c conn) error {
		ctx = c.writeOnly(ctx)
		shown := st.shown.Subscribe("")
		defer shown.Close()
		defer context.AfterFunc(a.serving, shown.Close)() // whether or not the presenter takes leave in time
		if err := c.send(ctx, hub.Group{st.hello}); err != nil {
			return err
		}
		err := c.forward(ctx, shown)
		if errors.Is(err, hub.ErrClosed) && a.serving.Err() == nil {
			return nil // the stage ended, not the lab
		}
		return err
	})
}
