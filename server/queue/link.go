package queue

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// link knows whether a connection is there. What waits for an answer as it breaks waits
// in vain, and is told.
type link struct {
	mu     sync.Mutex
	up     chan struct{} // closed while there is a connection
	now    context.Context
	breaks context.CancelFunc
	over   bool // for good
}

func newLink() *link {
	l := &link{up: make(chan struct{})}
	l.made()
	return l
}

// made is for a connection that is there, or there again.
func (l *link) made() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now, l.breaks = context.WithCancel(context.Background())
	close(l.up)
}

func (l *link) broken() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now.Err() == nil {
		l.breaks()
		l.up = make(chan struct{})
	}
}

// closed is for a connection that does not come back.
func (l *link) closed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.breaks()
	if !l.over {
		l.over, l.up = true, make(chan struct{})
		close(l.up)
	}
}

// during waits for a connection, and gives a context that ends with it, with the one
// given, or after a time.
func (l *link) during(ctx context.Context, atMost time.Duration) (context.Context, context.CancelFunc) {
	for {
		l.mu.Lock()
		up := l.up
		l.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-up:
		}
		l.mu.Lock()
		now, over, again := l.now, l.over, up != l.up
		l.mu.Unlock()
		if again && !over && ctx.Err() == nil {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, atMost)
		stop := context.AfterFunc(now, cancel)
		return ctx, func() { stop(); cancel() }
	}
}

// watch has the link told of what becomes of a connection.
func (l *link) watch() []nats.Option {
	return []nats.Option{
		nats.DisconnectErrHandler(func(*nats.Conn, error) { l.broken() }),
		nats.ReconnectHandler(func(*nats.Conn) { l.made() }),
		nats.ClosedHandler(func(*nats.Conn) { l.closed() }),
	}
}
