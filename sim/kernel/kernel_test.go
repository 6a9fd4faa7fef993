package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

const (
	unit     = 1.0 / (1 << 24)             // the rounding unit of float32
	denormal = math.SmallestNonzeroFloat32 // the smallest step near 0
)

// Tests look at all that this processor can run, trusted or not.
func init() { sets = supported() }

// each runs one test body for every implementation.
func each(t *testing.T, body func(t *testing.T)) {
	before := Name()
	defer Use(before)
	for _, name := range Available() {
		if err := Use(name); err != nil {
			t.Fatal(err)
		}
		t.Run(name, body)
	}
}

// A yard hands out slices between guard values and notices when a guard changes.
type yard struct {
	t   *testing.T
	rng *rand.Rand
}

const (
	margin = 19 // odd, so that slices start off any vector boundary
	canary = float32(-12345.5)
)

func newYard(t *testing.T) *yard {
	t.Helper()
	return &yard{t, rand.New(rand.NewPCG(1, 2))}
}

// zeros returns n zeros between guards, which are checked when the test ends.
func (y *yard) zeros(n int) []float32 {
	whole := make([]float32, n+2*margin)
	for i := range whole {
		whole[i] = canary
	}
	s := whole[margin : margin+n : margin+n]
	clear(s)
	y.t.Cleanup(func() {
		for i, v := range whole {
			if (i < margin || i >= margin+n) && v != canary {
				y.t.Errorf("a slice of %d was written at %d", n, i-margin)
			}
		}
	})
	return s
}

// normal returns n standard normal values between guards.
func (y *yard) normal(n int) []float32 {
	s := y.zeros(n)
	for i := range s {
		s[i] = float32(y.rng.NormFloat64())
	}
	return s
}

// near fails unless got is within bound of want; NaN and infinities must agree.
func near(t *testing.T, what string, i int, got float32, want, bound float64) {
	t.Helper()
	g := float64(got)
	if math.IsNaN(want) && math.IsNaN(g) || g == want || math.Abs(g-want) <= bound {
		return
	}
	t.Errorf("%s[%d] = %v, want %v within %.2g", what, i, got, want, bound)
}

// TestSelfCheck checks that every implementation agrees with plain Go, and that
// one that computes something else is not trusted.
func TestSelfCheck(t *testing.T) {
	for _, s := range supported() {
		if !s.agrees() {
			t.Errorf("%s does not agree with plain Go", s.name)
		}
		wrong := *s
		wrong.relu = func(dst, src []float32) { copy(dst, src) }
		if trust := trusted([]*set{s, &wrong}); len(trust) != 1 || trust[0] != s {
			t.Errorf("%s with a wrong loop is trusted", s.name)
		}
	}
}

func TestUse(t *testing.T) {
	before := Name()
	defer Use(before)
	if names := Available(); names[0] != "generic" {
		t.Errorf("available: %v, want generic first", names)
	}
	for _, name := range Available() {
		if err := Use(name); err != nil || Name() != name {
			t.Errorf("Use(%q): %v, in use %q", name, err, Name())
		}
	}
	if err := Use("auto"); err != nil || Name() != sets[len(sets)-1].name {
		t.Errorf("Use(auto): %v, in use %q", err, Name())
	}
	used := Name()
	if err := Use("abacus"); err == nil || Name() != used {
		t.Errorf("Use(abacus): %v, in use %q, want an error and %q", err, Name(), used)
	}
}

func TestNothingAllocated(t *testing.T) {
	each(t, func(t *testing.T) {
		const n = 100 * Lanes
		wide, narrow := NewPanel(400, 100, Lanes), NewPanel(400, 100, 1)
		outer, lstm := NewOuter(100, 100, 2), NewLSTM(100, 100, Lanes)
		a, b, c := make([]float32, 6*n), make([]float32, 6*n), make([]float32, 6*n)
		dw := make([]float32, 100*100)
		allocs := testing.AllocsPerRun(10, func() {
			wide.Mul(a, b)
			wide.MulAdd(a, b)
			narrow.Mul(a, b)
			narrow.MulAdd(a, b)
			outer.Add(dw, 100, a, n, b, n, 2)
			lstm.Step(a, b, c)
			lstm.StepTape(a, b, dw, c)
			CellBack(c, a[:n], a[n:2*n], b)
			Times(a, b, c)
			Relu(a, b)
			Sigmoid(a, b)
			SmoothL1(a, b, 1, 1)
			Adam(a, b, c, c, AdamStep{Rate: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8, Bias1: .1, Bias2: .001})
			Norm(a)
		})
		if allocs != 0 {
			t.Errorf("%v allocations a round, want none", allocs)
		}
	})
}

func TestLengths(t *testing.T) {
	each(t, func(t *testing.T) {
		s := func(n int) []float32 { return make([]float32, n) }
		p := NewPanel(3, 2, Lanes)
		calls := map[string]func(){
			"NewPanel lanes": func() { NewPanel(3, 2, 8) },
			"Pack stride":    func() { p.Pack(s(6), 1) },
			"Pack short":     func() { p.Pack(s(5), 2) },
			"Mul dst":        func() { p.Mul(s(3*Lanes-1), s(2*Lanes)) },
			"MulAdd src":     func() { p.MulAdd(s(3*Lanes), s(2*Lanes-1)) },
			"Outer steps":    func() { NewOuter(1, 1, 1).Add(s(1), 1, s(64), 32, s(64), 32, 2) },
			"Outer dw":       func() { NewOuter(2, 2, 1).Add(s(3), 2, s(32), 32, s(32), 32, 1) },
			"LSTM Pack":      func() { NewLSTM(1, 2, Lanes).Pack(s(7), 2) },
			"Step src":       func() { NewLSTM(1, 2, Lanes).Step(s(16), s(16), s(31)) },
			"Step c":         func() { NewLSTM(1, 2, 1).Step(s(1), s(0), s(2)) },
			"StepTape tape":  func() { NewLSTM(1, 2, Lanes).StepTape(s(16), s(16), s(95), s(32)) },
			"CellBack d":     func() { CellBack(s(15), s(4), s(4), s(24)) },
			"Times":          func() { Times(s(4), s(4), s(5)) },
			"Leak":           func() { Leak(s(4), s(3), s(4), 1) },
			"Adam":           func() { Adam(s(4), s(4), s(4), s(3), AdamStep{}) },
		}
		for name, call := range calls {
			if !panics(call) {
				t.Errorf("%s: no panic", name)
			}
		}
	})
}

func panics(call func()) (did bool) {
	defer func() { did = recover() != nil }()
	call()
	return false
}

// special returns values at which float32 arithmetic is delicate, some normal
// ones between them.
func special() []float32 {
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	s := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 1e-41, -1e-41, 3e38, -3e38, inf, -inf, nan,
		87, -87, 88.7, -88.7, 89, -89, 104, -104, 1e9, -1e9, 0.5, 17}
	return s
}
