package record

import "unmixlab/sim/data"

// Leg is a way to a context, taken in equal parts sample by sample: the last of its
// samples is in the context itself.
type Leg struct {
	To      data.Context
	Samples int
}

// course is the legs that are still to go.
type course struct {
	from data.Context // where the first leg began
	done int          // samples of it that are over
	legs []Leg
}

// Follow goes on from the present context along legs of one sample or more each, from
// the next sample on. It replaces a course under way.
func (p *Player) Follow(legs ...Leg) { p.course = course{from: p.current.Context, legs: legs} }

// Course is what is left of the leg under way; ok is false where there is none.
func (p *Player) Course() (rest Leg, ok bool) {
	if len(p.course.legs) == 0 {
		return Leg{}, false
	}
	first := p.course.legs[0]
	return Leg{first.To, first.Samples - p.course.done}, true
}

// Ahead are the legs that come after the one under way.
func (p *Player) Ahead() []Leg {
	if len(p.course.legs) == 0 {
		return nil
	}
	return p.course.legs[1:]
}

// next is the context of the next sample, if it moves.
func (c *course) next() (data.Context, bool) {
	if len(c.legs) == 0 {
		return data.Context{}, false
	}
	leg := c.legs[0]
	if c.done++; c.done >= leg.Samples {
		c.from, c.done, c.legs = leg.To, 0, c.legs[1:]
		return leg.To, true
	}
	at := leg.To
	at.A = make([]float64, len(leg.To.A))
	part := float64(c.done) / float64(leg.Samples)
	for i, to := range leg.To.A {
		at.A[i] = c.from.A[i] + part*(to-c.from.A[i])
	}
	return at, true
}
