package sweep

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/kernel"
)

const two = `{"name": "two", ` + small + `, "grid": {"tau": [1, 10]}, "seeds": 2, "every": 4, "measure": ["late_error", "clarity_y"]}`

func created(t *testing.T, text string) *Folder {
	t.Helper()
	f, err := Create(filepath.Join(t.TempDir(), "sweep"), parsed(t, text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func finished(t *testing.T, f *Folder) *Folder {
	t.Helper()
	if err := f.Run(t.Context(), 2, Options{}, nil); err != nil {
		t.Fatal(err)
	}
	if n := CountOf(f.All()); n.By[Done] != n.Points {
		t.Fatalf("of %d points %v are done", n.Points, n.By)
	}
	return f
}

// results are what a point's files say, apart from when and how fast.
func results(t *testing.T, f *Folder) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, s := range f.All() {
		for _, name := range []string{curveFile, alongFile} {
			b, err := os.ReadFile(f.path(s.Point, name))
			if err != nil {
				t.Fatal(err)
			}
			all[s.Hash+name] = string(b)
		}
		m, ok := f.trained(s.Point)
		if !ok {
			t.Fatalf("%s has no model", s.Hash)
		}
		var weights bytes.Buffer
		for _, w := range m.Network.Params.Flat {
			weights.WriteString(cell(float64(w)) + " ")
		}
		all[s.Hash+"weights"] = weights.String()
		for name, v := range s.Numbers {
			all[s.Hash+name] = cell(v)
		}
	}
	return all
}

func equal(t *testing.T, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d results, want %d", len(got), len(want))
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s is\n%.300s\nwant\n%.300s", name, got[name], text)
		}
	}
}

func TestInterruptedAfterEveryBatchItComesToTheSame(t *testing.T) {
	t.Parallel()
	want := results(t, finished(t, created(t, two)))
	f := created(t, two)
	for rounds := 0; ; rounds++ {
		if rounds > 100 {
			t.Fatal("it does not get on")
		}
		ctx, cancel := context.WithCancel(t.Context())
		err := f.Run(ctx, 2, Options{Batch: func(Point, int, float64) { cancel() }}, nil)
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
	}
	equal(t, results(t, f), want)
}

func TestWhatIsThereIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	f := finished(t, created(t, two))
	before := results(t, f)
	trained := 0
	count := Options{Batch: func(Point, int, float64) { trained++ }}
	if err := f.Run(t.Context(), 1, count, nil); err != nil || trained > 0 {
		t.Errorf("%v; again %d batches were trained", err, trained)
	}
	more := strings.Replace(two, `"seeds": 2`, `"seeds": [7, 1, 2]`, 1)
	g, err := Create(f.Dir, parsed(t, more), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Run(t.Context(), 1, count, nil); err != nil || trained != 2*12 {
		t.Errorf("%v; for a seed more %d batches were trained", err, trained)
	}
	after := results(t, g)
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s has changed", name)
		}
	}
	for i, p := range f.Points {
		if g.Number(p.Hash) != i {
			t.Errorf("point %d has become %d", i, g.Number(p.Hash))
		}
	}
}

