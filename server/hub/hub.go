// Package hub fans messages out, the newest winning. A topic has keys, and each
// key holds the last group of messages published under it; a reader gets every
// key's newest group, whole, and skips what was replaced before it came to read.
// A publisher never waits for a reader.
package hub

import (
	"context"
	"errors"
	"sync"
)

// ErrClosed is what Next returns once the hub, the topic or the subscription ended
// and everything published before has been read.
var ErrClosed = errors.New("hub: closed")

// Message is one frame for a reader: text, or binary.
type Message struct {
	Text bool
	Data []byte
}

// Group is messages that belong together; it is delivered as a whole, in order.
// Neither the publisher nor a reader changes it after Publish.
type Group []Message

// Hub holds the newest group per topic and key. The zero value is not usable: New.
type Hub struct {
	mu     sync.Mutex
	seq    uint64 // of the last group published
	topics map[string]*topic
	closed bool
}

type topic struct {
	newest  map[string]entry
	readers map[*Subscription]bool
}

type entry struct {
	seq   uint64
	group Group
}

// New is a hub without topics.
func New() *Hub { return &Hub{topics: map[string]*topic{}} }

// Publish makes group the newest of the topic's key. After Close it does nothing.
func (h *Hub) Publish(name, key string, group Group) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	t := h.topic(name)
	h.seq++
	t.newest[key] = entry{h.seq, group}
	for s := range t.readers {
		s.wake()
	}
}

// Subscribe reads a topic from now on, beginning with the newest group of each key.
// The caller closes the subscription.
func (h *Hub) Subscribe(name string) *Subscription {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &Subscription{hub: h, name: name, seen: map[string]uint64{}, ready: make(chan struct{}, 1)}
	if h.closed {
		s.ended = true
	} else {
		s.topic = h.topic(name)
		s.topic.readers[s] = true
	}
	s.wake()
	return s
}

// Forget drops what a topic's key holds, so that a later reader does not get it.
func (h *Hub) Forget(name, key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[name]; t != nil {
		delete(t.newest, key)
		h.tidy(name)
	}
}

// Readers is the number of open subscriptions to a topic.
func (h *Hub) Readers(name string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[name]; t != nil {
		return len(t.readers)
	}
	return 0
}

// Close ends every subscription, now and later.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, t := range h.topics {
		for s := range t.readers {
			s.ended = true
			s.wake()
		}
	}
}

func (h *Hub) topic(name string) *topic {
	t := h.topics[name]
	if t == nil {
		t = &topic{newest: map[string]entry{}, readers: map[*Subscription]bool{}}
		h.topics[name] = t
	}
	return t
}

// tidy forgets a topic that nobody reads and that holds nothing.
func (h *Hub) tidy(name string) {
	if t := h.topics[name]; t != nil && len(t.newest) == 0 && len(t.readers) == 0 {
		delete(h.topics, name)
	}
}

// Subscription is one reader of a topic; it is for one goroutine.
type Subscription struct {
	hub   *Hub
	name  string
	topic *topic
	ready chan struct{} // holds a token when there may be something to read

	// under hub.mu
	seen  map[string]uint64
	ended bool
}

// Next waits for a group not yet read, the one published longest ago first. It
// returns ErrClosed at the end and the context's error when that ends first.
func (s *Subscription) Next(ctx context.Context) (Group, error) {
	for {
		group, err := s.take()
		if group != nil || err != nil {
			return group, err
		}
		select {
		case <-s.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// take is Next without waiting: nil, nil when there is nothing new.
func (s *Subscription) take() (Group, error) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	var oldest string
	var found entry
	if s.topic != nil {
		for key, e := range s.topic.newest {
			if e.seq > s.seen[key] && (found.seq == 0 || e.seq < found.seq) {
				oldest, found = key, e
			}
		}
	}
	if found.seq > 0 {
		s.seen[oldest] = found.seq
		return found.group, nil
	}
	if s.ended {
		return nil, ErrClosed
	}
	return nil, nil
}

// Close ends the subscription; a Next that waits returns ErrClosed.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.ended = true
	if s.topic != nil {
		delete(s.topic.readers, s)
		s.topic = nil
		s.hub.tidy(s.name)
	}
	s.wake()
}

func (s *Subscription) wake() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}
