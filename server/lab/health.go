package lab

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"unmixlab/server/store"
)

// Well is what Health says of a part that is well.
const Well = "ok"

// Health is how the parts of the lab are: each Well, or what is wrong with it.
type Health struct {
	Database string `json:"database"`
	Disk     string `json:"disk"`
	Trainer  string `json:"trainer"`
}

// OK tells whether all is well.
func (h Health) OK() bool { return h == Health{Well, Well, Well} }

// Troubles are what is wrong, without what follows from something else.
func (h Health) Troubles() []string {
	return slices.DeleteFunc(slices.Compact([]string{h.Database, h.Disk, h.Trainer}), func(s string) bool { return s == Well })
}

// examined is the health as it was last found; looking takes a moment of the disk's.
type examined struct {
	mu     sync.Mutex
	at     time.Time
	health Health
}

// examineEvery is how old an answer about health may be.
const examineEvery = 2 * time.Second

// Health looks whether the database can be written, the disk has room, and runs train.
func (l *Lab) Health(ctx context.Context) Health {
	l.examined.mu.Lock()
	defer l.examined.mu.Unlock()
	if time.Since(l.examined.at) > examineEvery {
		l.examined.health = Health{Database: inWords(l.store.CheckDatabase(context.WithoutCancel(ctx))), Disk: inWords(l.store.CheckDisk())}
		l.examined.at = time.Now()
	}
	h := l.examined.health
	h.Trainer = l.standing.words()
	return h
}

func inWords(err error) string {
	if err == nil {
		return Well
	}
	if trouble := store.Trouble(err); trouble != nil {
		return trouble.Error()
	}
	return err.Error()
}

// words say which runs wait, and why.
func (s *standing) words() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, why := range s.waiting {
		if len(s.waiting) == 1 {
			return "a run waits. " + why
		}
		return fmt.Sprintf("%d runs wait. %s", len(s.waiting), why)
	}
	if n := len(s.unkept); n > 0 {
		return fmt.Sprintf("the states of %d runs cannot be recorded", n)
	}
	return Well
}

// tendEvery is how often the lab looks after what could not be recorded.
const tendEvery = time.Second

// tend records what could not be, once it can be, and removes runs that were deleted a
// day ago, until the context ends.
func (l *Lab) tend(ctx context.Context) {
	every := time.NewTicker(tendEvery)
	defer every.Stop()
	var expired time.Time
	for {
		if now := time.Now(); now.Sub(expired) > expireEvery {
			expired = now
			l.expire(ctx, now.Add(-Undo))
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			l.keepStates()
		}
	}
}

// Notice is something that whoever opens the lab should know, until it is dismissed.
type Notice = store.Notice

// Notices lists them, the newest first.
func (l *Lab) Notices(ctx context.Context) ([]Notice, error) { return l.store.Notices(ctx) }

// Dismiss forgets a notice.
func (l *Lab) Dismiss(ctx context.Context, id int64) error { return l.store.Dismiss(ctx, id) }
