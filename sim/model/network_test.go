package model

import (
	"math"
	"math/rand/v2"
	"testing"

	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

func TestRingKernel(t *testing.T) {
	const units, signals, width = 100, 4, 0.2
	k := RingKernel(units, signals, width)
	for j := range signals {
		top, low, half := 0.0, 1.0, 0
		for i := range units {
			v := float64(k[i*signals+j])
			top, low = math.Max(top, v), math.Min(low, v)
			if v > 0.5 {
				half++
			}
			turned := float64(k[(i+units/signals)%units*signals+(j+1)%signals])
			if math.Abs(v-turned) > 1e-6 {
				t.Fatalf("unit %d, signal %d: %g, but %g a quarter turn on", i, j, v, turned)
			}
		}
		if top != 1 || math.Abs(low-math.Exp(-2/width)) > 1e-7 || half != 17 || k[j*units/signals*signals+j] != 1 {
			t.Errorf("signal %d: maximum %g, minimum %g, %d units above half", j, top, low, half)
		}
	}
	box := RingKernel(10, 3, 0)
	for i := range 10 {
		for j := range 3 {
			want := float32(0)
			if i/3 == j {
				want = 1
			}
			if box[i*3+j] != want {
				t.Errorf("box kernel at (%d,%d) is %g", i, j, box[i*3+j])
			}
		}
	}
	for _, v := range RingKernel(10, 3, spec.Uniform) {
		if v != 1 {
			t.Errorf("uniform kernel has %g", v)
		}
	}
}

// TestFilterStepResponse: after n samples the modulation has gone 1-(1-1/tau)^n of a
// step in the feedback.
func TestFilterStepResponse(t *testing.T) {
	sp := spec.Default(spec.Modulation)
	sp.Tau, sp.Hidden = 50, 3
	net, err := New(sp)
	if err != nil {
		t.Fatal(err)
	}
	clear(net.Params.data("readout.weight"))
	copy(net.Params.data("readout.bias"), []float32{1, -2, 3, 0.5})
	g := net.NewGroup(1)
	g.Reset(0, rand.New(rand.NewPCG(1, 1)), 0)
	for n := range 200 {
		share := 1 - math.Pow(1-1/sp.Tau, float64(n))
		for i, w := range g.Rows("w", n) {
			want := share * float64(net.Params.data("W0")[i]*net.Params.data("readout.bias")[i])
			if math.Abs(float64(w)-want) > 1e-5 {
				t.Fatalf("weight %d after %d samples is %g, want %g", i, n, w, want)
			}
		}
		g.Step(n)
	}
}

func TestIdealFeedbackInvertsTheContext(t *testing.T) {
	for _, dim := range []int{2, 3} {
		sp := spec.Default(spec.Ideal)
		sp.Dim, sp.Feedback = dim, dim*dim
		sp.Frequencies = spec.DefaultFrequencies(sp.Sources, dim)
		net, err := New(sp)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(5, 6))
		inverse := make([]float64, dim*dim)
		for i := range inverse {
			inverse[i] = rng.NormFloat64()
		}
		p := net.Params
		l := IdealFeedback(p.data("W_x"), p.data("W_ro"), p.data("K"), dim, inverse)
		for i := range dim {
			for j := range dim {
				var w float64
				for z := range sp.Units {
					var m float64
					for s, v := range l {
						m += float64(p.data("K")[z*len(l)+s]) * v
					}
					w += float64(p.data("W_ro")[i*sp.Units+z]) * m * float64(p.data("W_x")[z*dim+j])
				}
				if math.Abs(w-inverse[i*dim+j]) > 1e-9 {
					t.Errorf("dim %d: effective weight (%d,%d) is %g, want %g", dim, i, j, w, inverse[i*dim+j])
				}
			}
		}
	}
}

// TestDaleKeepsItsSigns: gains in (0,1), rates not negative, whatever the weights' signs.
func TestDaleKeepsItsSigns(t *testing.T) {
	sp := small(spec.Dale, nil)
	net, err := New(sp)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range net.Params.Flat {
		net.Params.Flat[i] += float32(rng.NormFloat64())
	}
	g := net.NewGroup(kernel.Lanes)
	for lane := range g.Lanes {
		g.Reset(lane, rng, 0.1)
	}
	for step := range 50 {
		for i := range g.X(step) {
			g.X(step)[i] = float32(rng.NormFloat64())
		}
		g.Step(step)
		for _, name := range []string{"z_L", "z_I", "z_H"} {
			for _, v := range g.Rows(name, step) {
				if v < 0 {
					t.Fatalf("%s is %g", name, v)
				}
			}
		}
		for _, v := range g.Rows("p", step+1) {
			if v <= 0 || v >= 1 {
				t.Fatalf("a gain is %g", v)
			}
		}
	}
}

func TestFreezeHoldsOneLaneAlone(t *testing.T) {
	for _, model := range spec.TrainableModels() {
		name := Modulation(spec.Default(model))
		if name == "" {
			continue
		}
		net, err := New(small(model, nil))
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, 2))
		g := net.NewGroup(kernel.Lanes)
		for lane := range g.Lanes {
			g.Reset(lane, rng, 0.1)
		}
		for step := range 20 {
			if step == 10 {
				g.Freeze(3, true)
			}
			for i := range g.X(step) {
				g.X(step)[i] = float32(rng.NormFloat64())
			}
			before := append([]float32(nil), g.Rows(name, step)...)
			g.Step(step)
			moved := 0
			for i, v := range g.Rows(name, step+1) {
				if v != before[i] {
					moved++
					if step >= 10 && i%g.Lanes == 3 {
						t.Fatalf("%s: lane 3 moved in step %d though frozen", model, step)
					}
				}
			}
			if moved == 0 {
				t.Fatalf("%s: nothing moves", model)
			}
		}
	}
}

func TestClampHoldsASignal(t *testing.T) {
	net, err := New(small(spec.Spatial, nil))
	if err != nil {
		t.Fatal(err)
	}
	g := net.NewGroup(1)
	g.Reset(0, rand.New(rand.NewPCG(1, 1)), 0)
	g.Clamp(1, 0.25)
	g.Step(0)
	if l := g.Rows("l", 0); l[1] != 0.25 || l[0] == 0.25 {
		t.Errorf("signals %v, want the second at 0.25", l)
	}
	g.Clamp(1, float32(math.NaN()))
	g.Step(1)
	if l := g.Rows("l", 1); l[1] == 0.25 {
		t.Error("the signal is held though it was let go")
	}
}

func TestNewRefusesASpecOutOfRange(t *testing.T) {
	sp := spec.Default(spec.Modulation)
	sp.Hidden = 0
	if _, err := New(sp); err == nil {
		t.Error("a network of no cells was made")
	}
}
