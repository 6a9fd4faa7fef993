package model

import (
	"math"

	"unmixlab/sim/spec"
)

// naive is an independent float64 forward pass, written from the equations alone:
// one row at a time, plain loops, no tape. Gradients are checked against its
// central differences.
type naive struct {
	sp   spec.Spec
	w    map[string][]float64
	x    [][][]float64 // (T,B,S)
	s    [][]float64   // (T,S)
	p0   [][]float64   // (B,Z), gains before the first step
	path naivePath

	from  int          // the loss is summed from this sample on
	start []naiveState // of every row at that sample; nil: from rest at sample 0
}

// naiveState is what a row carries from one sample to the next.
type naiveState struct{ h, c, mod []float64 }

// naivePath is a pathway in float64. What it carries from step to step begins with
// start, which is zero as long as the modulation unless it says otherwise.
type naivePath struct {
	start    func(n *naive, row int) []float64
	respond  func(n *naive, x, mod []float64) (y []float64)
	modulate func(n *naive, mod, l []float64) (next []float64)
	output   func(y, l []float64) []float64 // nil: y
}

// naivePaths has one for every variant that can be trained.
var naivePaths = map[string]naivePath{
	spec.Unmixing: {
		start:    func(n *naive, _ int) []float64 { return make([]float64, n.sp.Dim*n.sp.Dim) },
		respond:  func(_ *naive, x, w []float64) []float64 { return times(w, x) },
		modulate: func(_ *naive, _, l []float64) []float64 { return l },
	},
	spec.Modulation: {
		start:    func(n *naive, _ int) []float64 { return make([]float64, n.sp.Dim*n.sp.Dim) },
		respond:  func(_ *naive, x, w []float64) []float64 { return times(w, x) },
		modulate: naiveModulation,
	},
	spec.Spatial: {
		start:    func(n *naive, _ int) []float64 { return make([]float64, n.sp.Units) },
		respond:  naiveSpatial,
		modulate: func(n *naive, m, l []float64) []float64 { return n.leak(m, times(n.w["K"], l)) },
	},
	spec.Dale: {
		start:    func(n *naive, row int) []float64 { return append(make([]float64, n.sp.Feedback), n.p0[row]...) },
		respond:  naiveDale,
		modulate: naiveGains,
	},
	spec.Direct: {
		start:    func(*naive, int) []float64 { return nil },
		respond:  func(n *naive, _, _ []float64) []float64 { return make([]float64, n.sp.Dim) },
		modulate: func(*naive, []float64, []float64) []float64 { return nil },
		output:   func(_, l []float64) []float64 { return l },
	},
}

// leak moves mod by 1/tau of its distance from the target.
func (n *naive) leak(mod, target []float64) []float64 {
	next := make([]float64, len(mod))
	for i := range mod {
		next[i] = mod[i] + (target[i]-mod[i])/n.sp.Tau
	}
	return next
}

func naiveModulation(n *naive, w, l []float64) []float64 {
	target := make([]float64, len(l))
	for i := range l {
		if target[i] = n.w["W0"][i] * l[i]; n.sp.Additive {
			target[i] = n.w["W0"][i] + l[i]
		}
	}
	return n.leak(w, target)
}

func naiveSpatial(n *naive, x, m []float64) []float64 {
	z := times(n.w["W_x"], x)
	for i := range z {
		z[i] *= m[i]
	}
	return times(n.w["W_ro"], z)
}

// naiveDale is given m (M) and then p (Z).
func naiveDale(n *naive, x, mod []float64) []float64 {
	gain := mod[n.sp.Feedback:]
	low := rectify(times(n.w["W_Lx"], x))
	exc := times(abs64(n.w["W_HL"]), low)
	inh := make([]float64, n.sp.Units)
	if n.sp.Inhibitory() > 0 {
		inh = times(abs64(n.w["W_HI"]), rectify(times(abs64(n.w["W_IL"]), low)))
	}
	z := make([]float64, n.sp.Units)
	for i := range z {
		switch n.sp.Target {
		case "exc":
			z[i] = gain[i]*exc[i] - inh[i]
		case "inh":
			z[i] = exc[i] - gain[i]*inh[i]
		default:
			z[i] = gain[i] * (exc[i] - inh[i])
		}
	}
	return times(n.w["W_ro"], rectify(z))
}

