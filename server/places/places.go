// Package places shares what there is so much of between those who ask for it.
package places

import "sync"

// Places count what each client holds of something that there is so much of.
type Places struct {
	All  int // that there are; 0 for no bound
	Each int // that one client may hold; the client "" holds what there is

	mu    sync.Mutex
	held  int
	names map[string]int
}

// New has so many places, of which one client may hold some.
func New(all, each int) *Places {
	return &Places{All: all, Each: each, names: map[string]int{}}
}

// Refusal is why a client gets nothing.
type Refusal int

const (
	Taken    Refusal = iota + 1 // all are held
	Reserved                    // the last quarter is for those who hold none
	Greedy                      // the client holds as many as it may
)

// Take gives a client one more, or says why not. The last quarter is for clients that
// hold none, so that who comes late finds a place.
func (s *Places) Take(client string) (back func(), why Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	holds := s.names[client]
	switch {
	case s.All > 0 && s.held >= s.All:
		return nil, Taken
	case client != "" && holds >= s.Each:
		return nil, Greedy
	case client != "" && holds > 0 && s.All > 0 && s.held >= s.All-s.All/4:
		return nil, Reserved
	}
	s.held++
	s.names[client]++
	return sync.OnceFunc(func() { s.back(client) }), 0
}

func (s *Places) back(client string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held--
	if s.names[client]--; s.names[client] == 0 {
		delete(s.names, client)
	}
}

// Any tells whether anything is held.
func (s *Places) Any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held > 0
}
