package main

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	"unmixlab/web/figure"
)

// TestCriteriaNameNumbersOfFigures: every number that a criterion asks for is one that
// its figure gives for its kind of model, ends of bands included.
func TestCriteriaNameNumbersOfFigures(t *testing.T) {
	for _, kind := range []string{spec.Modulation, spec.Spatial, spec.Dale} {
		sp := spec.Default(kind)
		sp.Hidden, sp.Units, sp.LowerUnits = 4, 12, 6
		net, err := model.New(sp)
		if err != nil {
			t.Fatal(err)
		}
		src, err := data.NewSources(sp, nil)
		if err != nil {
			t.Fatal(err)
		}
		query := map[string][]string{"contexts": {"4"}, "samples": {"100"}, "repetitions": {"2"}, "points": {"6"}}
		r, err := figure.NewRequest(kind, &modelfile.File{Network: net}, src, query)
		if err != nil {
			t.Fatal(err)
		}
		given := map[string]bool{}
		for _, id := range figuresFor(kind) {
			entry, ok := figure.Named(id)
			if !ok {
				t.Fatalf("there is no figure %s", id)
			}
			made, err := entry.Compute(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			for name := range made.Numbers {
				given[id+"."+name] = true
			}
		}
		for _, c := range criteria {
			if !slices.Contains(c.models, kind) {
				continue
			}
			for _, name := range []string{c.figure + "." + c.number, c.least.number, c.most.number} {
				if name != "" && !given[name] {
					t.Errorf("AC-%s asks for %s, which %s networks do not have", c.id, name, kind)
				}
			}
		}
	}
}

func TestCriteriaBands(t *testing.T) {
	c := criterion{"5.2", "fig5", "angle", "an angle", onlyS, of(5, "fig5.frozen", 1), fixed(60)}
	for angle, want := range map[float64]bool{10: false, 11: true, 60: true, 61: false, math.NaN(): false} {
		if n := (numbers{"fig5.frozen": 2, "fig5.angle": angle}); c.met(n) != want {
			t.Errorf("an angle of %g is in %s: %v", angle, c.band(n), !want)
		}
	}
	for band, c := range map[string]criterion{"11 to 60": c, "≥ 0.95": {least: fixed(0.95), most: above}, "≤ 8": {least: below, most: fixed(8)}} {
		if got := c.band(numbers{"fig5.frozen": 2}); got != band {
			t.Errorf("band %q, want %q", got, band)
		}
	}
}

func TestCriteriaStandSideBySide(t *testing.T) {
	good := numbers{"fig1.clarity_y": 0.97, "fig1.late_error": 0.02, "fig1.peak_error": 0.4, "fig1.late_weight_error": 0.3}
	var out bytes.Buffer
	one := judged{"one", spec.Modulation, spec.Paper, good}
	if err := printCriteria(&out, spec.Modulation, []judged{one, {"two", spec.Modulation, spec.Fast, numbers{"fig1.clarity_y": 0.9}}}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for _, want := range []string{"one (paper recipe)", "two (fast recipe)"} {
		if !strings.Contains(lines[1], want) {
			t.Errorf("%q is missing from %q", want, lines[1])
		}
	}
	if row := lines[2]; !strings.Contains(row, "AC-1.3") || !strings.Contains(row, "0.97 ") || strings.Count(row, "✗") != 1 {
		t.Errorf("row %q: want the first to meet AC-1.3 and the second to miss it", row)
	}
	if row := lines[3]; strings.Count(row, "✗") != 1 || !strings.Contains(row, "– ✗") {
		t.Errorf("row %q: want a model that has no such number to miss it", row)
	}
}
