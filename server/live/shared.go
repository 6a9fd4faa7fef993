package live

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"unmixlab/server/hub"
	"unmixlab/server/wire"
)

const (
	stageEvery = time.Second / 15 // between what viewers are shown
	stageFrame = 4 << 20          // bytes that frames of one moment may have together
)

// MostViewers is how many may follow one stage at once.
const MostViewers = 200

// Stages are the live sessions that others follow, by their ids.
type Stages struct {
	mu   sync.Mutex
	open map[string]*Stage
}

// NewStages has none open.
func NewStages() *Stages { return &Stages{open: map[string]*Stage{}} }

// Stage shows a presenter's session to its viewers: everything is encoded once, and a
// viewer who is slow skips what was replaced before it came to read.
type Stage struct {
	ID      string
	Model   string        // that is played
	Hello   hub.Message   // the session's, for each viewer first
	shown   *hub.Hub      // to viewers
	viewers chan struct{} // holds one token for each

	mu    sync.Mutex
	next  map[string]hub.Group // what is shown at the next moment, by key
	frame []byte               // blocks of all frames since the last one
}

// Raise opens a stage under an id that cannot be guessed.
func (s *Stages) Raise(model string, hello hub.Message) *Stage {
	st := &Stage{ID: rand.Text(), Model: model, Hello: hello, shown: hub.New(), viewers: make(chan struct{}, MostViewers), next: map[string]hub.Group{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[st.ID] = st
	return st
}

// Find is the stage of an id, or nil.
func (s *Stages) Find(id string) *Stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[id]
}

// Strike ends a stage, telling its viewers why.
func (s *Stages) Strike(st *Stage, words string) {
	s.mu.Lock()
	delete(s.open, st.ID)
	s.mu.Unlock()
	st.flush()
	st.shown.Publish("", "ended", hub.Group{wire.Ended(words)})
	st.shown.Close()
}

// Take keeps what the session shows until the next moment. It never waits for viewers.
func (st *Stage) Take(key string, g hub.Group) {
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
func (st *Stage) flush() {
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

// Run shows the stage until the context ends, and tells the session how many watch.
func (st *Stage) Run(ctx context.Context, commands chan<- Command) {
	moment := time.NewTicker(stageEvery)
	defer moment.Stop()
	told := 0
	for {
		if n := st.Viewers(); n != told {
			select {
			case commands <- Shared(st.ID, n):
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

// Viewers is how many follow now.
func (st *Stage) Viewers() int { return len(st.viewers) }

// Follow gives a viewer what is shown from now on, until it leaves; false where as many
// follow as may.
func (st *Stage) Follow() (shown *hub.Subscription, leave func(), ok bool) {
	select {
	case st.viewers <- struct{}{}:
		shown = st.shown.Subscribe("")
		return shown, func() { shown.Close(); <-st.viewers }, true
	default:
		return nil, nil, false
	}
}
