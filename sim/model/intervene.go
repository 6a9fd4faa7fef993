package model

import (
	"math"
	"slices"
)

// interventions are all that is done to a group from outside besides its stimuli:
// modulation held back, feedback signals clamped, units silenced.
type interventions struct {
	hold   []float32 // (L) how much of its modulation a lane keeps from step to step: 0 is free, 1 frozen
	holds  bool      // whether any lane does
	clamp  []float32 // (M) NaN leaves a signal free
	clamps bool      // whether any is held
	silent []int     // units whose modulation is held at 0
}

// free are no interventions.
func free(lanes, signals int) interventions {
	clamp := make([]float32, signals)
	for j := range clamp {
		clamp[j] = float32(math.NaN())
	}
	return interventions{hold: make([]float32, lanes), clamp: clamp}
}

func (d interventions) clone() interventions {
	d.hold, d.clamp, d.silent = slices.Clone(d.hold), slices.Clone(d.clamp), slices.Clone(d.silent)
	return d
}

// Freeze holds a lane's modulation as it is, or lets it go; the LSTM runs on unseen.
func (g *Group) Freeze(lane int, frozen bool) {
	share := float32(0)
	if frozen {
		share = 1
	}
	g.Hold(lane, share)
}

// Hold freezes a lane's modulation by degrees: of what it was, a share h from 0 to 1
// stays from step to step, m(t+1) = h m(t) + (1-h) what it would be if free.
func (g *Group) Hold(lane int, share float32) {
	g.done.hold[lane] = share
	g.done.holds = slices.ContainsFunc(g.done.hold, func(h float32) bool { return h > 0 })
}

// Clamp sets a feedback signal to a value in all lanes; NaN leaves it free again.
func (g *Group) Clamp(signal int, value float32) {
	g.done.clamp[signal] = value
	g.done.clamps = slices.ContainsFunc(g.done.clamp, func(v float32) bool { return v == v })
}

// Silence holds the modulation of some units at 0 in all lanes, and lets go of others;
// they come back by the network's own dynamics. Units that the modulation does not have
// are left alone. See CanSilence.
func (g *Group) Silence(units []int) {
	g.done.silent = slices.DeleteFunc(slices.Clone(units), func(u int) bool {
		return u < 0 || u >= (g.held.to-g.held.from)/g.Lanes
	})
}

// clampSignals overwrites what is clamped in l (M,L).
func (d *interventions) clampSignals(l []float32, lanes int) {
	if !d.clamps {
		return
	}
	for j, v := range d.clamp {
		if v == v {
			row := l[j*lanes : (j+1)*lanes]
			for i := range row {
				row[i] = v
			}
		}
	}
}

// holdBack moves a step's modulation towards that of the step before it, as far as each
// lane is held. Both are (N,L).
func (d *interventions) holdBack(to, from []float32) {
	if !d.holds {
		return
	}
	for lane, h := range d.hold {
		if h == 0 {
			continue
		}
		for i := lane; i < len(from); i += len(d.hold) {
			to[i] = held(h, from[i], to[i])
		}
	}
}

// held is a modulation of which a share h stays as it was.
func held(h, was, free float32) float32 {
	switch h {
	case 0:
		return free
	case 1:
		return was
	}
	return h*was + (1-h)*free
}

// silence sets the silenced units' modulation m (N,L) to 0.
func (d *interventions) silence(m []float32, lanes int) {
	for _, u := range d.silent {
		clear(m[u*lanes : (u+1)*lanes])
	}
}
