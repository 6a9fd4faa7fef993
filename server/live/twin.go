package live

import (
	"context"
	"fmt"
	"slices"

	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
)

// Kinds of twins: the same network with its modulation frozen, another model, and
// feedback computed in closed form.
const (
	twinFrozen = "frozen"
	twinModel  = "model"
	twinIdeal  = "ideal"
)

// Guest is a network that plays in a session.
type Guest struct {
	ID, Title string
	Network   *model.Network
	Fit       Fit // of the population; nil where there is none
}

// Fit gives the first principal component of the population that is played, or nil
// where there is none. It takes its time.
type Fit func(context.Context) *experiment.Component

// Invite finds the model of an id.
type Invite func(id string) (Guest, error)

// side is one of the networks that play the same samples.
type side struct {
	player *record.Player
	axis   *axis
}

// axis is a population's first principal component, which is there once it is fitted.
// Sides of one network share it.
type axis struct {
	fit       Fit // nil where there is none, or it was asked
	component *experiment.Component
}

// wish is a twin that a client asks for.
type wish struct {
	kind  string
	model string // the id of another model
}

// twin is what a client is told of the twin.
type twin struct {
	Kind  string `json:"kind"`
	Model string `json:"model"` // its id
	Title string `json:"title"`

	guest Guest
}

// twin reads a wish.
func (m message) twin() (w wish, err error) {
	if err := m.read("kind", &w.kind); err != nil {
		return w, err
	}
	if kinds := []string{twinFrozen, twinModel, twinIdeal}; !slices.Contains(kinds, w.kind) {
		return w, spec.FieldError{Field: "kind", Message: fmt.Sprintf("is %q, must be one of frozen, model, ideal", w.kind)}
	}
	if w.kind == twinModel {
		err = m.read("model", &w.model)
	}
	return w, err
}

// find is the twin that is wished for.
func (s *Session) find(w wish) (*twin, error) {
	switch w.kind {
	case twinFrozen:
		return &twin{twinFrozen, s.guest.ID, s.guest.Title, s.guest}, nil
	case twinIdeal:
		if n, ok := model.IdealOf(s.guest.Network); ok {
			g := Guest{ID: s.guest.ID, Title: "Ideal feedback", Network: n}
			if s.guest.Fit != nil {
				g.Fit = fitting(n, s.src)
			}
			return &twin{twinIdeal, g.ID, g.Title, g}, nil
		}
		w.model = modelfile.IdealID
	}
	g, err := s.invite(w.model)
	if err != nil {
		return nil, spec.FieldError{Field: "model", Message: fmt.Sprintf("%q cannot play: %v", w.model, err)}
	}
	if own := s.guest.Network.Spec.Dim; g.Network.Spec.Dim != own {
		return nil, spec.FieldError{Field: "model", Message: fmt.Sprintf("%q separates %d sources and this model %d: they cannot play the same samples",
			w.model, g.Network.Spec.Dim, own)}
	}
	return &twin{w.kind, g.ID, g.Title, g}, nil
}

// fitting fits a network that no file holds.
func fitting(n *model.Network, src *data.Sources) Fit {
	return func(ctx context.Context) *experiment.Component {
		c, ok, err := experiment.FirstComponent(ctx, n, src)
		if !ok || err != nil {
			return nil
		}
		return &c
	}
}

// join has the twin play from here on, if there is one.
func (s *Session) join() error {
	s.sides = s.sides[:1]
	own := s.sides[0]
	switch {
	case s.Twin == nil:
	case s.Twin.Kind == twinFrozen:
		player := own.player.Fork()
		player.Hold(1)
		s.sides = append(s.sides, side{player, own.axis})
	default:
		player, err := own.player.Beside(s.Twin.guest.Network)
		if err != nil {
			return err
		}
		s.sides = append(s.sides, side{player, &axis{fit: s.Twin.guest.Fit}})
	}
	return nil
}
