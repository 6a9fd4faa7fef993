package train

import (
	"math"
	"testing"

	"unmixlab/sim/spec"
)

// hurried is tiny with all of the fast recipe: five windows a context, a changing rate, a
// cost of feedback's change, shortened gradients.
func hurried(model string) spec.Spec {
	sp := tiny(model)
	sp.Window, sp.Schedule, sp.Warmup, sp.LR, sp.Smooth, sp.ClipNorm = 5, "cosine", 0.1, 3e-3, 0.01, 1
	return sp
}

func TestAWindowOfTheWholeContextIsThePapersWay(t *testing.T) {
	for _, m := range models {
		sp := tiny(m)
		sp.Window = sp.Steps
		whole, paper := start(t, sp), start(t, tiny(m))
		steps(t, whole, 3)
		steps(t, paper, 3)
		sameBits(t, whole, paper)
	}
}

// TestWindowsShareTheContext: with a rate too small to matter, a context's loss is the
// same in windows as in one piece: states, stimuli and sources go on across them.
func TestWindowsShareTheContext(t *testing.T) {
	for _, m := range models {
		sp := hurried(m)
		sp.LR = 1e-7
		still := tiny(m)
		still.LR = 1e-7
		windows, whole := start(t, sp), start(t, still)
		steps(t, windows, 3)
		steps(t, whole, 3)
		for i, l := range whole.losses {
			if math.Abs(l-windows.losses[i]) > 1e-5*l {
				t.Errorf("%s: loss of batch %d is %g in windows, %g in one piece", m, i+1, windows.losses[i], l)
			}
		}
	}
}

func TestWindowsTakeLessTape(t *testing.T) {
	one, five := start(t, tiny(spec.Spatial)), start(t, hurried(spec.Spatial))
	if 4*five.Bytes() > one.Bytes()*4/3 {
		t.Errorf("the tape of a fifth of a context takes %d bytes, of the whole %d", five.Bytes(), one.Bytes())
	}
}

func TestNothingAllocatedPerWindow(t *testing.T) {
	for _, m := range models {
		tr := start(t, hurried(m))
		if n := testing.AllocsPerRun(20, func() { steps(t, tr, 1) }); n >= 1 {
			t.Errorf("%s: %v allocations a batch", m, n)
		}
	}
}

func TestRate(t *testing.T) {
	sp := spec.Default(spec.Modulation)
	sp.LR = 0.5
	for _, c := range []struct {
		schedule     string
		warmup, step float64
		want         float64
	}{
		{"constant", 0, 1, 0.5},
		{"constant", 0, 1000, 0.5},
		{"constant", 0.1, 1, 0.005},
		{"constant", 0.1, 50, 0.25},
		{"constant", 0.1, 100, 0.5},
		{"cosine", 0, 500, 0.25},
		{"cosine", 0, 1000, 0},
		{"cosine", 0.2, 200, 0.5},
		{"cosine", 0.2, 600, 0.25},
		{"cosine", 0.2, 1000, 0},
	} {
		sp.Schedule, sp.Warmup = c.schedule, c.warmup
		if got := rate(sp, c.step, 1000); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s, warm-up %g: rate %g in step %g of 1000, want %g", c.schedule, c.warmup, got, c.step, c.want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		length float64
		want   []float32
	}{{0, []float32{3, 0, -4}}, {10, []float32{3, 0, -4}}, {5, []float32{3, 0, -4}}, {1, []float32{0.6, 0, -0.8}}} {
		grad := []float32{3, 0, -4}
		shorten(grad, 5, c.length)
		for i, v := range grad {
			if math.Abs(float64(v-c.want[i])) > 1e-6 {
				t.Errorf("to length %g: %v, want %v", c.length, grad, c.want)
				break
			}
		}
	}
}

// TestLongGradientsAreShortened: with so short a limit Adam's first step is the sign of
// the gradient as before, but its second moment keeps the limit.
func TestLongGradientsAreShortened(t *testing.T) {
	sp := tiny(spec.Dale)
	sp.ClipNorm, sp.Clip = 1e-3, 0
	tr := start(t, sp)
	p, err := tr.Step()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, v := range tr.v {
		sum += float64(v)
	}
	if length := math.Sqrt(sum / (1 - beta2)); math.Abs(length-1e-3) > 1e-6 || p.GradNorm < 1 {
		t.Errorf("a gradient of length %g was shortened to %g, want 0.001", p.GradNorm, length)
	}
}
