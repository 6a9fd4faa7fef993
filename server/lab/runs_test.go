package lab

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// losses are a run's, of every batch.
func losses(t *testing.T, l *Lab, id string) []float64 {
	t.Helper()
	ms, _, err := l.Metrics(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for i, m := range ms {
		if m.Batch != i+1 {
			t.Fatalf("metric %d is of batch %d", i, m.Batch)
		}
		out = append(out, m.Loss)
	}
	return out
}

// Whoever observes a run is told of its states, its batches, and what it does only
// while it is watched.
func TestARunIsObserved(t *testing.T) {
	t.Parallel()
	l, w := openLab(t, Config{})
	unwatched := trained(t, l, tiny(7))
	w.mu.Lock()
	if want := []job.State{job.Queued, job.Running, job.Finished}; !slices.Equal(w.states[unwatched.ID], want) {
		t.Errorf("its states were %v, want %v", w.states[unwatched.ID], want)
	}
	if w.done != 7 || w.newest[unwatched.ID] != 7 {
		t.Errorf("%d batches were told, the last is %d, want 7", w.done, w.newest[unwatched.ID])
	}
	w.watching = true
	w.mu.Unlock()
	watched := start(t, l, tiny(1e6))
	w.until(t, "its activity is shown", func() bool { return w.activity[watched.ID] > 0 })
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := w.activity[unwatched.ID]; n != 1 { // the last, which stays for later viewers
		t.Errorf("a run that nobody watched was shown %d times, want once, at its end", n)
	}
}

// One trains, so many wait, and the next is refused.
func TestTooManyRunsWait(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	for range 1 + maxQueued {
		start(t, l, tiny(1e6))
	}
	if _, err := l.StartRun(t.Context(), tiny(4)); Refusal(err) == nil || Refusal(err).Kind != Busy {
		t.Errorf("one more gave %v, want a refusal: busy", err)
	}
}

func TestRefusalsHaveAKindAndNameTheField(t *testing.T) {
	t.Parallel()
	l, w := openLab(t, Config{})
	ctx := t.Context()
	odd := tiny(1)
	odd.Tau = -1
	wav := tiny(1)
	wav.Sources, wav.WAV, wav.Frequencies = "wav", []string{"none", "none2"}, nil
	r := start(t, l, tiny(1e6))
	w.untilTrained(t, r.ID)
	queued := start(t, l, tiny(1))
	_, _, noMetrics := l.Metrics(ctx, "none", 0)
	for what, c := range map[string]struct {
		err   error
		kind  Kind
		field string
	}{
		"odd settings":        {second(l.StartRun(ctx, odd)), Invalid, "tau"},
		"sounds not there":    {second(l.StartRun(ctx, wav)), Invalid, "wav"},
		"no such run":         {second(l.PauseRun(ctx, "none")), NotFound, "id"},
		"metrics of none":     {noMetrics, NotFound, "id"},
		"resuming one active": {second(l.ResumeRun(ctx, r.ID)), Conflict, "id"},
		"deleting one active": {l.DeleteRun(ctx, r.ID), Conflict, "id"},
		"saving nothing":      {second(l.SaveRun(ctx, queued.ID, "")), Conflict, "id"},
		"no such model":       {l.DeleteModel("none"), NotFound, "id"},
		"a shipped model":     {l.DeleteModel("ideal-spatial"), Conflict, "id"},
		"no model file":       {second(l.AddModel(ctx, "a.pt", []byte("PK\x03\x04 not"))), Invalid, "file"},
		"no sound":            {second(l.AddSound(ctx, "a.wav", strings.NewReader("RIFF"))), Invalid, "file"},
		"no such figure":      {second(l.Figure(ctx, "ideal-spatial", "fig99", nil)), NotFound, "fig"},
		"no figure for it":    {second(l.Figure(ctx, "ideal-spatial", "fig6", nil)), Invalid, "fig"},
		"an odd parameter":    {second(l.Figure(ctx, "ideal-spatial", "fig1", map[string][]string{"seed": {"-1"}})), Invalid, "seed"},
		"an unknown one":      {second(l.Figure(ctx, "ideal-spatial", "fig1", map[string][]string{"colour": {"red"}})), Invalid, "colour"},
	} {
		refusal := Refusal(c.err)
		if refusal == nil || refusal.Kind != c.kind || len(refusal.Fields) != 1 || refusal.Fields[0].Field != c.field || refusal.Message == "" {
			t.Errorf("%s: %+v of %v, want kind %d naming %s", what, refusal, c.err, c.kind, c.field)
		}
	}
	l.Rest()
	if _, err := l.StartRun(ctx, tiny(1)); Refusal(err) == nil || Refusal(err).Kind != Unavailable {
		t.Errorf("a run for a lab at rest: %v, want a refusal: unavailable", err)
	}
	if Refusal(errors.New("disk full")) != nil {
		t.Error("a failure passes for a refusal")
	}
	two := Refusal(spec.Errors{{Field: "tau", Message: "is odd"}, {Field: "dim", Message: "is odd"}})
	if len(two.Fields) != 2 || !strings.Contains(two.Message, "2 settings") {
		t.Errorf("two wrong fields are refused as %+v", two)
	}
}

// second is the error of what gives a value and an error.
func second[T any](_ T, err error) error { return err }

// The curve of a run that was paused, shut down and resumed is that of one that
// went through, bit by bit, up to its last batch.
func TestPauseShutdownAndCrashLeaveNoTrace(t *testing.T) {
	t.Parallel()
	ctx, data := t.Context(), t.TempDir()
	l, w := openLab(t, Config{Data: data})
	r := start(t, l, tiny(1e6))
	w.untilTrained(t, r.ID)
	r, err := l.PauseRun(ctx, r.ID)
	if err != nil || r.State != job.Paused {
		t.Fatalf("paused it is %s, %v", r.State, err)
	}
	if _, err := l.ResumeRun(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	w.untilTrained(t, r.ID)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	l, _ = openLab(t, Config{Data: data})
	r = rest(t, l, r.ID)
	if n := len(losses(t, l, r.ID)); r.State != job.Interrupted || n != r.Batch {
		t.Fatalf("after the shutdown it is %s at batch %d with %d metrics", r.State, r.Batch, n)
	}
	kept := r.Batch
	if at := checkpointed(t, l, r); at != kept {
		t.Errorf("the shutdown saved batch %d, the run is at %d", at, kept)
	}
	l.Close()
	crash(t, data, r.ID, kept)

	l, w = openLab(t, Config{Data: data})
	if r = rest(t, l, r.ID); r.State != job.Interrupted || r.Batch != kept+lost {
		t.Fatalf("after the crash it is %s at batch %d, want what had been recorded", r.State, r.Batch)
	}
	if _, err := l.ResumeRun(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	w.untilTrained(t, r.ID)
	if r, err = l.StopRun(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	got := losses(t, l, r.ID)
	if r.Batch <= kept || len(got) != r.Batch {
		t.Fatalf("it stopped at batch %d with %d metrics, having begun at %d", r.Batch, len(got), kept)
	}
	through := trained(t, l, tiny(r.Batch))
	for i, want := range losses(t, l, through.ID) {
		if got[i] != want {
			t.Fatalf("batch %d of %d, resumed after %d: loss %v, without a pause %v", i+1, r.Batch, kept, got[i], want)
		}
	}
}

// checkpointed is the batch of a run's newest checkpoint.
func checkpointed(t *testing.T, l *Lab, r RunInfo) int {
	t.Helper()
	src, err := l.sources(t.Context(), r.Spec)
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.OpenCheckpoint(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trainer, err := train.Restore(f, src)
	if err != nil {
		t.Fatal(err)
	}
	return trainer.Batch()
}

// lost is how far past its checkpoint a run is when crash lets it die.
const lost = 1e6

// crash leaves a data folder as a lab does that dies while the run trains: the run
// still running, and metrics recorded past its checkpoint.
func crash(t *testing.T, dir, id string, batch int) {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.SetState(t.Context(), id, job.Running, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), id, []train.Progress{{Batch: batch + 1, Loss: 1}, {Batch: batch + lost, Loss: 1}}, 1); err != nil {
		t.Fatal(err)
	}
}

// failing is a trainer whose third batch goes wrong.
type failing struct {
	trainer
	batch int
	third train.Progress
	err   error
}

func (f *failing) Batch() int { return f.batch }
func (f *failing) Step() (train.Progress, error) {
	if f.batch++; f.batch == 3 {
		return f.third, f.err
	}
	return train.Progress{Batch: f.batch, Loss: 1, GradNorm: 1, Seconds: 1}, nil
}

func TestRunsThatFailKeepWhatTheyHaveAndSaySo(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	for _, c := range []struct {
		third   train.Progress
		err     error
		word    string
		metrics int
	}{
		{train.Progress{Batch: 3, Loss: math.NaN(), GradNorm: math.Inf(1)}, nil, "half the learning rate", 3},
		{train.Progress{Batch: 3, Loss: math.Inf(1)}, nil, "half the learning rate", 3},
		{train.Progress{}, errors.New("no further context"), "no further context", 2},
	} {
		r := trained(t, l, tiny(1))
		if err := l.store.Rewind(t.Context(), r.ID, 0); err != nil {
			t.Fatal(err)
		}
		err := l.jobs.Start(r.ID, func(ctx context.Context) (bool, error) {
			run := trainingRun{lab: l, id: r.ID, trainer: &failing{third: c.third, err: c.err}, batches: 5, checkpointed: time.Now()}
			return run.loop(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		r = rest(t, l, r.ID)
		if n := len(losses(t, l, r.ID)); r.State != job.Failed || !strings.Contains(r.Error, c.word) || r.Batch != c.metrics || n != c.metrics {
			t.Errorf("it is %s at batch %d with %d metrics: %q", r.State, r.Batch, n, r.Error)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Errorf("it has no JSON: %v", err)
		}
	}
}

func TestMetricsAsATable(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	err := WriteCSV(&b, []train.Progress{{Batch: 1, Loss: 2.5, GradNorm: math.NaN(), Seconds: 0.25}, {Batch: 2, Loss: math.Inf(1), GradNorm: 1e-7}})
	if want := "batch,loss,grad_norm,seconds\n1,2.5,,0.25\n2,,1e-07,0\n"; err != nil || b.String() != want {
		t.Errorf("got %q, %v, want %q", b.String(), err, want)
	}
}

// A run whose loss jumps says so on its page, once for the batches that follow each other.
func TestARunTellsOfJumps(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	for _, c := range []struct {
		at   []int
		back int
		want []string
	}{
		{nil, 0, nil},
		{[]int{60, 61, 70}, 0, []string{"jumped to 160 in batch 60", "about 10", "on_spike halve"}},
		{[]int{60, 300}, 0, []string{"in batch 300", "2 times"}},
		{[]int{120}, 100, []string{"in batch 120", "after batch 100", "half the learning rate"}},
	} {
		r := trained(t, l, tiny(1))
		if err := l.store.Rewind(t.Context(), r.ID, 0); err != nil {
			t.Fatal(err)
		}
		if err := l.store.SetNotice(t.Context(), r.ID, "It began again."); err != nil {
			t.Fatal(err)
		}
		run := trainingRun{lab: l, id: r.ID}
		for batch := 1; batch <= 310; batch++ {
			p := train.Progress{Batch: batch, Loss: 10, Usual: 10}
			if slices.Contains(c.at, batch) {
				p.Loss, p.Back = 160, c.back
			}
			if run.note(p); batch == 100 {
				if err := run.record(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := run.record(); err != nil {
			t.Fatal(err)
		}
		got, err := l.FindRun(t.Context(), r.ID)
		if err != nil || !strings.HasPrefix(got.Notice, "It began again.") || (got.Notice == "It began again.") != (c.want == nil) {
			t.Errorf("jumps in %v are told as %q, %v", c.at, got.Notice, err)
		}
		for _, part := range c.want {
			if strings.Count(got.Notice, part) != 1 {
				t.Errorf("jumps in %v are told as %q, without %q", c.at, got.Notice, part)
			}
		}
	}
}
