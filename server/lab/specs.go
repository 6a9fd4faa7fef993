package lab

import (
	"log/slog"
	"sync"

	"unmixlab/sim/spec"
)

// settings are a run's, and what differs from the preset that is nearest to them.
type settings struct {
	spec    spec.Spec
	preset  spec.Preset
	differs []string
}

// readSpecs remembers the settings that were read: a list of a thousand runs is asked for
// again and again, and a run's settings hardly ever change.
type readSpecs struct {
	mu    sync.Mutex
	known map[string]settings // by their JSON
}

// specsKept is how many settings are remembered at most.
const specsKept = 5000

// read gives the settings in a run's JSON.
func (r *readSpecs) read(id string, json []byte) settings {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.known[string(json)]; ok {
		return s
	}
	sp, err := spec.Parse(json)
	if err != nil {
		slog.Error("a run's stored settings cannot be read", "run", id, "error", err)
	}
	s := settings{spec: sp}
	s.preset, s.differs = sp.Nearest()
	if len(r.known) >= specsKept || r.known == nil {
		r.known = map[string]settings{}
	}
	r.known[string(json)] = s
	return s
}
