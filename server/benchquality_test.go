package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"unmixlab/sim/spec"
)

func TestQualityGoalsHaveTheirPresets(t *testing.T) {
	recipes := map[string]string{}
	for _, p := range spec.Presets {
		recipes[p.Slug] = p.Spec.Recipe()
	}
	for _, g := range goals {
		if recipes[g.fast] != spec.Fast || recipes[g.paper] != spec.Paper {
			t.Errorf("%s: %s is of recipe %q, %s of recipe %q", g.name, g.fast, recipes[g.fast], g.paper, recipes[g.paper])
		}
	}
}

// TestQualityOfASeed trains a network that is too small to be good.
func TestQualityOfASeed(t *testing.T) {
	sp := spec.Default(spec.Modulation)
	sp.Hidden, sp.Batch, sp.Steps, sp.Batches, sp.Window = 4, 2, 20, 6, 10
	c := qualityCommand{Every: 2, Keep: t.TempDir()}
	for _, goal := range []goal{{name: "easy", clarity: 0}, {name: "hopeless", clarity: 1.5}} {
		s, err := c.trainSeed(t.Context(), sp, goal)
		if err != nil {
			t.Fatal(err)
		}
		if s.Seconds <= 0 || s.Clarity <= 0 || s.Clarity >= 1 || s.LateError <= 0 || s.Published <= 0 {
			t.Errorf("%+v", s)
		}
		if _, _, err := (figureCommand{}).open(filepath.Join(c.Keep, goal.name+"-fast-1.safetensors")); err != nil {
			t.Errorf("the network was not kept: %v", err)
		}
		switch {
		case goal.clarity == 0 && (s.GoodBatches == nil || *s.GoodBatches != 2 || *s.GoodSeconds > s.Seconds):
			t.Errorf("good after %v batches, want the first test's 2", s.GoodBatches)
		case goal.clarity > 1 && s.GoodBatches != nil:
			t.Errorf("good after %d batches, though nothing can be", *s.GoodBatches)
		}
	}
}

func TestQualityIsPrintedBySeed(t *testing.T) {
	batches, seconds := 200, 9.0
	q := quality{Models: []modelQuality{{Model: "modulation", Recipe: spec.Fast, Goal: 0.95, Batches: 300, Seeds: []seedQuality{
		{Seed: 101, GoodBatches: &batches, GoodSeconds: &seconds, Seconds: 12, Clarity: 0.961},
		{Seed: 102, Seconds: 13, Clarity: 0.9},
	}}}}
	var out bytes.Buffer
	if err := q.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"0.95 at 9 s", "0.95 never", "1 of 2 seeds", "the least is 0.900", "231 s for as many batches"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing from\n%s", want, out.String())
		}
	}
}

func TestBenchRefusesByName(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"bench", "quality", "--models", "daily"}, "must be of modulation"},
		{[]string{"bench", "quality", "--every", "0"}, "--every"},
		{[]string{"bench", "quality", "--recipe", "slow"}, "recipe"},
	} {
		if err := run(t.Context(), c.args, terminal{out: &bytes.Buffer{}, err: &bytes.Buffer{}}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want one with %q", c.args, err, c.want)
		}
	}
}
