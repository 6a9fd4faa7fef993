package model

import (
	"math"

	"unmixlab/sim/spec"
)

// naive is an independent float64 forward pass, written from the equations alone:
// one row at a time, plain loops, no tape. Gradients are checked against its
// central differences.
type naive struct {
	sp spec.Spec
	w  map[string][]float64
	x  [][][]float64 // (T,B,S)
	s  [][]float64   // (T,S)
	p0 [][]float64   // (B,Z)
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
	sp, rows := n.sp, float64(len(n.x[0]))
	h, c := make([]float64, sp.Hidden), make([]float64, sp.Hidden)
	var mod, gain []float64
	switch sp.Model {
	case spec.Unmixing, spec.Modulation:
		mod = make([]float64, sp.Dim*sp.Dim)
	case spec.Spatial:
		mod = make([]float64, sp.Units)
	case spec.Dale:
		mod, gain = make([]float64, sp.Feedback), append([]float64(nil), n.p0[b]...)
	}
	var sum float64
	for t := range n.x {
		x := n.x[t][b]
		y := n.respond(x, mod, gain)
		h, c = n.lstm(x, y, h, c)
		l := times(n.w["readout.weight"], h)
		for i := range l {
			l[i] += n.w["readout.bias"][i]
			sum += sp.Lambda * math.Abs(l[i])
		}
		if sp.Model == spec.Direct {
			y = l
		}
		for i, v := range y {
			d := math.Abs(v - n.s[t][i])
			if d < 1 {
				sum += d * d / 2 / rows / float64(sp.Dim)
			} else {
				sum += (d - 0.5) / rows / float64(sp.Dim)
			}
		}
		mod, gain = n.modulate(mod, gain, l)
	}
	return sum
}

func (n *naive) respond(x, mod, gain []float64) []float64 {
	switch n.sp.Model {
	case spec.Unmixing, spec.Modulation:
		return times(mod, x)
	case spec.Spatial:
		z := times(n.w["W_x"], x)
		for i := range z {
			z[i] *= mod[i]
		}
		return times(n.w["W_ro"], z)
	case spec.Dale:
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
	return make([]float64, n.sp.Dim)
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

func (n *naive) modulate(mod, gain, l []float64) (modNew, gainNew []float64) {
	sp := n.sp
	target, rate := l, 1/sp.Tau
	switch sp.Model {
	case spec.Direct:
		return mod, gain
	case spec.Unmixing:
		rate = 1
	case spec.Modulation:
		target = make([]float64, len(l))
		for i := range l {
			if target[i] = n.w["W0"][i] * l[i]; sp.Additive {
				target[i] = n.w["W0"][i] + l[i]
			}
		}
	case spec.Spatial:
		target = times(n.w["K"], l)
	}
	modNew = make([]float64, len(mod))
	for i := range mod {
		modNew[i] = mod[i] + rate*(target[i]-mod[i])
	}
	if sp.Model == spec.Dale {
		gainNew = times(n.w["K"], modNew)
		for i := range gainNew {
			gainNew[i] = sigma(-gainNew[i])
		}
	}
	return modNew, gainNew
}
