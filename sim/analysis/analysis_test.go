package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.9g, want %.9g within %g", what, got, want, tolerance)
	}
}

// waves are two orthogonal sines over whole periods: (1000,2).
func waves() Block {
	b := Block{2, make([]float32, 2000)}
	for t := range 1000 {
		b.Row(t)[0] = float32(math.Sin(2 * math.Pi * float64(t) / 100))
		b.Row(t)[1] = float32(math.Sin(2 * math.Pi * float64(t) / 40))
	}
	return b
}

func mix(s Block, a [4]float64) Block {
	x := Block{2, make([]float32, len(s.Data))}
	for t := range s.T() {
		r := s.Row(t)
		x.Row(t)[0] = float32(a[0]*float64(r[0]) + a[1]*float64(r[1]))
		x.Row(t)[1] = float32(a[2]*float64(r[0]) + a[3]*float64(r[1]))
	}
	return x
}

func TestClarityOfAMixtureIsItsClosedForm(t *testing.T) {
	s := waves()
	a := [4]float64{0.8, 0.2, 0.4, -0.6}
	c := SignalClarity([]Block{s}, []Block{mix(s, a)})
	near(t, "unit 0", c.PerUnit[0], 0.6/math.Hypot(0.8, 0.2), 1e-5)
	near(t, "unit 1", c.PerUnit[1], 0.2/math.Hypot(0.4, 0.6), 1e-5)
	near(t, "context", c.PerContext[0], (c.PerUnit[0]+c.PerUnit[1])/2, 1e-12)
}

func TestClaritySkipsSilentUnitsAndSaysHowMany(t *testing.T) {
	s := waves()
	u := Block{2, make([]float32, len(s.Data))}
	for t := range s.T() {
		u.Row(t)[0] = s.Row(t)[1]
	}
	c := SignalClarity([]Block{s, s}, []Block{u, u})
	if c.Undefined != 2 || !math.IsNaN(c.PerUnit[1]) {
		t.Errorf("undefined %d and unit clarity %v, want 2 and NaN for the silent unit", c.Undefined, c.PerUnit)
	}
	near(t, "context", c.PerContext[0], 1, 1e-6)
}

func TestClarityOfThreeSourcesIsUndefinedButSeparationIsNot(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	s := Block{3, make([]float32, 3000)}
	for i := range s.Data {
		s.Data[i] = float32(rng.NormFloat64())
	}
	c := SignalClarity([]Block{s}, []Block{s})
	if !math.IsNaN(c.PerContext[0]) {
		t.Errorf("clarity of three sources is %v, want NaN", c.PerContext[0])
	}
	p := Separate([]Block{s}, []Block{s})
	near(t, "own", p.Own, 1, 1e-6)
	near(t, "order", p.Order, 1, 0)
	if p.Cross > 0.1 {
		t.Errorf("cross correlation %.3f of independent sources", p.Cross)
	}
}

func TestSwappedOutputsAreClearButOutOfOrder(t *testing.T) {
	s := waves()
	p := Separate([]Block{s}, []Block{mix(s, [4]float64{0, 1, 1, 0})})
	near(t, "order", p.Order, 0, 0)
	near(t, "own", p.Own, 0, 1e-5)
}

func TestDecoderFindsAFixedMapAndFailsWithoutOne(t *testing.T) {
	s := waves()
	same := mix(s, [4]float64{0.9, 0.1, 0.3, 0.7})
	d, err := DecodeSources([]Block{s, s, s}, []Block{same, same, same}, 1)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "R2", d.R2[1], 1, 1e-9)
	swapped := mix(s, [4]float64{0.3, 0.7, 0.9, 0.1})
	d, _ = DecodeSources([]Block{s, s}, []Block{same, swapped}, 1)
	if d.R2[0] > 0 {
		t.Errorf("R2 in the swapped context is %.2f, want below 0", d.R2[0])
	}
	if _, err := DecodeSources([]Block{s, s}, []Block{same, same}, 2); err == nil {
		t.Error("no context left to test on, and no error")
	}
}

func TestLinearFitOfAPopulationOfFewDirectionsIsTheSmallest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	x, y := mat.NewDense(50, 4, nil), mat.NewDense(50, 1, nil)
	for i := range 50 {
		a := rng.NormFloat64()
		x.SetRow(i, []float64{a, a, 2 * a, 0})
		y.Set(i, 0, 6*a+1)
	}
	l := FitLinear(x, y)
	if l.Rank != 1 {
		t.Errorf("rank %d, want 1", l.Rank)
	}
	for i, want := range []float64{1, 1, 2, 0} {
		near(t, "weight", l.Weights.At(i, 0), want, 1e-9)
	}
	near(t, "intercept", l.Intercept[0], 1, 1e-9)
}

