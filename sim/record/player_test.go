package record

import (
	"math"
	"slices"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// playing is a player that has played a while, with noise.
func playing(t *testing.T, name string) *Player {
	t.Helper()
	net, src := network(t, name)
	p, err := NewPlayer(net, src, 4)
	if err != nil {
		t.Fatal(err)
	}
	p.SetContext(data.Normalised(0.1, 0.8))
	p.SetNoise(0.02)
	p.Advance(31)
	return p
}

// equal tells whether two recordings agree in the named signals, bit by bit.
func equal(a, b *Recording, names ...string) bool {
	for _, name := range names {
		s, r := a.Signal(name), b.Signal(name)
		if s == nil || r == nil || !slices.Equal(s.Data, r.Data) {
			return false
		}
	}
	return true
}

func names(r *Recording) (all []string) {
	for _, s := range r.Signals {
		all = append(all, s.Name)
	}
	return all
}

func TestAForkIsItsPlayer(t *testing.T) {
	for _, m := range models {
		p := playing(t, m)
		value := float32(0.3)
		p.Clamp(1, &value)
		p.Follow(Leg{data.Normalised(0.9, 0.2), 40})
		f := p.Fork()
		a, b := p.Advance(60), f.Advance(60)
		if !equal(a, b, names(a)...) {
			t.Errorf("%s: a fork plays something else", m)
		}
		f.Clamp(1, nil)
		f.SetContext(data.Normalised(0.8, 0.1))
		a, b = p.Advance(20), f.Advance(20)
		if equal(a, b, "x") || equal(a, b, "l") || !equal(a, b, "s") {
			t.Errorf("%s: what is done to a fork is done to its player, or to neither", m)
		}
	}
}

func TestANetworkBesideHasTheSameSamples(t *testing.T) {
	for _, m := range models {
		p := playing(t, spec.Spatial)
		p.Swap(true)
		other, _ := network(t, m)
		b, err := p.Beside(other)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if one, two := p.Advance(30), b.Advance(30); !equal(one, two, "s", "x") {
				t.Errorf("%s beside plays other samples", m)
			}
			for _, player := range []*Player{p, b} {
				player.Follow(Leg{data.Normalised(0.9, 0.2), 10})
			}
		}
	}
	three := spec.Default(spec.Modulation)
	three.Dim, three.Frequencies = 3, spec.DefaultFrequencies("chords", 3)
	net, err := model.New(three)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := playing(t, spec.Spatial).Beside(net); err == nil {
		t.Error("a network of three sources plays beside one of two")
	}
}

// Held by degrees the modulation goes a part of the way it would go if free.
func TestHoldingByDegrees(t *testing.T) {
	const h = 0.75
	for _, m := range models {
		name := model.Modulation(spec.Default(m))
		if name == "" || m == spec.Ideal { // whose modulation is there before the response
			continue
		}
		p := playing(t, m)
		held := p.Fork()
		held.Hold(h)
		was := p.Fork().Advance(1).Signal(name).Data
		free := p.Advance(2).Signal(name).Data[len(was):]
		got := held.Advance(2).Signal(name).Data[len(was):]
		for i := range got {
			if want := h*was[i] + (1-h)*free[i]; math.Abs(float64(got[i]-want)) > 1e-6*math.Max(1, math.Abs(float64(want))) {
				t.Errorf("%s: of %g, on its way to %g, became %g, want %g", m, was[i], free[i], got[i], want)
			}
		}
		held.Hold(0)
		p.Hold(1)
		a, b := p.Advance(30).Signal(name).Data, held.Advance(30).Signal(name).Data
		if n := len(was); !slices.Equal(a[n:2*n], a[29*n:]) || slices.Equal(b[n:2*n], b[29*n:]) {
			t.Errorf("%s: held at 1 it moves, or at 0 it rests", m)
		}
	}
}

