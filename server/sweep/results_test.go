package sweep

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"

	trainedmodels "unmixlab/trained_models"
)

// Results that were shared in a file are those of the folder: every table and chart of
// them is the same.
func TestSharedResultsAreTheFolders(t *testing.T) {
	t.Parallel()
	f := created(t, two)
	var b bytes.Buffer
	if err := f.Share(&b); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("what is not trained is shared: %v", err)
	}
	finished(t, f)
	if err := f.Share(&b); err != nil {
		t.Fatal(err)
	}
	shared, err := ReadResults(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	own := f.Results()
	want, got := arraysOf(t, own), arraysOf(t, shared)
	if len(want) < 500 || !bytes.Equal(want, got) {
		t.Errorf("arrays of %d and %d bytes, or others", len(got), len(want))
	}
	a, errA := own.Figure()
	c, errC := shared.Figure()
	if errA != nil || errC != nil || asJSON(t, a) != asJSON(t, c) {
		t.Errorf("another figure, %v, %v", errA, errC)
	}
	for i, s := range own.Points {
		few, same := own.along(s), shared.along(shared.Points[i])
		if len(few) != 12+3*2 || len(same) != len(few) || !shared.Points[i].Ended.Equal(s.Ended) {
			t.Errorf("%s has %d readings on the way, shared %d", s.Hash, len(few), len(same))
		}
		for _, r := range few {
			if !slices.ContainsFunc(same, func(q reading) bool {
				return q.batch == r.batch && q.key == r.key && math.Abs(q.value-r.value) <= 1e-4*math.Abs(r.value)
			}) {
				t.Errorf("%s lacks %v", s.Hash, r)
			}
		}
	}
}

func arraysOf(t *testing.T, r Results) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteNPZ(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestForeignResultsAreRefused(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := finished(t, created(t, `{"name": "one", `+small+`}`)).Share(&b); err != nil {
		t.Fatal(err)
	}
	whole := b.String()
	for text, why := range map[string]string{
		"":                               "cannot be read",
		"[]":                             "cannot be read",
		`{"format": 2}`:                  "format",
		`{"format": 1, "sweep": {}}`:     "name",
		whole[:len(whole)/2]:             "cannot be read",
		strings.Repeat(" ", maxShared+1): "at most",
		strings.Replace(whole, `"point"`, `"q"`, 1): "is missing",
	} {
		if r, err := ReadResults([]byte(text)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.60q is read as %d points, %v; want %s", text, len(r.Points), err, why)
		}
	}
}

// Networks that are not there meet no expectation.
func TestNothingIsExpectedOfNothing(t *testing.T) {
	t.Parallel()
	for _, p := range Papers {
		for _, a := range p.Answers(Results{}) {
			if a.Met {
				t.Errorf("%s: %q is met by no network", p.Name, a.Text)
			}
		}
	}
}

// Results from anywhere are read or refused, and what was read can be drawn.
func FuzzReadResults(f *testing.F) {
	for _, p := range Papers {
		if b, err := fs.ReadFile(trainedmodels.FS, "sweeps/"+p.Name+".json"); err == nil {
			f.Add(b)
		}
	}
	f.Add([]byte(`{"format": 1, "sweep": {"name": "a", "base": {}, "seeds": [1], "measure": ["loss"]}, "points": []}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ReadResults(b)
		if err != nil {
			return
		}
		if _, err := r.Panel(r.Settle(View{})); err != nil {
			t.Error(err)
		}
	})
}
