package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"unmixlab/sim/kernel/kerneltest"
	"unmixlab/sim/spec"
)

// small is a spec whose every tensor can be checked value by value.
func small(model string, change func(*spec.Spec)) spec.Spec {
	s := spec.Default(model)
	s.Hidden, s.Tau, s.Units, s.LowerUnits, s.Feedback, s.Width = 5, 3, 7, 4, 3, 1
	s.Batch, s.Steps, s.Seed = 3, 19, 7
	if change != nil {
		change(&s)
	}
	s.Frequencies = spec.DefaultFrequencies(s.Sources, s.Dim)
	return s
}

// gradientCases are every variant that can be trained, and what else may be set.
func gradientCases() map[string]spec.Spec {
	all := []string{"baseline", "wx", "readout", "inhibition"}
	cases := map[string]spec.Spec{
		"unmixing x":          small(spec.Unmixing, func(s *spec.Spec) { s.Input = "x" }),
		"modulation tau 1":    small(spec.Modulation, func(s *spec.Spec) { s.Tau = 1 }),
		"modulation add y":    small(spec.Modulation, func(s *spec.Spec) { s.Additive, s.Input = true, "y" }),
		"modulation 3":        small(spec.Modulation, func(s *spec.Spec) { s.Dim = 3 }),
		"modulation lambda":   small(spec.Modulation, func(s *spec.Spec) { s.Lambda = 0.01 }),
		"modulation smooth":   small(spec.Modulation, func(s *spec.Spec) { s.Smooth = 0.5 }),
		"dale smooth":         small(spec.Dale, func(s *spec.Spec) { s.Learn, s.Smooth = all, 0.5 }),
		"spatial box learned": small(spec.Spatial, func(s *spec.Spec) { s.Width, s.Learn = 0, []string{"baseline", "readout"} }),
		"spatial flat":        small(spec.Spatial, func(s *spec.Spec) { s.Width = 10 }),
		"dale exc":            small(spec.Dale, func(s *spec.Spec) { s.Target, s.Learn = "exc", all }),
		"dale inh":            small(spec.Dale, func(s *spec.Spec) { s.Target, s.Learn = "inh", all }),
		"dale fixed":          small(spec.Dale, func(s *spec.Spec) { s.Learn = nil }),
		"dale readout":        small(spec.Dale, func(s *spec.Spec) { s.Learn = []string{"readout"} }),
		"dale no inhibition":  small(spec.Dale, func(s *spec.Spec) { s.Inhibition, s.Learn = 0, []string{"baseline", "wx"} }),
	}
	for _, name := range spec.TrainableModels() {
		cases[name] = small(name, nil)
	}
	return cases
}

// setting draws stimuli and sources for both implementations.
func setting(sp spec.Spec, g *TapedGroup, rng *rand.Rand) (*naive, Loss) {
	n := &naive{sp: sp, w: map[string][]float64{}, path: naivePaths[sp.Model]}
	for _, t := range g.Net.Params.Tensors {
		w := make([]float64, len(t.Data))
		for i, v := range t.Data {
			w[i] = float64(v)
		}
		n.w[t.Name] = w
	}
	loss := Loss{Target: make([][]float32, sp.Dim), Active: sp.Batch, BatchRows: sp.Batch, Lambda: float32(sp.Lambda), Smooth: float32(sp.Smooth)}
	for t := range sp.Steps {
		x := g.X(t)
		clear(x)
		rows, target := make([][]float64, sp.Batch), make([]float64, sp.Dim)
		for j := range sp.Dim {
			v := float32(2 * rng.NormFloat64())
			loss.Target[j] = append(loss.Target[j], v)
			target[j] = float64(v)
			for b := range sp.Batch {
				x[j*g.Lanes+b] = float32(rng.NormFloat64())
				rows[b] = append(rows[b], float64(x[j*g.Lanes+b]))
			}
		}
		n.x, n.s = append(n.x, rows), append(n.s, target)
	}
	if p := g.Rows("p", 0); p != nil {
		for b := range sp.Batch {
			row := make([]float64, sp.Units)
			for i := range row {
				row[i] = float64(p[i*g.Lanes+b])
			}
			n.p0 = append(n.p0, row)
		}
	}
	return n, loss
}

// gradients are the loss without the cost of feedback, and the central differences of
// the whole loss with respect to every learned tensor, by name.
type gradients struct {
	loss float64
	by   map[string][]float64
}

