package data_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/reference"
	"unmixlab/sim/spec"
)

var families = []string{"random_norm", "random", "scale", "scale_both", "interpolate", "interpolate_both", "constant"}

func take(t *testing.T, family string, stimuli, sources int, threshold float64, n int) []data.Context {
	t.Helper()
	c, err := data.NewContexts(family, stimuli, sources, threshold, 7)
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.Take(n)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The paper's contexts (Methods): rows sum to 1, entries are not negative, |det| > 0.2.
func TestRandomNorm(t *testing.T) {
	for _, c := range take(t, "random_norm", 2, 2, 0.2, 2000) {
		for i := range 2 {
			if sum := c.A[2*i] + c.A[2*i+1]; math.Abs(sum-1) > 1e-12 || c.A[2*i] < 0 || c.A[2*i+1] < 0 {
				t.Fatalf("row %v", c.A[2*i:2*i+2])
			}
		}
		if math.Abs(c.A[0]-c.A[2]) <= 0.2 || math.Abs(c.Det()-(c.A[0]-c.A[2])) > 1e-12 {
			t.Fatalf("context %v has determinant %g", c.A, c.Det())
		}
	}
}

func TestFamiliesKeepTheirRanges(t *testing.T) {
	within := func(v, low, high float64) bool { return v >= low && v < high }
	for family, ok := range map[string]func(a []float64) bool{
		"random":     func(a []float64) bool { return within(slices.Min(a), 0, 1) && within(slices.Max(a), 0, 1) },
		"scale":      func(a []float64) bool { return within(a[0], .3, 3) && a[1] == 0 && a[2] == 0 && a[3] == 1 },
		"scale_both": func(a []float64) bool { return within(a[0], .3, 3) && a[1] == 0 && a[2] == 0 && within(a[3], 1, 2) },
		"interpolate": func(a []float64) bool {
			return within(a[0], .2, 1) && a[1] == 1-a[0] && a[2] == 0 && a[3] == 1
		},
		"interpolate_both": func(a []float64) bool {
			return within(a[0], .2, 1) && a[1] == 1-a[0] && within(a[3], .2, 1) && a[2] == 1-a[3]
		},
		"constant": func(a []float64) bool { return slices.Equal(a, []float64{.8, .2, .5, .5}) },
	} {
		for _, c := range take(t, family, 2, 2, 0.1, 500) {
			if !ok(c.A) || math.Abs(c.Det()) <= 0.1 {
				t.Fatalf("%s gave %v with determinant %g", family, c.A, c.Det())
			}
		}
	}
}

func TestFamiliesTakeEveryShape(t *testing.T) {
	for _, family := range families[:6] {
		for _, shape := range [][2]int{{3, 3}, {8, 8}, {4, 2}, {2, 3}} {
			c := take(t, family, shape[0], shape[1], 1e-9, 1)[0]
			if len(c.A) != shape[0]*shape[1] {
				t.Errorf("%s %v has %d entries", family, shape, len(c.A))
			}
			sum := 0.0
			for _, v := range c.A {
				sum += v
			}
			if rows := float64(shape[0]); family != "random" && family[:5] != "scale" && math.Abs(sum-rows) > 1e-12 {
				t.Errorf("%s %v: entries sum to %g, want %g", family, shape, sum, rows)
			}
		}
	}
}

func TestContextErrorsNameTheField(t *testing.T) {
	for _, c := range []struct {
		family           string
		stimuli, sources int
		threshold        float64
		field            string
	}{
		{"randomnorm", 2, 2, 0.2, "mixing"},
		{"", 2, 2, 0.2, "mixing"},
		{"constant", 3, 3, 0.2, "mixing"},
		{"constant", 2, 2, 0.31, "threshold"},
		{"random_norm", 2, 2, 1, "threshold"},
		{"random_norm", 8, 8, 0.2, "threshold"},
		{"interpolate", 2, 2, 1, "threshold"},
		{"random", 0, 2, 0.2, "dim"},
	} {
		_, err := data.NewContexts(c.family, c.stimuli, c.sources, c.threshold, 1)
		var field spec.FieldError
		if !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}

func TestContextsGoOnFromASavedState(t *testing.T) {
	first, _ := data.NewContexts("random", 3, 3, 0.1, 5)
	if _, err := first.Take(10); err != nil {
		t.Fatal(err)
	}
	saved, err := first.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	second, _ := data.NewContexts("random", 3, 3, 0.1, 99)
	if err := second.UnmarshalBinary(saved); err != nil {
		t.Fatal(err)
	}
	a, _ := first.Next()
	b, _ := second.Next()
	if !slices.Equal(a.A, b.A) {
		t.Errorf("%v after restoring, want %v", b.A, a.A)
	}
	if second.UnmarshalBinary([]byte("nonsense")) == nil {
		t.Error("nonsense is taken for a state")
	}
}

func TestInverse(t *testing.T) {
	c := data.Normalised(0.9, 0.3)
	want := []float64{0.7 / 0.6, -0.1 / 0.6, -0.3 / 0.6, 0.9 / 0.6}
	for i, v := range c.Inverse() {
		if math.Abs(v-want[i]) > 1e-12 {
			t.Errorf("inverse %v, want %v", c.Inverse(), want)
		}
	}
	// W* A = 1 for more stimuli than sources, and A W* A = A whatever the shape or rank.
	for _, x := range []data.Context{
		take(t, "random", 4, 2, 0, 1)[0], take(t, "random", 2, 3, 0, 1)[0], data.Normalised(0.4, 0.4),
		{Stimuli: 2, Sources: 2, A: make([]float64, 4)},
	} {
		back := times(times(x.A, x.Inverse(), x.Sources), x.A, x.Stimuli)
		for i, v := range back {
			if math.Abs(v-x.A[i]) > 1e-12 {
				t.Errorf("A W* A = %v, want %v", back, x.A)
			}
		}
	}
	if bad := (data.Context{Stimuli: 1, Sources: 1, A: []float64{math.NaN()}}).Inverse(); !math.IsNaN(bad[0]) {
		t.Errorf("the inverse of NaN is %v", bad)
	}
}

// times is a(·, inner) b(inner, ·).
func times(a, b []float64, inner int) []float64 {
	rows, columns := len(a)/inner, len(b)/inner
	out := make([]float64, rows*columns)
	for i := range rows {
		for j := range columns {
			for k := range inner {
				out[i*columns+j] += a[i*inner+k] * b[k*columns+j]
			}
		}
	}
	return out
}

func TestInverseIsPublished(t *testing.T) {
	for _, p := range reference.Trained(t) {
		a := reference.Open(t, p.Archive)
		shape, contexts := a.Float64("A")
		_, inverses := a.Float64("Ainv")
		n := shape[1] * shape[2]
		for k := range shape[0] {
			got := data.Context{Stimuli: shape[1], Sources: shape[2], A: contexts[k*n : (k+1)*n]}.Inverse()
			for i, v := range got {
				if math.Abs(v-inverses[k*n+i]) > 2e-6*math.Max(1, math.Abs(v)) {
					t.Errorf("%s context %d: inverse %v, published %v", p.Archive, k, got, inverses[k*n:(k+1)*n])
				}
			}
		}
	}
}

func TestDistanceAndSide(t *testing.T) {
	a, b := data.Normalised(0.9, 0.1), data.Normalised(0.1, 0.9)
	if d := a.Distance(b); math.Abs(d-1.6) > 1e-12 {
		t.Errorf("distance %g, want 1.6", d)
	}
	if data.SameSide(a, b) || !data.SameSide(a, data.Normalised(0.5, 0.2)) {
		t.Error("sides of the diagonal are wrong")
	}
}

func TestGrid(t *testing.T) {
	grid := data.Grid(20)
	if len(grid) != 272 {
		t.Fatalf("%d contexts, want 272", len(grid))
	}
	for _, c := range grid {
		if math.Abs(c.Det()) <= 0.2 {
			t.Errorf("context %v is too near to singular", c.A)
		}
	}
	if !slices.Equal(grid[0].A, []float64{0, 1, 4. / 19, 15. / 19}) {
		t.Errorf("the grid begins with %v", grid[0].A)
	}
	if data.Grid(1) != nil || len(data.Grid(2)) != 2 {
		t.Error("small grids are wrong")
	}
}
