package places

import "testing"

// The last quarter of places is for those who hold none, and nobody holds too many.
func TestPlacesAreShared(t *testing.T) {
	t.Parallel()
	s := New(8, 4)
	var backs []func()
	take := func(client string, want Refusal) {
		t.Helper()
		back, why := s.Take(client)
		if why != want || (back == nil) != (want != 0) {
			t.Errorf("%q gets %v, want %v; held are %v", client, why, want, s.names)
		}
		if back != nil {
			backs = append(backs, back)
		}
	}
	for range 4 {
		take("a", 0)
	}
	take("a", Greedy)
	take("b", 0)
	take("b", 0)
	take("b", Reserved)
	take("c", 0)
	take("", 0) // the one client of a lab that knows no others
	take("d", Taken)
	for _, back := range backs {
		back()
		back()
	}
	if s.held != 0 || len(s.names) != 0 {
		t.Errorf("afterwards %d are held, by %v", s.held, s.names)
	}
}
