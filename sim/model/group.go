package model

import (
	"math"
	"math/rand/v2"
)

// Group is a network running for L lanes side by side. Fill X, call Step for
// t = 0, 1, 2 …, and read any signal of the latest step by name.
type Group struct {
	Net   *Network
	Lanes int

	tape       *tape
	block      rows // x, y, h, ones
	x, y, h, l rows
	lstm       *lstm // nil for closed-form feedback
	path       pathway
	closed     closedForm // nil where feedback is an LSTM's
	held       rows       // the modulation: what stays as it is in a frozen lane
	frozen     []bool     // lanes whose modulation is held
	anyFrozen  bool
	clamp      []float32 // per signal; NaN leaves it free
	anyClamp   bool
}

// NewGroup makes a group that is only played: of the past it keeps one step.
func (n *Network) NewGroup(lanes int) *Group {
	g := n.group(lanes, nil)
	g.alloc(2)
	g.Pack()
	return g
}

func (n *Network) group(lanes int, grad *Params) *Group {
	sp := n.Spec
	g := &Group{Net: n, Lanes: lanes, tape: &tape{lanes: lanes}}
	g.x, g.y = g.tape.add("x", sp.Dim), g.tape.add("y", sp.Dim)
	v := variants[sp.Model]
	if sp.Trainable() {
		g.h = g.tape.state("h", sp.Hidden)
		ones := g.tape.add("ones", 1)
		g.block = rows{"block", g.x.from, ones.to}
	}
	g.l = g.tape.add("l", sp.Outputs())
	if sp.Trainable() {
		g.lstm = newLSTM(n, lanes, g.block, g.h, g.l)
	}
	b := &builder{net: n, lanes: lanes, tape: g.tape, grad: grad}
	g.path = v.build(b)
	g.closed = b.closed
	g.held, _ = g.tape.find(v.modulation)
	g.frozen = make([]bool, lanes)
	g.clamp = make([]float32, sp.Outputs())
	for j := range g.clamp {
		g.clamp[j] = float32(math.NaN())
	}
	return g
}

// alloc makes the tape and sets the row of ones in every frame.
func (g *Group) alloc(frames int) {
	g.tape.alloc(frames)
	if ones, ok := g.tape.find("ones"); ok {
		for t := range frames {
			row := ones.of(g.tape.frame(t))
			for i := range row {
				row[i] = 1
			}
		}
	}
}

// Pack takes the network's present weights; call it when they have changed.
func (g *Group) Pack() {
	if g.lstm != nil {
		g.lstm.pack()
	}
	g.path.pack()
}

// Reset puts a lane's states and modulation to where they start: zero, or what the
// pathway draws (gains from N(0.5, spread)). The next step must be step 0.
func (g *Group) Reset(lane int, rng *rand.Rand, spread float64) {
	first := g.tape.frame(0)
	if g.lstm != nil {
		g.clearLane(g.lstm.c, lane)
	}
	for _, r := range g.tape.states {
		g.clearLane(r.of(first), lane)
	}
	g.path.start(first, lane, rng, spread)
}

func (g *Group) clearLane(rows []float32, lane int) {
	for i := lane; i < len(rows); i += g.Lanes {
		rows[i] = 0
	}
}

// X is where step t's stimuli (S,L) are to be written.
func (g *Group) X(t int) []float32 { return g.x.of(g.tape.frame(t)) }

// Rows is a signal (N,L) of step t, nil for a name that the model lacks; "h" is
// the hidden state after the step.
func (g *Group) Rows(name string, t int) []float32 {
	r, ok := g.tape.find(name)
	if !ok {
		return nil
	}
	if name == "h" {
		t++
	}
	return r.of(g.tape.frame(t))
}

// Step runs step t: response, LSTM, and the modulation of the step after.
func (g *Group) Step(t int) {
	now, next := g.tape.frame(t), g.tape.frame(t+1)
	if g.closed != nil {
		g.stepClosed(now, next)
		return
	}
	g.path.respond(now)
	g.lstm.step(now, next)
	if g.anyClamp {
		g.applyClamp(g.l.of(now))
	}
	g.path.modulate(now, next)
	if g.anyFrozen {
		g.hold(now, next)
	}
}

// stepClosed is Step for closed-form feedback, which is there before the response.
func (g *Group) stepClosed(now, next []float32) {
	l := g.l.of(now)
	copy(l, g.closed.feedback())
	if g.anyClamp {
		g.applyClamp(l)
	}
	g.closed.arrive(now, g.frozen)
	g.path.respond(now)
	g.path.modulate(now, next)
}

// Freeze holds a lane's modulation as it is, or lets it go; the LSTM runs on unseen.
func (g *Group) Freeze(lane int, frozen bool) {
	g.frozen[lane] = frozen
	g.anyFrozen = false
	for _, f := range g.frozen {
		g.anyFrozen = g.anyFrozen || f
	}
}

// hold puts back what frozen lanes had.
func (g *Group) hold(now, next []float32) {
	from, to := g.held.of(now), g.held.of(next)
	for lane, frozen := range g.frozen {
		if frozen {
			for i := lane; i < len(from); i += g.Lanes {
				to[i] = from[i]
			}
		}
	}
}

// Clamp sets a feedback signal to a value in all lanes; NaN leaves it free again.
func (g *Group) Clamp(signal int, value float32) {
	g.clamp[signal] = value
	g.anyClamp = false
	for _, v := range g.clamp {
		g.anyClamp = g.anyClamp || v == v
	}
}

func (g *Group) applyClamp(l []float32) {
	for j, v := range g.clamp {
		if v == v {
			row := l[j*g.Lanes : (j+1)*g.Lanes]
			for i := range row {
				row[i] = v
			}
		}
	}
}

// SetContext tells a lane's context to a model whose feedback is closed-form; others
// have to find out by themselves. inverse gives W* (S,S), and is only called if needed.
func (g *Group) SetContext(lane int, inverse func() []float64) {
	if g.closed != nil {
		g.closed.setContext(lane, inverse())
	}
}
