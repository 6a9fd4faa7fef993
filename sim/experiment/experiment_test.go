package experiment

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/mat"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// paper is the paper's test of a network on sources of its own.
func paper(t testing.TB, n *model.Network) Setup {
	t.Helper()
	src, err := data.NewSources(n.Spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Paper(n, src)
}

// small is a setup that is played fast: an untrained network, 6 contexts of 300 samples.
func small(t testing.TB, kind string) Setup {
	t.Helper()
	n, err := model.New(spec.Default(kind))
	if err != nil {
		t.Fatal(err)
	}
	s := paper(t, n)
	s.Contexts, s.Samples = 6, 300
	return s
}

// ideal is the closed-form model.
var ideal = sync.OnceValues(modelfile.Ideal)

func idealNetwork(t testing.TB) *model.Network {
	t.Helper()
	f, err := ideal()
	if err != nil {
		t.Fatal(err)
	}
	return f.Network
}

func TestMeasureOfClosedForm(t *testing.T) {
	t.Parallel()
	s := paper(t, idealNetwork(t))
	n, err := Measure(t.Context(), s.Network, s.Sources)
	if err != nil {
		t.Fatal(err)
	}
	if n["contexts"] != 20 || n["clarity_y"] < 0.97 || n["late_error"] > 0.02 || n["decoding_r2_z"] < 0.99 || n["clarity_x"] > 0.7 {
		t.Errorf("closed-form feedback measures %v", n)
	}
}

// A network without middle units has neither a population to decode nor a component.
func TestModelsWithoutAPopulationHaveNoComponent(t *testing.T) {
	t.Parallel()
	s := small(t, spec.Modulation)
	if _, ok, err := FirstComponent(t.Context(), s.Network, s.Sources); ok || err != nil {
		t.Errorf("a modulation network has a component (%v, %v)", ok, err)
	}
	run, err := s.Test(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if run.Population() != nil {
		t.Error("a modulation network has a population")
	}
	for kind, signal := range map[string]string{spec.Spatial: "z", spec.Dale: "z_H", spec.Ideal: "z"} {
		if got := model.Population(small(t, kind).Network.Spec); got != signal {
			t.Errorf("the population of the %s model is %q, want %q", kind, got, signal)
		}
	}
}

// AC-3.6: closed-form feedback makes the effective weights W_ro diag(K l) W_x the
// inverse of the context, to 1e-9.
func TestIdealFeedbackInvertsEveryContext(t *testing.T) {
	t.Parallel()
	p := idealNetwork(t).Params
	wx, wro, k := p.Tensor("W_x").Data, p.Tensor("W_ro").Data, p.Tensor("K").Data
	basis := model.Basis(wx, wro, k, 2)
	for _, c := range data.Grid(20) {
		inverse := c.Inverse()
		var w mat.Dense
		w.Mul(basis, mat.NewDense(4, 1, model.IdealFeedback(wx, wro, k, 2, inverse)))
		for i, want := range inverse {
			if d := math.Abs(w.At(i, 0) - want); !(d < 1e-9) {
				t.Fatalf("entry %d in context %v is off by %g", i, c.A, d)
			}
		}
	}
}

func TestRunsAreCutIntoContexts(t *testing.T) {
	t.Parallel()
	s := small(t, spec.Spatial)
	run, err := s.Test(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Spans) != 6 || len(run.S) != 6 || len(run.Weights()) != 6 || len(run.Population()) != 6 {
		t.Fatalf("%d contexts, %d blocks of sources, want 6 of all", len(run.Spans), len(run.S))
	}
	if run.S[5].T() != 300 || run.Whole("s").T() != 1800 || run.At(299) != 0 || run.At(300) != 1 || run.At(1799) != 5 {
		t.Error("contexts are not where they belong in the recording")
	}
	if run.Blocks("w") != nil || run.Whole("w").N != 0 {
		t.Error("a spatial network has recorded weights")
	}
	freezing, err := s.Freeze(t.Context(), 1, components(t, s))
	if err != nil {
		t.Fatal(err)
	}
	first := freezing.First
	if len(first.Spans) != 2 || first.Spans[1].From != FreezeSamples || first.Spans[1].To != 2*FreezeSamples {
		t.Errorf("a context that begins frozen is cut into %v", first.Spans)
	}
}

func components(t *testing.T, s Setup) analysis.PCA {
	t.Helper()
	_, pca, err := s.Components(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return pca
}

// Without noise the inverse of each context gives the sources back, and the stimuli
// are those that the network was given.
func TestUnmixedAreTheSourcesWithoutNoise(t *testing.T) {
	t.Parallel()
	s := small(t, spec.Modulation)
	s.Noise = 0
	run, err := s.Test(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for k, u := range run.Unmixed() {
		for i, v := range u.Data {
			if d := math.Abs(float64(v - run.S[k].Data[i])); d > 1e-5 {
				t.Fatalf("context %d, value %d is off by %g", k, i, d)
			}
		}
	}
	_, x := s.Mixture(run.Contexts(), s.Samples)
	for k := range x {
		for i, v := range x[k].Data {
			if d := math.Abs(float64(v - run.X[k].Data[i])); d > 1e-6 {
				t.Fatalf("context %d: a control is given %g where the network has %g", k, v, run.X[k].Data[i])
			}
		}
	}
}

// Every experiment has draws of its own, which depend on the seed alone.
func TestExperimentsDrawContextsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := small(t, spec.Spatial)
	first := map[uint64][]float64{}
	for _, purpose := range []uint64{forTest, forComponents, forTurns, forReturn, forGrid} {
		drawn, err := s.draw(3, purpose)
		if err != nil {
			t.Fatal(err)
		}
		more, _ := s.draw(4, purpose)
		if !slices.Equal(drawn[2].A, more[2].A) {
			t.Error("how many contexts are drawn changes which they are")
		}
		for other, a := range first {
			if slices.Equal(a, drawn[0].A) {
				t.Errorf("experiments %d and %d begin with the same context", other, purpose)
			}
		}
		first[purpose] = drawn[0].A
	}
}

// The same contexts at all lengths, however many runs they are spread over.
func TestLengthsKeepTheContexts(t *testing.T) {
	t.Parallel()
	s := small(t, spec.Modulation)
	run, err := s.Test(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lengths := []int{50, 4000}
	byLength, err := s.AtLengths(t.Context(), lengths)
	if err != nil {
		t.Fatal(err)
	}
	if len(byLength[0]) != 1 || len(byLength[1]) != 2 {
		t.Errorf("contexts of 50 samples are in %d runs, of 4000 in %d", len(byLength[0]), len(byLength[1]))
	}
	for i, runs := range byLength {
		var contexts []data.Context
		for _, r := range runs {
			contexts = append(contexts, r.Contexts()...)
			if r.S[0].T() != lengths[i] {
				t.Errorf("a context has %d samples, want %d", r.S[0].T(), lengths[i])
			}
		}
		same := func(a, b data.Context) bool { return slices.Equal(a.A, b.A) }
		if !slices.EqualFunc(contexts, run.Contexts(), same) {
			t.Errorf("contexts of %d samples are others than the test's", lengths[i])
		}
	}
}

// Another time constant is for the test alone: the network keeps its own.
func TestTimeConstantsAreForTheTestAlone(t *testing.T) {
	t.Parallel()
	s := small(t, spec.Modulation)
	own, err := s.Test(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	runs, err := s.AtTimeConstants(t.Context(), []float64{s.Network.Spec.Tau, 300})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(runs[0].Y[0].Data, own.Y[0].Data) || slices.Equal(runs[1].Y[0].Data, own.Y[0].Data) {
		t.Error("with its own time constant a network does something else, or with another the same")
	}
	if s.Network.Spec.Tau != spec.Default(spec.Modulation).Tau {
		t.Errorf("the network's own time constant is now %g", s.Network.Spec.Tau)
	}
}

func TestCancelledExperimentsEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := small(t, spec.Spatial)
	conditions, err := s.Novel()
	if err != nil {
		t.Fatal(err)
	}
	for name, play := range map[string]func() error{
		"test":       func() error { _, err := s.Test(ctx); return err },
		"noise":      func() error { _, err := s.AtNoise(ctx, []float64{0, 0.1}); return err },
		"lengths":    func() error { _, err := s.AtLengths(ctx, []int{50}); return err },
		"conditions": func() error { _, err := s.Under(ctx, conditions); return err },
		"components": func() error { _, _, err := s.Components(ctx, 1); return err },
		"freeze":     func() error { _, err := s.Freeze(ctx, 1, analysis.PCA{}); return err },
		"grid":       func() error { _, err := s.Grid(ctx, 6); return err },
		"perceptron": func() error { _, err := s.Perceptron(ctx, nil, 1, 1); return err },
	} {
		if err := play(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s of a cancelled request: %v", name, err)
		}
	}
}
