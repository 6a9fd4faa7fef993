package train

import (
	"slices"
	"testing"

	"unmixlab/sim/spec"
)

// A fork without a change goes on as its origin would, bit by bit; so does a run that was
// extended, compared with one that was as long from the start.
func TestAForkGoesOnAsItsOrigin(t *testing.T) {
	for _, m := range models {
		sp := tiny(m)
		sp.OnSpike = "halve"
		whole := start(t, sp)
		steps(t, whole, 3)
		fork, err := Fork(whole, sp, whole.src)
		if err != nil {
			t.Fatal(err)
		}
		steps(t, whole, 2)
		steps(t, fork, 2)
		if d := difference(whole, fork); d != "" {
			t.Errorf("%s: the fork differs: %s", m, d)
		}
		short := sp
		short.Batches = 3
		extended := start(t, short)
		steps(t, extended, 3)
		if err := extended.Extend(sp.Batches); err != nil {
			t.Fatal(err)
		}
		steps(t, extended, 2)
		if d := difference(whole, extended); d != "" {
			t.Errorf("%s: extended it differs: %s", m, d)
		}
	}
}

// What was changed takes effect, the network stays, and its origin is not touched.
func TestAForkWithChanges(t *testing.T) {
	sp := tiny(spec.Dale)
	whole, same := start(t, sp), start(t, sp)
	steps(t, whole, 2)
	steps(t, same, 2)
	plain, err := Fork(whole, sp, whole.src)
	if err != nil {
		t.Fatal(err)
	}
	steps(t, plain, 1)
	for name, change := range map[string]func(*spec.Spec){
		"lr": func(s *spec.Spec) { s.LR *= 3 }, "seed": func(s *spec.Spec) { s.Seed++ }, "tau": func(s *spec.Spec) { s.Tau *= 2 },
		"batch": func(s *spec.Spec) { s.Batch += 17 }, "window": func(s *spec.Spec) { s.Window = s.Steps / 5 },
	} {
		changed := sp
		change(&changed)
		fork, err := Fork(whole, changed, whole.src)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if fork.Batch() != 2 || !slices.Equal(fork.net.Params.Flat, whole.net.Params.Flat) {
			t.Errorf("%s: the fork begins at batch %d, or elsewhere", name, fork.Batch())
		}
		steps(t, fork, 1)
		if difference(fork, plain) == "" {
			t.Errorf("%s changes nothing", name)
		}
	}
	if d := difference(whole, same); d != "" {
		t.Errorf("forks changed their origin: %s", d)
	}
	for field, change := range map[string]func(*spec.Spec){
		"hidden": func(s *spec.Spec) { s.Hidden++ }, "target": func(s *spec.Spec) { s.Target = "exc" },
		"inhibition": func(s *spec.Spec) { s.Inhibition = 0.25 }, "batches": func(s *spec.Spec) { s.Batches = 2 },
	} {
		changed := sp
		change(&changed)
		_, err := Fork(whole, changed, whole.src)
		errs, ok := err.(spec.Errors)
		if !ok || len(errs) != 1 || errs[0].Field != field {
			t.Errorf("%s changed: %v", field, err)
		}
	}
	if whole.Extend(1) == nil {
		t.Error("a run was extended to fewer batches than it has")
	}
}