func TestGradients(t *testing.T) {
	type compared struct {
		sp   spec.Spec
		want func() gradients // worked out once, for every kernel
	}
	cases := map[string]compared{}
	for title, sp := range gradientCases() {
		if _, ok := naivePaths[sp.Model]; !ok {
			t.Fatalf("%s has no float64 reference: give it one in naivePaths", sp.Model)
		}
		cases[title] = compared{sp, sync.OnceValue(func() gradients { return centralDifferences(sp) })}
	}
	kerneltest.Each(t, func(t *testing.T) {
		for title, c := range cases {
			t.Run(title, func(t *testing.T) {
				t.Parallel()
				checkGradients(t, c.sp, c.want())
			})
		}
	})
}

// begin makes a case's network and group, and what both implementations are given.
func begin(sp spec.Spec) (*TapedGroup, *naive, Loss) {
	net, err := New(sp)
	if err != nil {
		panic(err)
	}
	for _, t := range net.Params.Tensors { // also signs that the absolute value hides
		if t.Name == "W_HL" || t.Name == "W_IL" || t.Name == "W_HI" {
			for i := range t.Data {
				if i%3 == 0 {
					t.Data[i] = -t.Data[i]
				}
			}
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	g := net.NewTapedGroup(sp.Steps)
	g.Start(rng)
	ref, loss := setting(sp, g, rng)
	return g, ref, loss
}

func centralDifferences(sp spec.Spec) gradients {
	g, ref, _ := begin(sp)
	return ref.gradients(g)
}

// gradients are the reference's own, of the tensors that a group learns.
func (n *naive) gradients(g *TapedGroup) gradients {
	const step = 1e-5
	plain := *n
	plain.sp.Lambda, plain.sp.Smooth = 0, 0
	out := gradients{plain.loss(), map[string][]float64{}}
	for _, t := range g.Grad.Tensors {
		w := n.w[t.Name]
		for i, v := range w {
			w[i] = v + step
			up := n.loss()
			w[i] = v - step
			out.by[t.Name] = append(out.by[t.Name], (up-n.loss())/(2*step))
			w[i] = v
		}
	}
	return out
}

func checkGradients(t *testing.T, sp spec.Spec, want gradients) {
	g, _, loss := begin(sp)
	g.Forward()
	if got := g.Backward(loss); math.Abs(got-want.loss) > 1e-5*want.loss {
		t.Errorf("loss %g, float64 reference %g", got, want.loss)
	}
	for _, grad := range g.Grad.Tensors {
		compareGradient(t, grad, want.by[grad.Name])
	}
}

// TestGradientsEndWithTheWindow: in the second of two windows, states go on from the
// first, but the gradient does not reach back into it.
func TestGradientsEndWithTheWindow(t *testing.T) {
	for title, sp := range gradientCases() {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			g, ref, loss := begin(sp)
			const first, second = 10, 9 // together the 19 samples of a setting
			ref.window(first)
			want := ref.gradients(g)
			var later [][]float32
			for n := range second {
				later = append(later, slices.Clone(g.X(first+n)))
			}
			g.Steps = first
			g.Forward()
			g.Backward(loss) // leaves adjoints that are to be forgotten
			g.Carry()
			for n, x := range later {
				copy(g.X(n), x)
			}
			g.Steps, loss.From = second, first
			g.Forward()
			if got := g.Backward(loss); math.Abs(got-want.loss) > 1e-5*want.loss {
				t.Errorf("loss %g, float64 reference %g", got, want.loss)
			}
			for _, grad := range g.Grad.Tensors {
				compareGradient(t, grad, want.by[grad.Name])
			}
		})
	}
}

// compareGradient checks one tensor to 1e-5 of its largest entry.
func compareGradient(t *testing.T, grad Tensor, want []float64) {
	top := 0.0
	for _, v := range want {
		top = math.Max(top, math.Abs(v))
	}
	if top == 0 {
		t.Errorf("%s: the reference's gradient is zero, nothing is checked", grad.Name)
	}
	for i, v := range grad.Data {
		if math.Abs(float64(v)-want[i]) > 1e-5*top {
			t.Errorf("%s[%d]: gradient %g, central difference %g, largest %g", grad.Name, i, v, want[i], top)
			return
		}
	}
}
