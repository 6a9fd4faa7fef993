package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"unmixlab/sim/model"
)

func normals(rng *rand.Rand, n int, sd float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(sd * rng.NormFloat64())
	}
	return v
}

// context draws a normalised context as the paper does, row-major.
func context(rng *rand.Rand) [4]float64 {
	for {
		a, b := drawRow(rng), drawRow(rng)
		if math.Abs(a-b) > 0.2 {
			return [4]float64{a, 1 - a, b, 1 - b}
		}
	}
}

func drawRow(rng *rand.Rand) float64 {
	u, v := rng.Float64(), rng.Float64()
	return u / (u + v)
}

// kernelOf is the ring kernel of four signals, width 0.2, for 100 units.
func kernelOf() []float32 {
	k := make([]float32, 400)
	for i := range 100 {
		for j := range 4 {
			k[i*4+j] = float32(math.Exp((math.Cos(2*math.Pi*(float64(i)/100-float64(j)/4)) - 1) / 0.2))
		}
	}
	return k
}

func TestFourSignalsReachEveryContextAndTwoDoNot(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	basis := model.Basis(normals(rng, 200, 0.5), normals(rng, 200, 0.5), kernelOf(), 2)
	two := mat.DenseCopyOf(basis.Slice(0, 4, 0, 2))
	for range 20 {
		a := context(rng)
		full := ReachOf(basis, a[:], 2)
		near(t, "clarity", full.Clarity, 1, 1e-9)
		near(t, "error", full.Error, 0, 1e-9)
		var w mat.Dense
		w.Mul(basis, mat.NewDense(4, 1, full.Feedback))
		det := a[0]*a[3] - a[1]*a[2]
		for i, want := range []float64{a[3] / det, -a[1] / det, -a[2] / det, a[0] / det} {
			near(t, "effective weight", w.At(i, 0), want, 1e-9)
		}
		if part := ReachOf(two, a[:], 2); part.Error < 0.05 {
			t.Errorf("two signals leave an error of only %.3f", part.Error)
		}
	}
}

func TestEffectiveWeightsAreTheBasisTimesFeedback(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	wx, wro, k := normals(rng, 200, 0.5), normals(rng, 200, 0.5), kernelOf()
	l := []float64{1, -0.5, 2, 0.25}
	m := Block{100, make([]float32, 100)}
	for z := range 100 {
		for j, v := range l {
			m.Data[z] += k[z*4+j] * float32(v)
		}
	}
	w := EffectiveWeights(m, wx, wro, 2)
	var want mat.Dense
	want.Mul(model.Basis(wx, wro, k, 2), mat.NewDense(4, 1, l))
	for i := range 4 {
		near(t, "entry", float64(w.Data[i]), want.At(i, 0), 1e-4)
	}
}

func TestInverseIsLinearInWhatIsQuadraticForTheContext(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	var in, ab, inverse [][]float64
	for range 200 {
		a := context(rng)
		det := a[0]*a[3] - a[1]*a[2]
		w := []float64{a[3] / det, -a[1] / det, -a[2] / det, a[0] / det}
		in = append(in, []float64{w[0] + 2*w[1], w[1] - w[2], w[3] + w[0], 3 * w[2]})
		ab = append(ab, []float64{a[0], a[2]})
		inverse = append(inverse, w)
	}
	linear, err := CrossValidate(Rows(in), Rows(ab), 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	quadratic, _ := CrossValidate(Quadratic(Rows(in)), Rows(ab), 5, 1)
	inv, _ := CrossValidate(Rows(in), Rows(inverse), 5, 1)
	near(t, "inverse", inv.R2, 1, 1e-6)
	if quadratic.R2 < linear.R2+0.1 {
		t.Errorf("quadratic %.2f, linear %.2f: want the first clearly better", quadratic.R2, linear.R2)
	}
	if _, err := CrossValidate(Rows(in[:6]), Rows(ab[:6]), 5, 1); err == nil {
		t.Error("six rows in five folds, and no error")
	}
}

func TestIndependentComponentsUnmixOneContext(t *testing.T) {
	s := waves()
	x := mix(s, [4]float64{0.7, 0.3, 0.2, 0.8})
	c, ok := FastICA(x, 1)
	if !ok || !c.Converged {
		t.Fatalf("ok %v, converged %v", ok, c.Converged)
	}
	if got := SignalClarity([]Block{s}, []Block{c.Apply(x)}).PerContext[0]; got < 0.99 {
		t.Errorf("clarity of components %.3f, want near 1", got)
	}
	if _, ok := FastICA(mix(s, [4]float64{1, 0, 1, 0}), 1); ok {
		t.Error("components of stimuli that span one dimension")
	}
}

func TestLinearControlOnlyHoldsInItsOwnContext(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	s := waves()
	var ss, xs []Block
	var all [][4]float64
	for range 10 {
		a := context(rng)
		all = append(all, a)
		ss, xs = append(ss, s), append(xs, mix(s, a))
	}
	distance := func(i, j int) float64 {
		sum := 0.0
		for k := range 4 {
			sum += (all[i][k] - all[j][k]) * (all[i][k] - all[j][k])
		}
		return math.Sqrt(sum)
	}
	p := PairwiseRegression(ss, xs, distance)
	if p.Same.Mean < 0.99 || p.Other.Mean > p.Same.Mean-0.2 || len(p.Values) != 90 {
		t.Errorf("same %.2f, other %.2f over %d pairs", p.Same.Mean, p.Other.Mean, len(p.Values))
	}
	if fixed := Describe(FixedReadout(ss, xs, 5)); fixed.N != 5 || fixed.Mean > 0.8 {
		t.Errorf("a fixed readout reaches %.2f in %d contexts", fixed.Mean, fixed.N)
	}
}

func TestPerceptronGradientsEqualDifferences(t *testing.T) {
	p := NewPerceptron(3, 2, 5, 4, 2)
	in, target := [][]float64{{0.3, -0.8}, {-0.5, 0.2}}, [][]float64{{1, -1}, {0.5, 0}}
	loss := func() float64 {
		sum := 0.0
		for i := range in {
			for j, v := range p.Forward(in[i]) {
				sum += (v - target[i][j]) * (v - target[i][j]) / 4
			}
		}
		return sum
	}
	p.gradients(in, target)
	for k, w := range p.weights {
		for i := range w {
			const h = 1e-6
			w[i] += h
			up := loss()
			w[i] -= 2 * h
			down := loss()
			w[i] += h
			near(t, "gradient", p.grads[2*k][i], (up-down)/(2*h), 1e-6)
		}
	}
}

func TestPerceptronLearnsAFixedMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 20))
	p := NewPerceptron(1, 2, 32, 16, 8, 2)
	var loss float64
	for range 1500 {
		var in, target [][]float64
		for range 32 {
			a, b := 2*rng.Float64()-1, 2*rng.Float64()-1
			in, target = append(in, []float64{a, b}), append(target, []float64{a - b, 0.5 * b})
		}
		loss = p.Learn(in, target)
	}
	if loss > 0.005 {
		t.Errorf("mean squared error %.4f after 1500 batches", loss)
	}
}

func TestSwitchTellsWithinFromBetween(t *testing.T) {
	var m []Block
	for k := range 4 {
		b := Block{1, make([]float32, 1000)}
		for t := range b.Data {
			b.Data[t] = float32(k) + 0.1*float32(t%2)
		}
		m = append(m, b)
	}
	s := Switch(m)
	near(t, "within", s.Within, 0.05, 1e-6)
	near(t, "between", s.Between, math.Sqrt(1.25), 1e-6)
}