func naiveGains(n *naive, mod, l []float64) []float64 {
	m := n.leak(mod[:n.sp.Feedback], l)
	p := times(n.w["K"], m)
	for i := range p {
		p[i] = sigma(-p[i])
	}
	return append(m, p...)
}

func (n *naive) loss() float64 {
	var sum float64
	rows := len(n.x[0])
	for b := range rows {
		sum += n.row(b)
	}
	return sum
}

func sigma(a float64) float64 { return 1 / (1 + math.Exp(-a)) }

func times(w []float64, x []float64) []float64 {
	out := make([]float64, len(w)/max(1, len(x)))
	for i := range out {
		for j, v := range x {
			out[i] += w[i*len(x)+j] * v
		}
	}
	return out
}

func abs64(w []float64) []float64 {
	out := make([]float64, len(w))
	for i, v := range w {
		out[i] = math.Abs(v)
	}
	return out
}

func rectify(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Max(0, v)
	}
	return out
}

// row is what one row of the batch adds to the loss.
func (n *naive) row(b int) float64 {
	at := n.rest(b)
	if n.start != nil {
		at = n.start[b]
	}
	sum, _ := n.run(b, at, n.from, len(n.x))
	return sum
}

// rest is how row b begins.
func (n *naive) rest(b int) naiveState {
	return naiveState{make([]float64, n.sp.Hidden), make([]float64, n.sp.Hidden), n.path.start(n, b)}
}

// window makes the loss that of the samples from `from` on alone, with the states that
// the present weights reach there: what comes before is no longer differentiated.
func (n *naive) window(from int) {
	n.start, n.from = nil, from
	for b := range n.x[0] {
		_, at := n.run(b, n.rest(b), 0, from)
		n.start = append(n.start, at)
	}
}

// run is the loss of samples from..to of row b and the state after them.
func (n *naive) run(b int, at naiveState, from, to int) (float64, naiveState) {
	sp, rows := n.sp, float64(len(n.x[0]))
	h, c, mod := at.h, at.c, at.mod
	var sum float64
	var last []float64 // l of the step before, nil in the first
	for t := from; t < to; t++ {
		x := n.x[t][b]
		y := n.path.respond(n, x, mod)
		h, c = n.lstm(x, y, h, c)
		l := times(n.w["readout.weight"], h)
		for i := range l {
			l[i] += n.w["readout.bias"][i]
			sum += sp.Lambda * math.Abs(l[i])
			if last != nil {
				sum += sp.Smooth * (l[i] - last[i]) * (l[i] - last[i])
			}
		}
		last = l
		if n.path.output != nil {
			y = n.path.output(y, l)
		}
		for i, v := range y {
			d := math.Abs(v - n.s[t][i])
			if d < 1 {
				sum += d * d / 2 / rows / float64(sp.Dim)
			} else {
				sum += (d - 0.5) / rows / float64(sp.Dim)
			}
		}
		mod = n.path.modulate(n, mod, l)
	}
	return sum, naiveState{h, c, mod}
}

func (n *naive) lstm(x, y, h, c []float64) (hNew, cNew []float64) {
	var in []float64
	switch n.sp.Input {
	case "x":
		in = x
	case "y":
		in = y
	default:
		in = append(append(in, x...), y...)
	}
	a, r := times(n.w["lstm.weight_ih"], in), times(n.w["lstm.weight_hh"], h)
	hid := n.sp.Hidden
	hNew, cNew = make([]float64, hid), make([]float64, hid)
	gate := func(g, u int) float64 {
		i := g*hid + u
		return a[i] + r[i] + n.w["lstm.bias_ih"][i] + n.w["lstm.bias_hh"][i]
	}
	for u := range hid {
		cNew[u] = sigma(gate(1, u))*c[u] + sigma(gate(0, u))*math.Tanh(gate(2, u))
		hNew[u] = sigma(gate(3, u)) * math.Tanh(cNew[u])
	}
	return hNew, cNew
}
