package store

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unmixlab/sim/train"
)

// noisy is a falling loss that jumps about, the same for every length.
func noisy(batches int) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	losses := make([]float64, batches)
	for i := range losses {
		losses[i] = (5 + 80*math.Exp(-float64(i)/300)) * math.Exp(0.5*r.NormFloat64())
	}
	return losses
}

// naive is the mean as train.MeanOver defines it.
func naive(losses []float64, batch int) float64 {
	sum, n := 0.0, 0
	for _, x := range losses[max(0, batch-train.MeanOver):batch] {
		if !math.IsNaN(x) {
			sum, n = sum+x, n+1
		}
	}
	return sum / float64(n)
}

// A running mean is of all batches, however few are shown: equal runs have equal
// means at a batch, whatever their lengths.
func TestMeansDoNotDependOnThinning(t *testing.T) {
	s := open(t, t.TempDir())
	losses := noisy(9000)
	losses[700], losses[701] = math.NaN(), math.Inf(1)
	at := map[int]map[string]float64{}
	for _, batches := range []int{1400, 9000} {
		id := fmt.Sprint("r", batches)
		add(t, s, id, "running")
		appendTo(t, s, id, losses[:batches]...)
		for _, points := range []int{0, 100, 1500, 100000} {
			ms, err := s.Metrics(t.Context(), id, points)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range ms {
				if at[m.Batch] == nil {
					at[m.Batch] = map[string]float64{}
				}
				at[m.Batch][fmt.Sprint(id, " in ", points)] = m.Mean.Loss
			}
		}
	}
	losses[701] = math.NaN()
	for batch, means := range at {
		for from, mean := range means {
			if want := naive(losses, batch); mean != want {
				t.Fatalf("batch %d of %s has a mean of %v, want %v", batch, from, mean, want)
			}
		}
	}
	for _, batch := range []int{180, 300, 600, 900, 1200, 1390} {
		if _, ok := at[batch]["r9000 in 1500"]; !ok {
			t.Errorf("batch %d of 9000 is not among 1500 points", batch)
		}
	}
}

// Whoever watches is told the means that the history has: a window that begins in the
// middle of a run, as after a resume, gives the same, bit by bit.
func TestMeansAreTheSameFromAnyBeginning(t *testing.T) {
	s := open(t, t.TempDir())
	losses := noisy(500)
	add(t, s, "r1", "running")
	appendTo(t, s, "r1", losses...)
	all, err := s.Metrics(t.Context(), "r1", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 49, 64, 500, 600} {
		last, err := s.LastMetrics(t.Context(), "r1", n)
		if err != nil || !slices.Equal(last, all[max(0, 500-n):]) {
			t.Errorf("the last %d are not those of the whole: %v", n, err)
		}
	}
	if err := s.Rewind(t.Context(), "r1", 200); err != nil {
		t.Fatal(err)
	}
	before, err := s.LastMetrics(t.Context(), "r1", train.MeanOver-1)
	if err != nil {
		t.Fatal(err)
	}
	var w train.Window
	for _, m := range before {
		w.Add(m)
	}
	for i := 200; i < 500; i++ {
		m := train.Progress{Batch: i + 1, Loss: losses[i], GradNorm: 2 * losses[i], Seconds: 0.5}
		w.Add(m)
		if m.Mean = w.Means(); m != all[i] {
			t.Fatalf("after a resume batch %d has %+v, want %+v", i+1, m, all[i])
		}
	}
}

// Curves of several runs have batches in common: those of the longest are in all.
func TestThinnedCurvesShareBatches(t *testing.T) {
	for _, points := range []int{2, 3, 50, 1500, 100000} {
		before := 1
		for batches := 1; batches <= 1e6; batches = batches*3/2 + 1 {
			every := Every(batches, points)
			if every%before != 0 {
				t.Errorf("of %d batches in %d points every %dth is there, of shorter runs every %dth", batches, points, every, before)
			}
			if batches > points && 2+batches/every > points {
				t.Errorf("%d batches are too many in %d points", batches/every, points)
			}
			before = every
		}
	}
	s := open(t, t.TempDir())
	add(t, s, "r1", "running")
	appendTo(t, s, "r1", noisy(5000)...)
	ms, err := s.Metrics(t.Context(), "r1", 300)
	if err != nil || len(ms) > 300 {
		t.Errorf("300 points are %d, %v", len(ms), err)
	}
	for batch := Every(5000, 300); batch <= 5000; batch += Every(5000, 300) {
		if !slices.ContainsFunc(ms, func(m train.Progress) bool { return m.Batch == batch }) {
			t.Errorf("batch %d is left out", batch)
		}
	}
}
