package static

import (
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"gonum.org/v1/gonum/mat"

	"unmixlab/sim/analysis"
	"unmixlab/web"
	"unmixlab/web/chart"
)

var update = flag.Bool("update", false, "write test/fixtures.json anew")

// fixtures are inputs of what the page's scripts compute by themselves, and what Go
// makes of them. The scripts' tests (static/test) must come to the same.
type fixtures struct {
	Stretches [2]stretch    `json:"stretches"`
	Angle     float64       `json:"angle"`      // between the planes of the stretches, degrees
	Near      [2][3]float64 `json:"near"`       // two planes nearly alike: k1, k2, k0
	NearAngle float64       `json:"near_angle"` // between them, degrees
	Weights   []weights     `json:"weights"`
	Numbers   []written     `json:"numbers"`
	Counts    []written     `json:"counts"`
	Durations []written     `json:"durations"`
}

// stretch is T samples of a population seen along its outputs and one component.
type stretch struct {
	S     []float32  `json:"s"` // (T,2)
	Y     []float32  `json:"y"` // (T,2)
	PC1   []float32  `json:"pc1"`
	Plane [3]float64 `json:"plane"` // k1, k2, k0 of pc1 = k1·y1 + k2·y2 + k0
	R     []float64  `json:"r"`     // of output i with source j, (2,2)
	Error float64    `json:"error"` // mean ‖s-y‖ of the last 20 samples
}

// weights is y = W x with noise, and W fitted to samples that weigh 0.99 of the next.
type weights struct {
	N int       `json:"n"`
	X []float32 `json:"x"` // (T,N)
	Y []float32 `json:"y"` // (T,N)
	W []float64 `json:"w"` // (N,N)
}

type written struct {
	Value float64 `json:"value"`
	Text  string  `json:"text"`
}

