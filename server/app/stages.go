package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"rsc.io/qr"

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
	model   string // that is played
	hello   hub.Message
	shown   *hub.Hub      // to viewers
	viewers chan struct{} // holds one token for each

	mu    sync.Mutex
	next  map[string]hub.Group // what is shown at the next moment, by key
	frame []byte               // blocks of all frames since the last one
}

// raise opens a stage under an id that cannot be guessed.
func (s *stages) raise(model string, hello hub.Message) *stage {
	st := &stage{id: rand.Text(), model: model, hello: hello, shown: hub.New(), viewers: make(chan struct{}, stageViewers), next: map[string]hub.Group{}}
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

func noStage() *Problem {
	return absent("path.id", "There is no such stage: its presenter has left, or shares it no longer.")
}

// followStage shows a presenter's session to one who has the stage's id.
func (a *App) followStage(w http.ResponseWriter, r *http.Request) {
	st := a.stages.find(chi.URLParam(r, "id"))
	if st == nil {
		a.refuseSocket(w, r, noStage())
		return
	}
	select {
	case st.viewers <- struct{}{}:
		defer func() { <-st.viewers }()
	default:
		a.refuseSocket(w, r, problem(http.StatusServiceUnavailable, "", "%d viewers follow this stage already, as many as there can be.", cap(st.viewers)))
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
			a.awaitLeave(ctx) // the stage ended, not the lab
			return nil
		}
		return err
	})
}

const longestLink = 500 // characters that a code holds at most

// stageCode draws the address of a stage's page, as its presenter's browser knows it, as
// a QR code.
func (a *App) stageCode(w http.ResponseWriter, r *http.Request) {
	id, link := chi.URLParam(r, "id"), r.URL.Query().Get("link")
	if a.stages.find(id) == nil {
		writeProblem(w, noStage())
		return
	}
	if u, err := url.Parse(link); err != nil || len(link) > longestLink || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !strings.HasSuffix(u.Path, "/stages/"+id) {
		writeProblem(w, invalid("query.link", "must be the address of the stage's page, such as http://127.0.0.1:8080/stages/%s", id))
		return
	}
	code, err := qr.Encode(link, qr.M)
	if err != nil {
		writeProblem(w, invalid("query.link", "does not fit into a code: %v", err))
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(codeSVG(code))
}

// codeSVG is a code in black on white, with the quiet zone of four modules round it that
// cameras need.
func codeSVG(code *qr.Code) []byte {
	const quiet = 4
	var b bytes.Buffer
	size := code.Size + 2*quiet
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%[1]dv%[1]dH0z"/><path d="`, size, size)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes()
}
