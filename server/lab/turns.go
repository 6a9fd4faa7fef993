package lab

import (
	"context"
	"slices"
	"sync"
)

// For says on whose behalf a figure is asked for, so that clients take turns. Nobody's
// name is "".
func For(ctx context.Context, client string) context.Context {
	return context.WithValue(ctx, clientKey{}, client)
}

type clientKey struct{}

func clientOf(ctx context.Context) string {
	client, _ := ctx.Value(clientKey{}).(string)
	return client
}

// turns let so many work at once. Who waits is let in client by client, each in its own
// order: one with many wishes does not keep the others waiting.
type turns struct {
	each, all int // that may wait, of one client that has a name and of all

	mu      sync.Mutex
	free    int
	waits   int
	clients []string // that wait, the next one first
	queues  map[string][]chan struct{}
}

func newTurns(atOnce, each, all int) *turns {
	return &turns{free: atOnce, each: each, all: all, queues: map[string][]chan struct{}{}}
}

// take waits for a turn. It refuses when too many wait already, and gives up with the
// context.
func (t *turns) take(ctx context.Context, client string) error {
	t.mu.Lock()
	if t.free > 0 {
		t.free--
		t.mu.Unlock()
		return nil
	}
	queue := t.queues[client]
	switch {
	case client != "" && len(queue) >= t.each:
		t.mu.Unlock()
		return refuse(Busy, "", "%d figures or recordings of yours wait to be computed already: wait for one of them.", t.each)
	case t.waits >= t.all:
		t.mu.Unlock()
		return refuse(Busy, "", "%d figures or recordings wait to be computed already: ask again later.", t.all)
	}
	turn := make(chan struct{})
	if len(queue) == 0 {
		t.clients = append(t.clients, client)
	}
	t.queues[client] = append(queue, turn)
	t.waits++
	t.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		t.giveUp(client, turn)
		return ctx.Err()
	}
}

// giveUp takes a wish back; a turn that has just come is passed on.
func (t *turns) giveUp(client string, turn chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	queue := t.queues[client]
	i := slices.Index(queue, turn)
	if i < 0 {
		t.next()
		return
	}
	t.waits--
	if queue = slices.Delete(queue, i, i+1); len(queue) > 0 {
		t.queues[client] = queue
		return
	}
	delete(t.queues, client)
	i = slices.Index(t.clients, client)
	t.clients = slices.Delete(t.clients, i, i+1)
}

// done ends a turn.
func (t *turns) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next()
}

// next lets in the first wish of the client whose turn it is. Under mu.
func (t *turns) next() {
	if len(t.clients) == 0 {
		t.free++
		return
	}
	client := t.clients[0]
	queue := t.queues[client]
	t.clients = t.clients[1:]
	if t.queues[client] = queue[1:]; len(queue) > 1 {
		t.clients = append(t.clients, client)
	} else {
		delete(t.queues, client)
	}
	t.waits--
	close(queue[0])
}
