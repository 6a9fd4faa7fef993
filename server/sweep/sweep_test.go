package sweep

import (
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/spec"
)

// small are the settings of networks that train in a few milliseconds.
const small = `"base": {"preset": "quick", "hidden": 4, "steps": 20, "window": 0, "batch": 3, "batches": 12}`

func parsed(t *testing.T, text string) Sweep {
	t.Helper()
	s, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASweepIsEverySettingWithEveryOtherAndEverySeed(t *testing.T) {
	t.Parallel()
	s := parsed(t, `{"name": "a", `+small+`, "grid": {"tau": "log 1..100 x3", "input": ["xy", "y"]}, "seeds": "3..4"}`)
	points := s.Points()
	if len(points) != 12 {
		t.Fatalf("%d points", len(points))
	}
	var taus []string
	for _, p := range points {
		if p.Spec.Hidden != 4 || p.Spec.Seed != 3 && p.Spec.Seed != 4 {
			t.Errorf("a point is %s with seed %d", p.Spec.JSON(), p.Spec.Seed)
		}
		if p.Hash != Hash(p.Spec) || len(p.Hash) != 16 {
			t.Errorf("it is called %s", p.Hash)
		}
		taus = append(taus, p.Values["tau"])
	}
	slices.Sort(taus)
	if got := strings.Join(slices.Compact(taus), " "); got != "1 10 100" {
		t.Errorf("tau is %s", got)
	}
	if fields := s.Fields(); !slices.Equal(fields, []string{"input", "tau"}) {
		t.Errorf("it changes %v", fields)
	}
}

func TestSettingsThatGoTogether(t *testing.T) {
	t.Parallel()
	s := parsed(t, `{"name": "a", "base": {"preset": "quick"}, "set": [{"sources": "sines", "dim": 3}, {"sources": "ica"}], "grid": {"tau": [1, 2]}}`)
	points := s.Points()
	if len(points) != 4 || points[0].Spec.Dim != 3 || len(points[0].Spec.Frequencies) != 3 || points[2].Spec.Dim != 2 {
		t.Errorf("points are %v", points)
	}
}

func TestYAMLIsJSON(t *testing.T) {
	t.Parallel()
	y := parsed(t, "name: a\nbase: {preset: quick}\ngrid:\n  tau: 1..3\n  input: [x, y]\nseeds: [1, 9]\n")
	j := parsed(t, `{"name": "a", "base": {"preset": "quick"}, "grid": {"tau": [1, 2, 3], "input": ["x", "y"]}, "seeds": [1, 9]}`)
	if string(y.JSON()) != string(j.JSON()) {
		t.Errorf("YAML gives %s, JSON %s", y.JSON(), j.JSON())
	}
}

func TestWhatASweepsFileSaysComesBack(t *testing.T) {
	t.Parallel()
	s := parsed(t, `{"name": "a", "base": {"preset": "fig5"}, "grid": {"noise": "0..0.1 x3"}, "seeds": 3, "every": 10,
		"measure": ["loss", "fig5.angle_frozen_mean?contexts=4&seed=2"], "learned": "loss < 50", "kernel": "avx2",
		"resources": {"hours": 2, "memory": "2G", "partition": "short", "jobs": 10}}`)
	again, err := parseKept(s.JSON())
	if err != nil || string(again.JSON()) != string(s.JSON()) {
		t.Errorf("%v: %s is not %s", err, again.JSON(), s.JSON())
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]float64{
		"1..4": {1, 2, 3, 4}, "-1..1 x3": {-1, 0, 1}, "log 1..1000 x4": {1, 10, 100, 1000}, "0 .. 0.3 x4": {0, 0.1, 0.2, 0.3},
	} {
		if got, problem := Range(text, false); problem != "" || !slices.Equal(got, want) {
			t.Errorf("%s is %v %s", text, got, problem)
		}
	}
	if got, _ := Range("log 1..10 x5", true); !slices.Equal(got, []float64{1, 2, 3, 6, 10}) {
		t.Errorf("whole numbers are %v", got)
	}
	for _, text := range []string{"5..1", "1..", "..", "log 0..1 x3", "log 1..5", "0..0.5", "1..2 x1", "1..99999", "1..2 x99999", "NaN..2 x3", "1..Inf"} {
		if got, problem := Range(text, false); problem == "" {
			t.Errorf("%s is %v", text, got)
		}
	}
}

func TestEverythingThatIsWrongIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte(`{"name": "../x", "base": {"preset": "quick", "tauu": 1}, "grid": {"tau": [0], "foo": [1], "seed": [1]},
		"measure": ["fig9.x", "nothing", "fig5.nothing", "fig5.angle_frozen_mean?contexts=0"], "learned": "x", "every": -1, "kernel": "gpu",
		"resources": {"memory": "2G; rm", "partition": "a b", "jobs": -1, "hours": 1e9}}`))
	errs, _ := err.(spec.Errors)
	for _, want := range []string{"name is", "kernel is", "every is", "fig9", "nothing", "contexts", "learned is", "grid.foo", "grid.seed",
		"tauu is no field", "tau is 0", "resources.memory", "resources.partition", "resources.jobs", "resources.hours"} {
		if !strings.Contains(errs.Error(), want) {
			t.Errorf("nothing is said of %s in: %v", want, errs)
		}
	}
}

func TestWhatIsTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "[]", "1", "{} {}", `{"nmae": "a"}`, `{"name": "a", "seeds": 0}`, `{"name": "a", "seeds": []}`, `{"name": "a", "seeds": -1}`, `{"name": "a", "seeds": "0..1e9"}`,
		`{"name": "a", "grid": {"tau": []}}`, `{"name": "a", "base": {"seed": 1}}`, `{"name": "a", "base": {"preset": "none"}}`, `{"name": "a", "base": {"preset": 1}}`,
		`{"name": "a", "grid": {"tau": "1..1000", "noise": "0..1 x1000"}}`, `{"name": "a", "grid": {"tau": "1..1000"}, "seeds": 11}`,
		"a: &a [1]\nb: *a\n", "name: a\nname: b\n", strings.Repeat(" ", MaxFile+1),
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("taken: %.60s", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"name": "a", "base": {"preset": "quick"}, "grid": {"tau": "log 1..100 x3"}, "set": [{"input": "y"}], "seeds": "1..3", "learned": "loss < 5"}`))
	f.Add([]byte("name: a\ngrid:\n  tau: 1..3\nmeasure: [fig5.angle_frozen_mean?contexts=4]\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Parse(b)
		if err != nil {
			return
		}
		if n := len(s.Points()); n == 0 || n > MaxPoints {
			t.Errorf("%d points", n)
		}
		if again, err := parseKept(s.JSON()); err != nil || string(again.JSON()) != string(s.JSON()) {
			t.Errorf("%v: it comes back as %s", err, again.JSON())
		}
	})
}
