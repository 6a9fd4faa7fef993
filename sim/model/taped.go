package model

import (
	"math/rand/v2"

	"unmixlab/sim/kernel"
)

// TapedGroup is a group of kernel.Lanes rows that keeps T steps and goes back
// through them. It is allocated once and used batch after batch.
type TapedGroup struct {
	*Group
	Steps int
	Grad  *Params // gradients of the learned tensors, before clipping

	derivatives rows
	back        *lstmBack
	dy          []float32 // (S,L)
}

// NewTapedGroup makes a group for T steps of training. A network without an LSTM
// has nothing to train: a mistake of the caller.
func (n *Network) NewTapedGroup(steps int) *TapedGroup {
	if !n.Spec.Trainable() {
		panic("model: " + n.Spec.Model + " cannot be trained")
	}
	grad := n.Params.gradient()
	g := &TapedGroup{Group: n.group(kernel.Lanes, grad), Steps: steps, Grad: grad}
	g.derivatives = g.tape.add("derivatives", 6*n.Spec.Hidden)
	g.back = newLSTMBack(g.lstm, g.tape, g.derivatives, grad)
	g.dy = make([]float32, n.Spec.Dim*kernel.Lanes)
	g.alloc(steps + 1)
	g.Pack()
	return g
}

// Pack takes the network's present weights, for both directions.
func (g *TapedGroup) Pack() {
	g.back.pack()
	g.path.pack()
}

// Stimuli is the tape from step 0's x on, and the floats from one step to the next:
// where a batch writes x.
func (g *TapedGroup) Stimuli() (dst []float32, stride int) {
	return g.tape.data[g.x.from:], g.tape.stride
}

// Forward runs all steps.
func (g *TapedGroup) Forward() {
	for t := range g.Steps {
		now, next := g.tape.frame(t), g.tape.frame(t+1)
		g.path.respond(now)
		g.lstm.stepTape(now, next, g.derivatives)
		g.path.modulate(now, next)
	}
}

// Loss is what outputs are compared with: the sum over t of the mean smooth L1 over
// rows and outputs. Lambda times the summed |l| is minimised along with it, and Smooth
// times the summed squares of what l changes from step to step, but, as published of
// the first, not counted in the reported loss.
type Loss struct {
	Target    [][]float32 // source j, the same for all rows
	From      int         // where in Target step 0 stands
	Active    int         // lanes of this group that are rows of the batch
	BatchRows int         // rows in the whole batch
	Lambda    float32
	Smooth    float32
}

// Backward goes back through the tape. It returns this group's part of the smooth L1
// and leaves the whole loss's gradient in Grad.
func (g *TapedGroup) Backward(loss Loss) float64 {
	g.back.forget()
	g.path.forget()
	clear(g.Grad.Flat)
	var sum float64
	end := g.Steps
	for t := g.Steps - 1; t >= 0; t-- {
		now, next := g.tape.frame(t), g.tape.frame(t+1)
		sum += g.lossAt(t, now, loss)
		dl := g.back.signal(t)
		g.path.modulateBack(dl, g.dy, now, next)
		if loss.Lambda > 0 {
			g.addFeedbackCost(dl, g.l.of(now), loss)
		}
		if loss.Smooth > 0 {
			g.addChangeCost(dl, t, loss)
		}
		g.back.back(t, g.dy)
		g.path.respondBack(g.dy, now)
		if t%blockSteps == 0 {
			g.back.sum(t, end-t)
			end = t
		}
	}
	g.back.settle()
	g.path.settle()
	return sum / float64(loss.BatchRows*g.Net.Spec.Dim)
}

// lossAt writes the loss's gradient at step t to dy and returns the summed smooth L1.
func (g *TapedGroup) lossAt(t int, now []float32, loss Loss) float64 {
	scale := 1 / float32(loss.BatchRows*g.Net.Spec.Dim)
	y := g.y.of(now)
	var sum float64
	for j, target := range loss.Target {
		at := j * kernel.Lanes
		sum += float64(kernel.SmoothL1(g.dy[at:at+loss.Active], y[at:at+loss.Active], target[loss.From+t], scale))
		clear(g.dy[at+loss.Active : at+kernel.Lanes])
	}
	return sum
}

// addFeedbackCost adds lambda·sign(l), the gradient of lambda·Σ|l|, to dl in active lanes.
func (g *TapedGroup) addFeedbackCost(dl, l []float32, loss Loss) {
	for j := range len(l) / kernel.Lanes {
		row := l[j*kernel.Lanes:][:loss.Active]
		d := dl[j*kernel.Lanes:][:loss.Active]
		for i, v := range row {
			switch {
			case v > 0:
				d[i] += loss.Lambda
			case v < 0:
				d[i] -= loss.Lambda
			}
		}
	}
}

// addChangeCost adds the gradient of smooth·Σ(l_t - l_{t-1})² over the tape's steps to
// step t's dl in active lanes: 2·smooth·((l_t - l_{t-1}) - (l_{t+1} - l_t)).
func (g *TapedGroup) addChangeCost(dl []float32, t int, loss Loss) {
	now := g.l.of(g.tape.frame(t))
	before, after := now, now
	if t > 0 {
		before = g.l.of(g.tape.frame(t - 1))
	}
	if t < g.Steps-1 {
		after = g.l.of(g.tape.frame(t + 1))
	}
	for j := range g.Net.Spec.Outputs() {
		at := j * kernel.Lanes
		for i := at; i < at+loss.Active; i++ {
			dl[i] += 2 * loss.Smooth * ((now[i] - before[i]) - (after[i] - now[i]))
		}
	}
}

// Carry makes the state after the last step the one before the first: the streams
// of a batch's rows go on, detached.
func (g *TapedGroup) Carry() {
	last, first := g.tape.frame(g.Steps), g.tape.frame(0)
	for _, s := range g.tape.states {
		copy(s.of(first), s.of(last))
	}
}

// State copies what the first step starts from: hidden state, cells, modulation.
func (g *TapedGroup) State() []float32 {
	state := append([]float32(nil), g.lstm.c...)
	for _, s := range g.tape.states {
		state = append(state, s.of(g.tape.frame(0))...)
	}
	return state
}

// SetState puts back what State gave; false when the length is another network's.
func (g *TapedGroup) SetState(state []float32) bool {
	parts := [][]float32{g.lstm.c}
	for _, s := range g.tape.states {
		parts = append(parts, s.of(g.tape.frame(0)))
	}
	total := 0
	for _, p := range parts {
		total += len(p)
	}
	if total != len(state) {
		return false
	}
	for _, p := range parts {
		state = state[copy(p, state):]
	}
	return true
}

// Start resets all lanes, with the gain's spread in training (sd 0.01).
func (g *TapedGroup) Start(rng *rand.Rand) {
	for lane := range g.Lanes {
		g.Reset(lane, rng, 0.01)
	}
}

// Bytes is what the tape takes in memory.
func (g *TapedGroup) Bytes() int { return 4 * len(g.tape.data) }