func TestSilencedUnitsComeBack(t *testing.T) {
	for m, gain := range map[string]string{spec.Spatial: "m", spec.Dale: "p", spec.Ideal: "m"} {
		p := playing(t, m)
		p.Silence([]int{2, 5, 5000})
		rec := p.Advance(20)
		g, z := rec.Signal(gain), rec.Signal(model.Population(rec.Spec))
		for at := range 20 {
			for _, u := range []int{2, 5} {
				if g.Data[at*g.Width+u] != 0 || z.Data[at*z.Width+u] != 0 {
					t.Fatalf("%s: unit %d has the gain %g and the activity %g", m, u, g.Data[at*g.Width+u], z.Data[at*z.Width+u])
				}
			}
		}
		if g.Data[19*g.Width+3] == 0 {
			t.Errorf("%s: another unit is silent as well", m)
		}
		p.Silence(nil)
		if g := p.Advance(20).Signal(gain); g.Data[19*g.Width+2] == 0 {
			t.Errorf("%s: the unit stays silent", m)
		}
	}
}

func TestTauAtTest(t *testing.T) {
	p := playing(t, spec.Spatial)
	same, slow := p.Fork(), p.Fork()
	same.SetTau(7)
	same.SetTau(p.r.group.Net.Spec.Tau)
	slow.SetTau(1e5)
	a, b, c := p.Advance(40), same.Advance(40), slow.Advance(40)
	if !equal(a, b, names(a)...) {
		t.Error("there and back the network is another")
	}
	first := func(r *Recording) []float32 { return r.Signal("m").Data[:r.Signal("m").Width] }
	last := c.Signal("m").Data[39*c.Signal("m").Width:]
	if !equal(a, c, "s", "x") || !slices.Equal(first(a), first(c)) {
		t.Error("another time constant changes what was there before it")
	}
	for i, v := range last {
		if math.Abs(float64(v-first(c)[i])) > 1e-2 {
			t.Errorf("gain %d moved from %g to %g within 40 of 100,000 samples", i, first(c)[i], v)
		}
	}
	if equal(a, c, "m") {
		t.Error("the time constant changes nothing")
	}
}

func TestSwappedSources(t *testing.T) {
	p := playing(t, spec.Modulation)
	swapped := p.Fork()
	swapped.Swap(true)
	a, b := p.Advance(10).Signal("s").Data, swapped.Advance(10).Signal("s").Data
	for i := range 10 {
		if a[2*i] != b[2*i+1] || a[2*i+1] != b[2*i] || a[2*i] == a[2*i+1] {
			t.Fatalf("sources %v became %v", a[2*i:2*i+2], b[2*i:2*i+2])
		}
	}
}

// A course goes to its contexts in equal parts, sample by sample, however it is cut.
func TestACourse(t *testing.T) {
	p := playing(t, spec.Modulation)
	p.SetNoise(0)
	p.Follow(Leg{data.Normalised(0.5, 0.8), 4}, Leg{data.Normalised(0.5, 0), 2})
	want := []float64{0.2, 0.3, 0.4, 0.5, 0.5, 0.5, 0.5}
	rest := []int{3, 2, 1, 2, 1, 0, 0}
	for i, a := range want {
		rec := p.Advance(1)
		s, x := rec.Signal("s").Data, rec.Signal("x").Data
		if d := a*float64(s[0]) + (1-a)*float64(s[1]) - float64(x[0]); math.Abs(d) > 1e-6 {
			t.Errorf("sample %d is %g off its mixture", i, d)
		}
		leg, ok := p.Course()
		if leg.Samples != rest[i] || ok != (rest[i] > 0) {
			t.Errorf("after sample %d the way is %+v, %v", i, leg, ok)
		}
	}
	if c := p.Context(); !slices.Equal(c.A, []float64{0.5, 0.5, 0, 1}) {
		t.Errorf("it ends in %v", c.A)
	}
	p.Follow(Leg{data.Normalised(0.9, 0.1), 5})
	p.SetContext(data.Normalised(0.3, 0.7))
	p.Advance(3)
	if _, ok := p.Course(); ok || p.Context().A[0] != 0.3 {
		t.Error("a context that is set does not end the course")
	}
}
