package live

import (
	"maps"
	"math"

	"unmixlab/server/hub"
	"unmixlab/server/wire"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// settings are what a client sets of a session and finds again as it left them.
type settings struct {
	Seed     uint64          `json:"seed"`
	Speed    float64         `json:"speed"` // samples a second
	Noise    float64         `json:"noise"` // sd
	Hold     float64         `json:"hold"`  // how far the modulation is frozen, 0 to 1
	Clamps   map[int]float32 `json:"clamps"`
	Silenced []int           `json:"silenced"` // units
	Tau      float64         `json:"tau"`
	Swapped  bool            `json:"swapped"`
}

// fresh are the settings with which a session of a network begins.
func fresh(sp spec.Spec) settings {
	return settings{Seed: sp.Seed, Speed: defaultSpeed, Noise: sp.Noise, Clamps: map[int]float32{}, Silenced: []int{}, Tau: sp.Tau}
}

// state is what a client is told of its session.
type state struct {
	Playing bool `json:"playing"`
	Frozen  bool `json:"frozen"`
	settings
	Context     wire.Context `json:"context"`
	Sample      int          `json:"sample"`
	Drift       *drift       `json:"drift"`
	Twin        *twin        `json:"twin"`
	Sources     string       `json:"sources"`
	Frequencies []float64    `json:"frequencies"`
	Signals     []string     `json:"signals"`
	shared
}

// drift is a way to another context.
type drift struct {
	To    point   `json:"to"`
	Left  int     `json:"left"`  // samples
	After []point `json:"after"` // where it goes on to
	Each  int     `json:"each"`  // samples to each of these; those to the first where there is none
}

// shared is the stage on which others follow a session.
type shared struct {
	Stage   string `json:"stage"` // its id; "" for none
	Viewers int    `json:"viewers"`
}

// Shared tells a session of its stage and of how many follow it.
func Shared(stage string, viewers int) Command {
	return Command{kind: "shared", shared: shared{stage, viewers}}
}

// stateNow is the session as its client is told of it.
func (s *Session) stateNow() state {
	now := s.state
	now.Frozen = s.Hold > 0
	now.Clamps = maps.Clone(s.Clamps)
	now.Sources, now.Frequencies, now.Signals = s.sp.Sources, s.sp.Frequencies, s.names
	if leg, ok := s.sides[0].player.Course(); ok {
		now.Drift = &drift{place(leg.To), leg.Samples, []point{}, leg.Samples}
		for _, after := range s.sides[0].player.Ahead() {
			now.Drift.After, now.Drift.Each = append(now.Drift.After, place(after.To)), after.Samples
		}
	}
	return now
}

// hello is what a client learns of a session's network at the beginning.
type hello struct {
	ID       string         `json:"id"`
	Model    string         `json:"model"`
	Title    string         `json:"title"`
	Spec     spec.Spec      `json:"spec"`
	Widths   map[string]int `json:"widths"` // by signal
	Feedback int            `json:"feedback"`
	Units    int            `json:"units"`   // of the population
	Readout  []float64      `json:"readout"` // how strongly each unit is read: the length of its column of W_ro
	Tau      float64        `json:"tau"`
	Can      can            `json:"can"`
	Speeds   [2]float64     `json:"speeds"` // the lowest and the highest
	State    state          `json:"state"`
}

// can tells which commands make sense for a network.
type can struct {
	Tau   bool `json:"tau"`   // its modulation has a time constant
	Units bool `json:"units"` // its units can be silenced
	PC1   bool `json:"pc1"`   // its population is seen along a component
	Ideal bool `json:"ideal"` // it can have the ideal feedback for a twin
}

// Hello says what the session is: its model, the signals it has with their widths,
// and its state. The widths are those of a sample that a fork plays.
func (s *Session) Hello() hub.Group {
	widths := map[string]int{}
	rec := s.sides[0].player.Fork().Advance(1)
	for _, name := range wire.Signals {
		if signal := rec.Signal(name); signal != nil {
			widths[name] = signal.Width
		}
	}
	n := s.guest.Network
	sp, now := n.Spec, s.stateNow()
	_, ideal := model.IdealOf(n)
	return hub.Group{
		wire.Hello(hello{
			ID: s.guest.ID, Model: sp.Model, Title: s.guest.Title, Spec: sp, Widths: widths, Feedback: sp.Outputs(),
			Units: widths[model.Population(sp)], Readout: readout(n), Tau: sp.Tau,
			Can: can{
				Tau: hasTau(sp), Units: model.CanSilence(sp), PC1: s.guest.Fit != nil && model.Population(sp) != "",
				Ideal: ideal || sp.Dim == 2,
			},
			Speeds: [2]float64{minSpeed, maxSpeed}, State: now,
		}),
		wire.State(now),
	}
}

// readout is the length of each unit's column of W_ro (S,Z); empty without a population.
func readout(n *model.Network) []float64 {
	w := n.Params.Tensor("W_ro")
	if w == nil {
		return []float64{}
	}
	units := w.Shape[1]
	lengths := make([]float64, units)
	for i, v := range w.Data {
		lengths[i%units] = math.Hypot(lengths[i%units], float64(v))
	}
	return lengths
}
