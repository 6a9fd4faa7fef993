package store

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Measures stay, go with what will be done again, and with their run; labels and measures
// are found in a damaged database too.
func TestMeasuresOfARun(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	add(t, s, "r1", "paused")
	add(t, s, "r2", "paused")
	want := Measure{Batch: 100, LateError: 0.5, ClarityX: 0.25, ClarityY: 0.75, Angle: math.NaN(), Seconds: 0.01}
	for _, id := range []string{"r1", "r2"} {
		for _, batch := range []int{100, 200} {
			m := want
			m.Batch = batch
			if err := s.AddMeasure(ctx, id, m); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Rewind(ctx, "r1", 150); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, "r2"); err != nil {
		t.Fatal(err)
	}
	labels := Labels{Name: "a name", Note: "a\nnote", Tags: []string{"x", "y"}}
	if err := s.SetLabels(ctx, "r1", labels); err != nil {
		t.Fatal(err)
	}
	if err := s.SetDeleted(ctx, "r1", time.UnixMilli(5)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Measures(ctx, "r1")
	if err != nil || len(got) != 1 || got[0].ClarityY != 0.75 || !math.IsNaN(got[0].Angle) || got[0].Batch != 100 {
		t.Errorf("there are %+v, %v", got, err)
	}
	if left, _ := s.Measures(ctx, "r2"); len(left) > 0 {
		t.Errorf("of a removed run %v are left", left)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, database))
	if err != nil {
		t.Fatal(err)
	}
	copy(b, make([]byte, headerSize)) // the tree cannot be read any longer
	if err := os.WriteFile(filepath.Join(dir, database), b, 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := salvageFile(filepath.Join(dir, database))
	if err != nil || len(found.runs) != 1 || len(found.measures["r1"]) != 1 {
		t.Fatalf("found are %+v, %v", found, err)
	}
	r := found.runs[0]
	if r.Name != labels.Name || r.Note != labels.Note || !slices.Equal(r.Tags, labels.Tags) || r.Deleted.UnixMilli() != 5 {
		t.Errorf("found is %+v", r)
	}
	again := open(t, dir)
	if back := get(t, again, "r1"); back.Name != labels.Name || back.Deleted.IsZero() {
		t.Errorf("recovered it is %+v", back)
	}
	if m, err := again.Measures(ctx, "r1"); err != nil || len(m) != 1 || m[0].LateError != 0.5 {
		t.Errorf("recovered are %+v, %v", m, err)
	}
}

// A smoothed curve is the mean over so many batches, of all of them, thinned or not.
func TestSmoothedCurves(t *testing.T) {
	s := open(t, t.TempDir())
	add(t, s, "r1", "paused")
	losses := noisy(2000)
	losses[3] = math.NaN()
	appendTo(t, s, "r1", losses...)
	for _, over := range []int{1, 7, 5000} {
		for _, points := range []int{0, 100} {
			got, err := s.Smoothed(t.Context(), "r1", over, points)
			if err != nil || points == 0 && len(got) != 2000 || points > 0 && len(got) > 100 || got[len(got)-1].Batch != 2000 {
				t.Fatalf("over %d, %d points are %d, %v", over, points, len(got), err)
			}
			for _, p := range got {
				sum, n := 0.0, 0
				for _, x := range losses[max(0, p.Batch-over):p.Batch] {
					if !math.IsNaN(x) {
						sum, n = sum+x, n+1
					}
				}
				if want := sum / float64(n); n > 0 && math.Abs(p.Loss-want) > 1e-9*want || n == 0 && !math.IsNaN(p.Loss) {
					t.Fatalf("over %d, batch %d is %g, want %g", over, p.Batch, p.Loss, want)
				}
			}
		}
	}
}
