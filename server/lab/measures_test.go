package lab

import (
	"bytes"
	"math"
	"testing"

	"unmixlab/sim/train"
)

// A run is measured along its training, at round batches and at its end, and comes to the
// same weights and losses as one that is not.
func TestMeasuringLeavesNoTrace(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	sp := tiny(230)
	run := trained(t, l, sp)
	measures, err := l.Measures(t.Context(), run.ID)
	if err != nil || len(measures) < 2 || measures[0].Batch != firstMeasured || measures[len(measures)-1].Batch != 230 {
		t.Fatalf("measured were %+v, %v", measures, err)
	}
	for _, m := range measures {
		if m.LateError <= 0 || m.ClarityX <= 0 || m.ClarityX >= 1 || m.ClarityY <= 0 || m.ClarityY >= 1 || !math.IsNaN(m.Angle) || m.Seconds <= 0 {
			t.Errorf("batch %d is measured as %+v", m.Batch, m)
		}
	}
	src, err := l.sources(t.Context(), sp)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := train.New(sp, src)
	if err != nil {
		t.Fatal(err)
	}
	for !alone.Done() {
		if _, err := alone.Step(); err != nil {
			t.Fatal(err)
		}
	}
	var state bytes.Buffer
	if err := alone.Checkpoint(&state); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(state.Bytes(), weightsOf(t, l, run.ID)) {
		t.Error("a run that was measured is another one")
	}
	fork, err := l.ForkRun(t.Context(), run.ID, Now, []byte(`{"batches":231}`))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := l.Measures(t.Context(), rest(t, l, fork.ID).ID); err != nil || len(m) != len(measures)+1 {
		t.Errorf("a fork has %d measures, %v, want %d", len(m), err, len(measures)+1)
	}
}

// Measures are so far apart that they take a fiftieth of the time.
func TestMeasuresAreRare(t *testing.T) {
	for x, want := range map[float64]int{0: 1, 1: 1, 1.5: 2, 3: 5, 6: 10, 50: 50, 51: 100, 1900: 2000} {
		if got := ladder(x); got != want {
			t.Errorf("no less than %g is %d, want %d", x, got, want)
		}
	}
	r := &trainingRun{perBatch: 0.01}
	if r.measureEvery() != firstMeasured {
		t.Errorf("at first every %d batches", r.measureEvery())
	}
	r.measured.took = 30e6 // ns
	if every := r.measureEvery(); float64(every)*r.perBatch < measureShare*r.measured.took.Seconds() {
		t.Errorf("30 ms are taken every %d batches of 10 ms", every)
	}
}