func TestAMeasureMoreTrainsNothing(t *testing.T) {
	t.Parallel()
	f := finished(t, created(t, two))
	g, err := Create(f.Dir, parsed(t, strings.Replace(two, `"late_error"`, `"late_error", "fig2.early_weight_error?contexts=3"`, 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := g.Status(g.Points[0]); s.State != Trained {
		t.Errorf("it is %s", s.State)
	}
	if err := g.Run(t.Context(), 1, Options{Batch: func(Point, int, float64) { t.Error("trained again") }}, nil); err != nil {
		t.Fatal(err)
	}
	if s := g.Status(g.Points[0]); s.State != Done || math.IsNaN(s.Numbers["fig2.early_weight_error?contexts=3"]) {
		t.Errorf("it is %s with %v", s.State, s.Numbers)
	}
}

func TestADamagedCheckpointCostsTimeAlone(t *testing.T) {
	t.Parallel()
	want := results(t, finished(t, created(t, two)))
	f := created(t, two)
	ctx, cancel := context.WithCancel(t.Context())
	f.Run(ctx, 1, Options{Batch: func(_ Point, batch int, _ float64) {
		if batch == 5 {
			cancel()
		}
	}}, nil)
	path := f.path(f.Points[0], checkpoint)
	if err := os.WriteFile(path, []byte("nothing of use"), 0o644); err != nil {
		t.Fatal(err)
	}
	equal(t, results(t, finished(t, f)), want)
}

func TestAFailureIsKeptAndTriedAgainWhenAsked(t *testing.T) {
	t.Parallel()
	f := created(t, strings.Replace(two, `"batches": 12`, `"batches": 12, "mixing": "random", "threshold": 1`, 1))
	if err := f.Run(t.Context(), 2, Options{}, nil); err != nil {
		t.Fatal(err)
	}
	all := f.All()
	if n := CountOf(all); n.By[Failed] != n.Points || n.Points != 4 || n.Learned != 0 {
		t.Fatalf("states are %v", n.By)
	}
	if all[0].Error == "" || len(f.Missing()) != 0 {
		t.Errorf("its error is %q", all[0].Error)
	}
	if n, err := f.Retry("no such words"); n != 0 || err != nil {
		t.Errorf("%d are tried again, %v", n, err)
	}
	if n, err := f.Retry(all[0].Error[:10]); n != 4 || err != nil || len(f.Missing()) != 4 {
		t.Errorf("%d are tried again, %v", n, err)
	}
}

func TestOneKernelASweep(t *testing.T) {
	t.Parallel()
	if kernel.Name() == "generic" {
		t.Skip("there is one kernel alone here")
	}
	f := created(t, strings.Replace(two, `"seeds": 2`, `"seeds": 1, "kernel": "generic"`, 1))
	if err := f.Train(t.Context(), f.Points[0], Options{}); !errors.As(err, new(KernelError)) {
		t.Errorf("trained by another kernel: %v", err)
	}
	if f.Status(f.Points[0]).State != Missing {
		t.Error("that it was refused is kept as a failure")
	}
	if err := f.Train(t.Context(), f.Points[0], Options{AnyKernel: true}); err != nil {
		t.Fatal(err)
	}
	if got := f.Status(f.Points[0]).Kernels; !slices.Equal(got, []string{kernel.Name()}) {
		t.Errorf("it says it was trained by %v", got)
	}
}

func TestAPointIsTrainedByOneAtATime(t *testing.T) {
	t.Parallel()
	f := created(t, two)
	var second error
	err := f.Train(t.Context(), f.Points[0], Options{Batch: func(p Point, batch int, _ float64) {
		if batch == 1 {
			second = f.Train(t.Context(), p, Options{})
		}
	}})
	if err != nil || !errors.Is(second, ErrElsewhere) {
		t.Errorf("the first: %v, the second meanwhile: %v", err, second)
	}
}

func TestCollectedResults(t *testing.T) {
	t.Parallel()
	f := finished(t, created(t, two))
	var table, arrays bytes.Buffer
	if err := errors.Join(f.Results().WriteCSV(&table), f.Results().WriteNPZ(&arrays)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(rows) != 1+4*(12+3*2+3) { // the loss of 12 batches, on the way at 4, 8 and 12, at the end with the loss
		t.Errorf("%d rows, %v", len(rows), err)
	}
	for _, s := range f.All() {
		if !slices.ContainsFunc(rows, func(r []string) bool {
			return r[0] == s.Hash && r[1] == s.Values["tau"] && r[6] == "clarity_y" && r[7] == cell(s.Numbers["clarity_y"]) && r[5] == "12"
		}) {
			t.Errorf("there is no row of %s", s.Hash)
		}
	}
	z, err := zip.NewReader(bytes.NewReader(arrays.Bytes()), int64(arrays.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range z.File {
		names = append(names, file.Name)
	}
	for _, want := range []string{"value.npy", "measure.npy", "label.npy", "unit.npy", "field/tau.npy", "spec.npy", "sweep.npy", "seed.npy"} {
		if !slices.Contains(names, want) {
			t.Errorf("%v lacks %s", names, want)
		}
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	f := finished(t, created(t, two))
	r := f.Results()
	v := r.Settle(View{Measure: "nothing", X: "nothing", By: "nothing", Map: true})
	if v != (View{Measure: "late_error", X: "tau"}) {
		t.Errorf("what is not there became %v", v)
	}
	groups := Groups(r.Points, v)
	if len(groups) != 2 || groups[0].X != "1" || groups[1].N != 2 || len(groups[1].Values) != 2 {
		t.Errorf("groups are %v", groups)
	}
	for _, v := range []View{v, {Measure: "loss", X: "seed", By: "tau"}, {Measure: "loss", X: "seed", By: "tau", Map: true}} {
		p, err := r.Panel(r.Settle(v))
		if err != nil || len(p.Option) < 500 || !strings.Contains(p.See, "4 of 4") || len(p.Table.Rows) == 0 {
			t.Errorf("%v: %v %.200s", v, err, p.Option)
		}
	}
	if _, err := r.Figure(); err != nil {
		t.Error(err)
	}
}

func TestForeignFoldersAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{}", `{"name": "a", "seeds": []}`, `{"name": "a", "base": {"model": "none"}, "seeds": [1]}`} {
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, sweepFile), []byte(text), 0o644)
		if f, err := Open(dir, nil); err == nil {
			t.Errorf("%s is opened as %v", text, f)
		}
	}
	if _, err := Open(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "no sweep's folder") {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestEstimatesGoByWhatWasShown(t *testing.T) {
	t.Parallel()
	all := parsed(t, two).Plan()
	first := Estimate(all, 1e9)
	all[0].State, all[0].Seconds = Done, 2
	if got, want := Estimate(all, 1e9), 3*12*2.0; math.Abs(got-want) > 1e-9 || first <= 0 {
		t.Errorf("%g s are left, want %g", got, want)
	}
}

func TestLinesHaveShortNames(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"tau", "100", "τ 100"}, {"seed", "3", "seed 3"}, {"input", "xy", "xy"}, {"inhibition", "0.2", "0.2"}} {
		if got := lineName(c[0], c[1]); got != c[2] {
			t.Errorf("%s %s is called %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
