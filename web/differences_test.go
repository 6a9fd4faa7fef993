package web

import (
	"testing"

	"unmixlab/sim/spec"
)

func TestOriginOfARun(t *testing.T) {
	s := spec.Default(spec.Modulation)
	s.Seed, s.Hidden = 7, 32
	if got, want := Origin(s), "seed 7 · Figure 1 · feedback modulates the weights, but LSTM cells 32"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.Tau, s.LR, s.Batch, s.Steps, s.Noise, s.Additive = 7, 1e-2, 3, 20, 0, true
	if got, want := Origin(s), "seed 7 · Figure 1 · feedback modulates the weights, but LSTM cells 32, τ 7, additive modulation yes, stimulus noise 0, 3 more"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := Origin(spec.Default(spec.Ideal)), "seed 1 · "+KindOf(spec.Ideal).Name; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
