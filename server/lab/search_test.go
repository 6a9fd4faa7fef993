package lab

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/spec"
)

// shelf is a lab with runs at rest that were never trained: run i has seed i, its time
// constant is 100 for every second one, its loss i, and every tenth is tagged.
func shelf(t testing.TB, n int) *Lab {
	t.Helper()
	w := &witness{states: map[string][]job.State{}, newest: map[string]int{}, activity: map[string]int{}, news: make(chan struct{})}
	l, err := Open(t.Context(), Config{Data: t.TempDir()}, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	begin := time.Now().Add(-time.Hour)
	for i := range n {
		sp := spec.Default(spec.Modulation)
		sp.Seed = uint64(i)
		if i%2 == 1 {
			sp.Tau = 100
		}
		r := store.Run{ID: fmt.Sprintf("run%d", i), Title: sp.String(), Spec: sp.JSON(), State: job.Finished, Batch: 10, Batches: sp.Batches,
			Loss: float64(i), GradNorm: math.NaN(), Kernel: "generic", Created: begin.Add(time.Duration(i) * time.Second)}
		if i%10 == 0 {
			r.Tags, r.Name = []string{"round"}, fmt.Sprintf("Decade %d", i/10)
		}
		if err := l.store.Add(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func ids(runs []RunInfo) []string {
	out := []string{}
	for _, r := range runs {
		out = append(out, r.ID)
	}
	return out
}

func TestRunsAreFound(t *testing.T) {
	t.Parallel()
	l := shelf(t, 22)
	for _, c := range []struct {
		Search
		want []string
	}{
		{Search{Query: "seed=3"}, []string{"run3"}},
		{Search{Query: "tau=100 loss<4"}, []string{"run3", "run1"}},
		{Search{Query: "tau!=100 loss<=4 loss>0"}, []string{"run4", "run2"}},
		{Search{Query: "tag=ROUND model=modulation state=done", Sort: "loss"}, []string{"run0", "run10", "run20"}},
		{Search{Query: "tag=round -decade"}, []string{}},
		{Search{Query: `"decade 2"`}, []string{"run20"}},
		{Search{Query: `name="decade 1"`}, []string{"run10"}},
		{Search{Query: "-tag=round seed<12 seed>=9", Sort: "seed"}, []string{"run9", "run11"}},
		{Search{Query: "additive=no seed=5"}, []string{"run5"}},
		{Search{Query: "seed>18", Sort: "-tau"}, []string{"run21", "run19", "run20"}},
		{Search{Query: "units=100"}, []string{}}, // which does not matter for them
		{Search{Query: "state=deleted"}, []string{}},
	} {
		runs, err := l.FindRuns(t.Context(), c.Search)
		if err != nil || !slices.Equal(ids(runs), c.want) {
			t.Errorf("%+v gives %v, %v, want %v", c.Search, ids(runs), err, c.want)
		}
	}
	for search, field := range map[Search]string{
		{Query: "taux=1"}: "q", {Query: "tau=much"}: "q", {Query: "tag<3"}: "q", {Sort: "-colour"}: "sort",
		{Query: string(make([]byte, longestQuery+1))}: "q",
	} {
		_, err := l.FindRuns(t.Context(), search)
		if r := Refusal(err); r == nil || r.Kind != Invalid || r.Fields[0].Field != field {
			t.Errorf("%.60v: %v, want a refusal of %s", search, err, field)
		}
	}
}

// A thousand runs are filtered and sorted; BenchmarkFindRuns says how soon.
func TestAThousandRunsAreFound(t *testing.T) {
	l := shelf(t, 1000)
	runs, err := l.FindRuns(t.Context(), Search{Query: "tau=100 model=modulation -tag=round state=done", Sort: "-loss"})
	if err != nil || len(runs) != 500 || runs[0].ID != "run999" {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
}

func BenchmarkFindRuns(b *testing.B) {
	l := shelf(b, 1000)
	for b.Loop() {
		if _, err := l.FindRuns(b.Context(), Search{Query: "tau=100 tag=round", Sort: "loss"}); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever is typed is refused, or searched for.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{`tau=100 -tag=x "a b" loss<=3`, `"`, `-`, `=`, `!=x`, `tau==`, "-tau!=\u00a01"} {
		f.Add(q)
	}
	r := RunInfo{Title: "a run", Spec: spec.Default(spec.Dale), Tags: []string{"x"}}
	f.Fuzz(func(_ *testing.T, q string) {
		terms, _ := parseQuery(q)
		for _, t := range terms {
			t.holds(&r)
		}
	})
}

func TestLabelsOfARun(t *testing.T) {
	t.Parallel()
	l := shelf(t, 2)
	r, err := l.LabelRun(t.Context(), "run1", Labels{Name: "  Mine ", Note: "two\nlines", Tags: []string{"#Slow", "slow", "τ-100"}})
	if err != nil || r.Name != "Mine" || r.Note != "two\nlines" || !slices.Equal(r.Tags, []string{"slow", "τ-100"}) || r.Label() != "Mine" {
		t.Errorf("labelled it is %+v, %v", r, err)
	}
	if err := l.TagRuns(t.Context(), []string{"run0", "run1"}, "both"); err != nil {
		t.Fatal(err)
	}
	if runs, _ := l.FindRuns(t.Context(), Search{Query: "tag=both"}); len(runs) != 2 || len(runs[0].Tags) != 3 || runs[0].Name != "Mine" {
		t.Errorf("tagged are %+v", runs)
	}
	for field, labels := range map[string]Labels{
		"name": {Name: "a\nb"}, "note": {Note: string([]byte{0xff})}, "tags": {Tags: []string{"a b"}},
	} {
		if _, err := l.LabelRun(t.Context(), "run1", labels); Refusal(err) == nil || Refusal(err).Fields[0].Field != field {
			t.Errorf("%+v: %v, want a refusal of %s", labels, err, field)
		}
	}
	if _, err := l.LabelRun(t.Context(), "none", Labels{}); Refusal(err) == nil || Refusal(err).Kind != NotFound {
		t.Errorf("a label on nothing: %v", err)
	}
}

// A deleted run is nowhere but among the deleted ones, comes back as it was, and is gone
// from the disk once its day is over.
func TestDeletionIsUndoneForADay(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	ctx := t.Context()
	r, other := trained(t, l, tiny(3)), trained(t, l, tiny(2))
	if err := l.DeleteRuns(ctx, []string{r.ID, "none"}); Refusal(err) == nil {
		t.Errorf("one that is not there: %v", err)
	}
	if runs, err := l.Runs(ctx); err != nil || len(runs) != 2 {
		t.Fatalf("%d runs are left, %v: where one cannot be deleted, none is", len(runs), err)
	}
	if err := l.DeleteRuns(ctx, []string{r.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.FindRun(ctx, r.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("deleted it is found: %v", err)
	}
	if _, err := l.ResumeRun(ctx, r.ID); Refusal(err) == nil || Refusal(err).Kind != NotFound {
		t.Errorf("deleted it is resumed: %v", err)
	}
	deleted, err := l.FindRuns(ctx, Search{Query: "state=deleted"})
	if err != nil || len(deleted) != 1 || deleted[0].ID != r.ID || deleted[0].Deleted == nil {
		t.Errorf("deleted are %+v, %v", deleted, err)
	}
	l.expire(ctx, time.Now().Add(-Undo))
	if err := l.RestoreRuns(ctx, []string{r.ID}); err != nil {
		t.Fatal(err)
	}
	if back := rest(t, l, r.ID); back.Batch != 3 || len(losses(t, l, r.ID)) != 3 || len(l.store.Checkpoints(r.ID)) == 0 {
		t.Errorf("restored it is %+v", back)
	}
	if err := l.PurgeRuns(ctx, []string{r.ID}); Refusal(err) == nil || Refusal(err).Kind != Conflict {
		t.Errorf("one that is not deleted was purged: %v", err)
	}
	if err := errors.Join(l.DeleteRun(ctx, r.ID), l.DeleteRun(ctx, other.ID), l.PurgeRuns(ctx, []string{other.ID})); err != nil {
		t.Fatal(err)
	}
	l.expire(ctx, time.Now().Add(time.Second))
	if err := l.RestoreRuns(ctx, []string{r.ID, other.ID}); Refusal(err) == nil || Refusal(err).Kind != NotFound {
		t.Errorf("what is gone was restored: %v", err)
	}
	if left := l.store.Checkpointed(); len(left) > 0 {
		t.Errorf("checkpoints of %v are left", left)
	}
}
