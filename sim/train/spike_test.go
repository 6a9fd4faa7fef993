package train

import (
	"bytes"
	"slices"
	"testing"

	"unmixlab/sim/spec"
)

func TestSpikeIsNoticed(t *testing.T) {
	tr := start(t, tiny(spec.Modulation))
	const high, low = 1000.0, 1e-3 // far from what such a network loses
	for range spikeSpan - 1 {
		tr.losses = append(tr.losses, high)
	}
	step := func(usual float64, spike bool) {
		t.Helper()
		p, err := tr.Step()
		if err != nil || p.Usual != usual || p.Spike() != spike {
			t.Errorf("%+v, %v: want a usual loss of %g, a spike: %v", p, err, usual, spike)
		}
	}
	step(0, false)
	step(high, false)
	for i := range tr.losses {
		if i%5 > 0 {
			tr.losses[i] = low // most of them, so that the median is
		}
	}
	step(low, true)
}

// jumpy is a run that keeps a state after keepEvery batches and meets a jump in the next.
func jumpy(t *testing.T) *Trainer {
	sp := tiny(spec.Dale)
	sp.OnSpike, sp.Batches = "halve", 200
	tr := start(t, sp)
	for range keepEvery - 3 {
		tr.losses = append(tr.losses, 1000)
	}
	steps(t, tr, 3)
	for i := range tr.losses {
		tr.losses[i] = 1e-3
	}
	return tr
}

func TestJumpGoesBackWithHalfTheRate(t *testing.T) {
	tr := jumpy(t)
	weights, state := slices.Clone(tr.net.Params.Flat), tr.groups[1].State()
	p, err := tr.Step()
	if err != nil || p.Back != keepEvery || tr.slowed() != 0.5 {
		t.Fatalf("%+v, %v, rate times %g: want to be back at batch %d with half the rate", p, err, tr.slowed(), keepEvery)
	}
	if !slices.Equal(tr.net.Params.Flat, weights) || !slices.Equal(tr.groups[1].State(), state) {
		t.Error("weights or states are not those that were kept")
	}
	for i := range tr.losses {
		tr.losses[i] = 1000
	}
	steps(t, tr, 1)
	if slices.Equal(tr.net.Params.Flat, weights) {
		t.Error("the weights no longer move")
	}
}

func TestWhatWasKeptOutlivesACheckpoint(t *testing.T) {
	whole, half := jumpy(t), jumpy(t)
	steps(t, whole, 4)
	steps(t, half, 1)
	var file bytes.Buffer
	if err := half.Checkpoint(&file); err != nil {
		t.Fatal(err)
	}
	again, err := Restore(&file, half.src)
	if err != nil {
		t.Fatal(err)
	}
	steps(t, again, 3)
	sameBits(t, whole, again)
	if again.kept.halvings != whole.kept.halvings || whole.kept.halvings < 2 {
		t.Errorf("%d halvings, without a checkpoint %d: want the same, more than one", again.kept.halvings, whole.kept.halvings)
	}
}

func TestHalvedStepsAreHalfAsLong(t *testing.T) {
	full, half := start(t, tiny(spec.Modulation)), start(t, tiny(spec.Modulation))
	before := slices.Clone(full.net.Params.Flat)
	half.kept.halvings = 1
	steps(t, full, 1)
	steps(t, half, 1)
	for i, w := range before[:full.net.Params.Learned] {
		whole, part := full.net.Params.Flat[i]-w, half.net.Params.Flat[i]-w
		if d := whole - 2*part; d > 1e-6 || d < -1e-6 {
			t.Fatalf("weight %d moved by %g, with half the rate by %g", i, whole, part)
		}
	}
}
