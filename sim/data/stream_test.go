package data_test

import (
	"errors"
	"math"
	"slices"
	"sync"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/reference"
	"unmixlab/sim/spec"
)

func stream(t testing.TB, change func(*spec.Spec)) *data.Stream {
	t.Helper()
	sp := spec.Default(spec.Modulation)
	if change != nil {
		change(&sp)
	}
	src, err := data.NewSources(sp, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := data.NewStream(sp, src)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func batch(t testing.TB, s *data.Stream, n int) *data.Batch {
	t.Helper()
	b := &data.Batch{}
	if err := s.Batch(n, b); err != nil {
		t.Fatal(err)
	}
	return b
}

func stimuli(b *data.Batch, group, lanes int) []float32 {
	stride := b.Contexts[0].Stimuli * lanes
	x := make([]float32, b.Samples()*stride)
	b.Stimuli(x, stride, group, lanes)
	return x
}

func TestBatchDependsOnSeedAndNumberAlone(t *testing.T) {
	s := stream(t, nil)
	reused := &data.Batch{}
	for _, n := range []int{5, 0, 9, 5} {
		if err := s.Batch(n, reused); err != nil {
			t.Fatal(err)
		}
	}
	fresh := batch(t, stream(t, nil), 5)
	for r, c := range fresh.Contexts {
		if !slices.Equal(c.A, reused.Contexts[r].A) {
			t.Fatalf("row %d has context %v, then %v", r, c.A, reused.Contexts[r].A)
		}
	}
	for j := range fresh.S {
		if !slices.Equal(fresh.Source(j), reused.Source(j)) {
			t.Fatalf("source %d differs", j)
		}
	}
	if !slices.Equal(stimuli(fresh, 1, 16), stimuli(reused, 1, 16)) {
		t.Error("noise differs")
	}
	other := batch(t, stream(t, func(sp *spec.Spec) { sp.Seed = 2 }), 5)
	if slices.Equal(other.Source(0), fresh.Source(0)) || slices.Equal(other.Contexts[0].A, fresh.Contexts[0].A) {
		t.Error("another seed gives the same batch")
	}
}

func TestBatchesAreFresh(t *testing.T) {
	s := stream(t, func(sp *spec.Spec) { sp.Noise = 1 })
	a, b := batch(t, s, 0), batch(t, s, 1)
	if slices.Equal(a.Contexts[0].A, b.Contexts[0].A) || slices.Equal(a.Contexts[0].A, a.Contexts[1].A) {
		t.Error("contexts repeat")
	}
	if slices.Equal(a.Source(0), b.Source(0)) {
		t.Error("the phase repeats")
	}
	for name, other := range map[string][]float32{"batch": noise(b, 0), "group": noise(a, 1)} {
		var product float64
		for i, v := range noise(a, 0) {
			product += float64(v) * float64(other[i])
		}
		if r := product / float64(len(other)); math.Abs(r) > 0.03 {
			t.Errorf("noise of another %s correlates with %g", name, r)
		}
	}
}

// noise of a group, up to the rounding of x.
func noise(b *data.Batch, group int) []float32 {
	x := stimuli(b, group, 16)
	for i, v := range stimuli(data.FixedBatch(b.S, b.Contexts), group, 16) {
		x[i] -= v
	}
	return x
}

func TestStimuliAreMixedSources(t *testing.T) {
	b := batch(t, stream(t, func(sp *spec.Spec) {
		sp.Sources, sp.Dim, sp.Frequencies, sp.Threshold = "ica", 3, []float64{120, 80, 140}, 0.05
		sp.Batch, sp.Noise, sp.Steps = 19, 0, 50
	}), 3)
	for group := range 2 {
		x := stimuli(b, group, 16)
		for t0 := range b.Samples() {
			for i := range 3 {
				for l := range 16 {
					want := 0.0
					if row := group*16 + l; row < 19 {
						for j := range 3 {
							want += b.Contexts[row].A[i*3+j] * float64(b.S[j][t0])
						}
					}
					if got := x[(t0*3+i)*16+l]; math.Abs(float64(got)-want) > 1e-6 {
						t.Fatalf("group %d sample %d stimulus %d lane %d is %g, want %g", group, t0, i, l, got, want)
					}
				}
			}
		}
	}
}

func TestStimuliKeepToTheirRows(t *testing.T) {
	b := batch(t, stream(t, func(sp *spec.Spec) { sp.Steps = 20 }), 0)
	const stride = 16*2 + 5
	x := make([]float32, 20*stride)
	for i := range x {
		x[i] = 7
	}
	b.Stimuli(x, stride, 0, 16)
	for i, v := range x {
		if (v == 7) != (i%stride >= 32) {
			t.Fatalf("number %d of a row is %g", i%stride, v)
		}
	}
}

func TestSourcesOfABatchAreChunks(t *testing.T) {
	b := batch(t, stream(t, func(sp *spec.Spec) { sp.Duration, sp.Steps = 0.1, 2000 }), 1)
	pool := data.Chords([]float64{100, 125, 150, 210}, 0.1)
	starts := map[int]bool{}
	for j := range 2 {
		start := -1
		for k := 0; k < pool.Len() && start < 0; k++ {
			start = k
			for n, v := range b.Source(j) {
				if v != pool.At(j, k+n) {
					start = -1
					break
				}
			}
		}
		if start < 0 {
			t.Fatalf("source %d is no chunk of its signal", j)
		}
		starts[start] = true
	}
	if len(starts) != 2 {
		t.Error("both sources begin at the same sample")
	}
}

func TestLargerPoolGivesSortedSelections(t *testing.T) {
	s := stream(t, func(sp *spec.Spec) { sp.Sources, sp.Frequencies = "sines", []float64{100, 130, 160, 190} })
	seen := map[[2]int]int{}
	for n := range 600 {
		b := batch(t, s, n)
		if b.Pool[0] >= b.Pool[1] {
			t.Fatalf("selection %v", b.Pool)
		}
		seen[[2]int(b.Pool)]++
	}
	if len(seen) != 6 {
		t.Fatalf("%d pairs of 4 are seen, want 6", len(seen))
	}
	for pair, n := range seen {
		if n < 60 || n > 145 {
			t.Errorf("pair %v comes %d times of 600", pair, n)
		}
	}
}

func TestNoiseIsStandardNormal(t *testing.T) {
	var n data.Normal
	n.Seed(1, 2)
	const N = 20_000_000 // so many tell the tail from an exponential
	var m [5]float64
	var beyond [5]int
	for range N {
		x := float64(n.Next())
		for k, p := 1, x; k < 5; k, p = k+1, p*x {
			m[k] += p / N
		}
		for k := range beyond {
			if math.Abs(x) > float64(k) {
				beyond[k]++
			}
		}
	}
	for k, want := range []float64{0, 0, 1, 0, 3} {
		if k > 0 && math.Abs(m[k]-want) > 0.015 {
			t.Errorf("moment %d is %g, want %g", k, m[k], want)
		}
	}
	for k := 1; k < 5; k++ {
		want := N * math.Erfc(float64(k)/math.Sqrt2)
		if d := math.Abs(float64(beyond[k]) - want); d > 4*math.Sqrt(want) {
			t.Errorf("%d numbers beyond %d, want %.0f", beyond[k], k, want)
		}
	}
}

func TestNoiseHasTheSpecsSize(t *testing.T) {
	b := batch(t, stream(t, func(sp *spec.Spec) { sp.Noise = 0.3 }), 0)
	sum := 0.0
	x := noise(b, 0)
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	if sd := math.Sqrt(sum / float64(len(x))); math.Abs(sd-0.3) > 0.01 {
		t.Errorf("noise has standard deviation %g, want 0.3", sd)
	}
}

func TestGroupsCanBeFilledAtOnce(t *testing.T) {
	b := batch(t, stream(t, func(sp *spec.Spec) { sp.Batch = 64 }), 0)
	var got [4][]float32
	var wait sync.WaitGroup
	for g := range got {
		wait.Go(func() { got[g] = stimuli(b, g, 16) })
	}
	wait.Wait()
	for g := range got {
		if !slices.Equal(got[g], stimuli(b, g, 16)) {
			t.Errorf("group %d differs", g)
		}
	}
}

// The published training batches have float32 contexts and sources.
func TestFixedBatchOfAPublishedCase(t *testing.T) {
	for _, name := range reference.Cases(t)[:1] {
		a := reference.Open(t, name)
		shape, mixing := a.Float64("A")
		rows, d := shape[1], shape[2]
		_, sources := a.Float32("sources")
		s := make([][]float32, d)
		for i, v := range sources[:60*d] {
			s[i%d] = append(s[i%d], v)
		}
		contexts := make([]data.Context, rows)
		for r := range contexts {
			contexts[r] = data.Context{Stimuli: d, Sources: d, A: mixing[r*d*d : (r+1)*d*d]}
		}
		b := data.FixedBatch(s, contexts)
		x := stimuli(b, 0, 16)
		want := mixing[0]*float64(s[0][7]) + mixing[1]*float64(s[1][7])
		if got := float64(x[7*16*d]); math.Abs(got-want) > 1e-6 {
			t.Errorf("stimulus %g, want %g", got, want)
		}
	}
}

func TestStreamErrorsNameTheField(t *testing.T) {
	for field, change := range map[string]func(*spec.Spec){
		"mixing":    func(sp *spec.Spec) { sp.Mixing = "stirred" },
		"threshold": func(sp *spec.Spec) { sp.Threshold = 1 },
		"dim":       func(sp *spec.Spec) { sp.Dim = 3 },
	} {
		sp := spec.Default(spec.Modulation)
		change(&sp)
		_, err := data.NewStream(sp, data.Chords(sp.Frequencies, 1))
		var e spec.FieldError
		if !errors.As(err, &e) || e.Field != field {
			t.Errorf("error %v, want one that names %s", err, field)
		}
	}
}

func TestBatchDoesNotAllocate(t *testing.T) {
	s := stream(t, nil)
	b := batch(t, s, 0)
	x := make([]float32, 1000*32)
	n := 0
	if a := testing.AllocsPerRun(20, func() {
		n++
		if err := s.Batch(n, b); err != nil {
			t.Fatal(err)
		}
		b.Stimuli(x, 32, 0, 16)
		b.Stimuli(x, 32, 1, 16)
	}); a != 0 {
		t.Errorf("%g allocations a batch", a)
	}
}

func BenchmarkBatch(b *testing.B) {
	s := stream(b, nil)
	into := batch(b, s, 0)
	x := make([]float32, 1000*32)
	for n := range b.N {
		if err := s.Batch(n, into); err != nil {
			b.Fatal(err)
		}
		into.Stimuli(x, 32, 0, 16)
		into.Stimuli(x, 32, 1, 16)
	}
}