func TestScriptsAreTestedAgainstWhatGoComputes(t *testing.T) {
	made, err := json.Marshal(compute())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("test", "fixtures.json")
	if *update {
		if err := os.WriteFile(file, append(made, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(made, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(kept, &got); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if where := differ("", want, got); where != "" {
		t.Errorf("%s is not what Go computes at %s: go test ./static -update writes it anew", file, where)
	}
}

// differ names the first place where two JSON values differ, or "". Numbers may
// differ by what another processor rounds otherwise.
func differ(at string, a, b any) string {
	switch x := a.(type) {
	case float64:
		y, ok := b.(float64)
		if !ok || math.Abs(x-y) > 1e-9*(1+math.Abs(x)) {
			return at
		}
	case map[string]any:
		y, _ := b.(map[string]any)
		if len(x) != len(y) {
			return at
		}
		for k := range x {
			if where := differ(at+"."+k, x[k], y[k]); where != "" {
				return where
			}
		}
	case []any:
		y, _ := b.([]any)
		if len(x) != len(y) {
			return at
		}
		for i := range x {
			if where := differ(at, x[i], y[i]); where != "" {
				return where
			}
		}
	default:
		if a != b {
			return at
		}
	}
	return ""
}

func compute() fixtures {
	r := rand.New(rand.NewPCG(1, 0))
	f := fixtures{
		Stretches: [2]stretch{newStretch(r, 0.8, -0.3, 0.1), newStretch(r, -0.5, 1.4, 0.2)},
		Near:      [2][3]float64{{0.8, -0.3, 0}, {0.8 + 1e-7, -0.3, 0}},
		Weights:   []weights{newWeights(r, 2), newWeights(r, 3)},
	}
	f.Angle = analysis.Angle(f.Stretches[0].normal(), f.Stretches[1].normal())
	f.NearAngle = analysis.Angle(normal(f.Near[0]), normal(f.Near[1]))
	for _, v := range []float64{0, 1, -1, 12.345, 0.98765, -0.0123, 0.00101, 99999.4, 1e5, 123456, -4.26e-5, 3e-7, 2e9, 999.96} {
		f.Numbers = append(f.Numbers, written{v, chart.Text(v)})
	}
	for _, n := range []int{0, 7, 999, 1000, 25000, 1234567} {
		f.Counts = append(f.Counts, written{float64(n), web.Count(n)})
	}
	for _, s := range []float64{0.0014, 0.02, 0.7, 5, 59, 61, 3599, 7260, 90000, -1, 2e9} {
		f.Durations = append(f.Durations, written{s, web.Duration(s)})
	}
	return f
}

// newStretch is 160 samples whose population lies near pc1 = k1·y1 + k2·y2 + k0.
func newStretch(r *rand.Rand, k1, k2, k0 float64) stretch {
	const samples = 160
	var st stretch
	for t := range samples {
		s := []float64{math.Sin(0.31 * float64(t)), math.Sin(0.47*float64(t) + 1)}
		y := []float64{s[0] + 0.1*s[1] + 0.05*r.NormFloat64(), 0.9*s[1] + 0.05*r.NormFloat64()}
		pc1 := k1*y[0] + k2*y[1] + k0 + 0.1*r.NormFloat64()
		st.S, st.Y, st.PC1 = append(st.S, rounded(s...)...), append(st.Y, rounded(y...)...), append(st.PC1, rounded(pc1)...)
	}
	s, y, pc1 := analysis.Block{N: 2, Data: st.S}, analysis.Block{N: 2, Data: st.Y}, analysis.Block{N: 1, Data: st.PC1}
	fit := analysis.FitLinear(columns(y), columns(pc1))
	st.Plane = [3]float64{fit.Weights.At(0, 0), fit.Weights.At(1, 0), fit.Intercept[0]}
	r2 := analysis.Correlate(s, y)
	st.R = []float64{r2.At(0, 0), r2.At(1, 0), r2.At(0, 1), r2.At(1, 1)}
	st.Error = analysis.MeanError(s.Slice(samples-20, samples), y.Slice(samples-20, samples))
	return st
}

func (s stretch) normal() analysis.Normal {
	y := analysis.Block{N: 2, Data: s.Y}
	return analysis.FitPlane(y.Column(0), y.Column(1), analysis.Block{N: 1, Data: s.PC1}.Column(0))
}

// normal is that of the plane c = k1·a + k2·b + k0.
func normal(k [3]float64) analysis.Normal {
	size := math.Hypot(math.Hypot(k[0], k[1]), 1)
	return analysis.Normal{k[0] / size, k[1] / size, -1 / size}
}

// newWeights is 170 samples of n signals, with W by weighted least squares.
func newWeights(r *rand.Rand, n int) weights {
	const samples = 170
	w := weights{N: n}
	for t := range samples {
		x, y := make([]float64, n), make([]float64, n)
		for j := range n {
			x[j] = math.Sin(float64(t)*(0.2+0.13*float64(j))) + 0.1*r.NormFloat64()
		}
		for i := range n {
			y[i] = 0.02 * r.NormFloat64()
			for j := range n {
				y[i] += x[j] * math.Cos(float64(1+i*n+j))
			}
		}
		w.X, w.Y = append(w.X, rounded(x...)...), append(w.Y, rounded(y...)...)
	}
	x, y := columns(analysis.Block{N: n, Data: w.X}), columns(analysis.Block{N: n, Data: w.Y})
	for t := range samples {
		weight := math.Pow(0.99, float64(samples-1-t)/2)
		for j := range n {
			x.Set(t, j, weight*x.At(t, j))
			y.Set(t, j, weight*y.At(t, j))
		}
	}
	var fit mat.Dense
	if err := fit.Solve(x, y); err != nil {
		panic(err)
	}
	w.W = mat.DenseCopyOf(fit.T()).RawMatrix().Data
	return w
}

// columns are the columns of a block, (T,N).
func columns(b analysis.Block) *mat.Dense {
	m := mat.NewDense(b.T(), b.N, nil)
	for j := range b.N {
		m.SetCol(j, b.Column(j))
	}
	return m
}

// rounded has four digits after the point, which keeps the file small.
func rounded(values ...float64) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = float32(math.Round(v*1e4) / 1e4)
	}
	return out
}