func TestCourseOfAnExponential(t *testing.T) {
	s := Block{1, make([]float32, 1000)}
	y := Block{1, make([]float32, 1000)}
	for t := range 1000 {
		y.Data[t] = float32(0.1 + math.Exp(-float64(t)/50))
	}
	c := ErrorCourse([]Block{s, s}, []Block{y, y})
	near(t, "peak", c.Peak, 1.1, 1e-6)
	near(t, "late", c.Late, 0.1, 1e-4)
	if c.PeakAt != 0 || c.Settled < 105 || c.Settled > 125 {
		t.Errorf("peak at %d and settled at %d, want 0 and about 115 = 50·ln 10", c.PeakAt, c.Settled)
	}
	never := ErrorCourse([]Block{s}, []Block{{1, rising(1000)}})
	if never.PeakAt != 999 {
		t.Errorf("peak of a rising error is at %d", never.PeakAt)
	}
}

func rising(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i)
	}
	return v
}

func TestPrincipalComponentsOfALine(t *testing.T) {
	b := Block{3, nil}
	for t := range 100 {
		v := 50.5 - float32(t) // from 50.5 down to -48.5: the largest score is the first's
		b.Data = append(b.Data, -2*v+1, v+2, 3)
	}
	p, ok := Principal([]Block{b}, 2, true)
	if !ok {
		t.Fatal("no components")
	}
	near(t, "loading", p.Components.At(0, 0), -2/math.Sqrt(5), 1e-9)
	near(t, "ratio", p.Ratio[0], 1, 1e-12)
	near(t, "variance", p.Variance[0], 5*100*101/12.0, 1e-6)
	scores := Describe(p.Scores(b, 0))
	near(t, "mean of scores", scores.Mean, 0, 1e-9)
	near(t, "sd of scores", scores.SD, 1, 1e-9)
}

func TestPrincipalComponentsOfNaNAreNone(t *testing.T) {
	b := Block{2, []float32{1, 2, float32(math.NaN()), 4}}
	if _, ok := Principal([]Block{b}, 1, false); ok {
		t.Error("components of a population with NaN")
	}
}

func TestAnglesFold(t *testing.T) {
	at := func(deg float64) Normal {
		r := deg * math.Pi / 180
		return Normal{math.Sin(r), 0, math.Cos(r)}
	}
	for _, c := range [][3]float64{{0, 0, 0}, {0, 90, 90}, {0, 170, 10}, {20, 200, 0}, {0, 45, 45}} {
		near(t, "angle", Angle(at(c[0]), at(c[1])), c[2], 1e-9)
	}
}

func TestPlaneFits(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var a, b, c []float64
	for range 200 {
		u, v := rng.NormFloat64(), rng.NormFloat64()
		a, b, c = append(a, u), append(b, v), append(c, 2*u-v+3)
	}
	want := Normal{2 / math.Sqrt(6), -1 / math.Sqrt(6), -1 / math.Sqrt(6)}
	near(t, "least squares", Angle(FitPlane(a, b, c), want), 0, 1e-9)
	near(t, "total least squares", Angle(FitPlaneAnyDirection(a, b, c), want), 0, 1e-6)
	// a vertical plane: b is a, c is free
	near(t, "steep", Angle(FitPlaneAnyDirection(a, a, b), Normal{1 / math.Sqrt2, -1 / math.Sqrt2, 0}), 0, 1e-6)
}

func TestPrincipalAnglesOfTurnedPlanes(t *testing.T) {
	turned := func(deg float64) Block {
		r := deg * math.Pi / 180
		b := Block{4, nil}
		for i := range 400 {
			u, v := math.Cos(float64(i)), 0.7*math.Sin(1.7*float64(i))
			b.Data = append(b.Data, float32(u), float32(v*math.Cos(r)), float32(v*math.Sin(r)), 0)
		}
		return b
	}
	angles := PrincipalAngles(turned(0), turned(30), 2)
	near(t, "smaller", angles[0], 0, 1e-4)
	near(t, "larger", angles[1], 30, 1e-4)
	near(t, "none", PrincipalAngles(turned(10), turned(10), 2)[1], 0, 1e-5)
}

func TestRelationHasStudentsP(t *testing.T) {
	// r = 0.5 at n = 18: t = 2.309 with 16 degrees of freedom, p = 0.0346
	var a, b []float64
	for i := range 18 {
		u := math.Cos(2 * math.Pi * float64(i) / 18)
		v := math.Sin(2 * math.Pi * float64(i) / 18)
		a, b = append(a, u), append(b, 0.5*u+math.Sqrt(0.75)*v)
	}
	r := Relate(a, b)
	near(t, "r", r.R, 0.5, 1e-9)
	near(t, "p", r.P, 0.0346, 1e-4)
	if flat := Relate(a, make([]float64, 18)); !math.IsNaN(flat.R) || !math.IsNaN(flat.P) {
		t.Errorf("correlation with a constant is %+v, want NaN", flat)
	}
}

func TestDensityIntegratesToNearlyOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	var v []float64
	for range 500 {
		v = append(v, rng.NormFloat64())
	}
	d := Estimate(v, 200)
	area := 0.0
	for i := 1; i < len(d.At); i++ {
		area += (d.At[i] - d.At[i-1]) * (d.Value[i] + d.Value[i-1]) / 2
	}
	near(t, "area", area, 1, 0.02)
	if len(Estimate([]float64{1, 1, 1}, 50).At) != 0 {
		t.Error("a constant has a density")
	}
}
