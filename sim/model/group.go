package model

import "math/rand/v2"

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
	held       rows       // the modulation: what holding and silencing act upon
	done       interventions
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
	g.done = free(lanes, sp.Outputs())
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
	g.done.silence(g.held.of(now), g.Lanes)
	g.path.respond(now)
	g.lstm.step(now, next)
	g.done.clampSignals(g.l.of(now), g.Lanes)
	g.path.modulate(now, next)
	g.done.holdBack(g.held.of(next), g.held.of(now))
}

// stepClosed is Step for closed-form feedback, which is there before the response.
func (g *Group) stepClosed(now, next []float32) {
	l := g.l.of(now)
	copy(l, g.closed.feedback())
	g.done.clampSignals(l, g.Lanes)
	g.closed.arrive(now, g.done.hold)
	g.done.silence(g.held.of(now), g.Lanes)
	g.path.respond(now)
	g.path.modulate(now, next)
}

// Fork is a group that goes on from where g stands, with the same states and the same
// interventions. It is of network n, which has the weights of g's own and may differ in
// its time constant; g must be one that is only played.
func (g *Group) Fork(n *Network) *Group {
	f := n.NewGroup(g.Lanes)
	copy(f.tape.data, g.tape.data)
	if g.lstm != nil {
		copy(f.lstm.c, g.lstm.c)
	}
	if g.closed != nil {
		copy(f.closed.feedback(), g.closed.feedback())
	}
	f.done = g.done.clone()
	return f
}

// SetContext tells a lane's context to a model whose feedback is closed-form; others
// have to find out by themselves. inverse gives W* (S,S), and is only called if needed.
func (g *Group) SetContext(lane int, inverse func() []float64) {
	if g.closed != nil {
		g.closed.setContext(lane, inverse())
	}
}
