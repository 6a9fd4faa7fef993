package main

import (
	"archive/zip"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/npy"
)

// arrays reads the numbers of an .npz.
func arrays(t *testing.T, path string) map[string]npy.Array {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all := map[string]npy.Array{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if a, err := npy.Read(r, 1<<24); err == nil {
			all[strings.TrimSuffix(f.Name, ".npy")] = a
		}
		r.Close()
	}
	return all
}

// matricesFile is a .npy as numpy.save writes it.
func matricesFile(t *testing.T, shape string, values ...float64) string {
	t.Helper()
	h := "{'descr': '<f8', 'fortran_order': False, 'shape': (" + shape + "), }\n"
	b := append([]byte("\x93NUMPY\x01\x00"), byte(len(h)), byte(len(h)>>8))
	b = append(b, h...)
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	path := filepath.Join(t.TempDir(), "A.npy")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func float32s(values []float64) []float32 {
	var out []float32
	for _, v := range values {
		out = append(out, float32(v))
	}
	return out
}

// What is recorded is what the test run of the figures plays: the same contexts, the same
// noise, the same numbers to the last bit.
func TestRecordIsTheTestRun(t *testing.T) {
	f, err := findModel("modulation-slow", "")
	if err != nil {
		t.Fatal(err)
	}
	src, err := data.NewSources(f.Network.Spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	setup := experiment.Paper(f.Network, src)
	setup.Seed, setup.Contexts, setup.Samples = 3, 4, 250
	run, err := setup.Test(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "r.npz")
	if _, err := unmixlab(t, "record", "modulation-slow", "--contexts", "4", "--samples", "250", "--seed", "3", "--out", out); err != nil {
		t.Fatal(err)
	}
	got := arrays(t, out)
	for _, name := range []string{"s", "x", "y", "w", "l"} {
		want := run.Whole(name)
		if a := got[name]; !slices.Equal(a.Shape, []int{1000, want.N}) || !slices.Equal(float32s(a.Values), want.Data) {
			t.Errorf("%s has shape %v, or differs from the test run's", name, a.Shape)
		}
	}
	if h := got["h"]; !slices.Equal(h.Shape, []int{1000, f.Network.Spec.Hidden}) {
		t.Errorf("h has shape %v", h.Shape)
	}
	if c := got["contexts"]; !slices.Equal(c.Shape, []int{4, 2, 2}) || !slices.Equal(c.Values[4:8], run.Contexts()[1].A) {
		t.Errorf("contexts are %v", c)
	}
	if seed := got["about/seed"]; !slices.Equal(seed.Values, []float64{3}) {
		t.Errorf("the seed is %v", seed)
	}
}

// Matrices from a file are the contexts, and feedback is frozen where that is asked for.
func TestRecordTakesMatrices(t *testing.T) {
	path := matricesFile(t, "2, 2, 2", .8, .2, .3, .7, .1, .9, .6, .4)
	out := filepath.Join(t.TempDir(), "r.npz")
	if _, err := unmixlab(t, "record", "modulation-slow", "--contexts", path, "--noise", "0", "--samples", "200", "--freeze", "150", "--out", out); err != nil {
		t.Fatal(err)
	}
	got := arrays(t, out)
	if c := got["contexts"].Values; !slices.Equal(c[:8], []float64{.8, .2, .3, .7, .1, .9, .6, .4}) || !slices.Equal(c[8:], c[4:8]) {
		t.Errorf("contexts are %v", c)
	}
	if f := got["frozen"].Values; !slices.Equal(f, []float64{0, 1, 0}) || !slices.Equal(got["from"].Values, []float64{0, 200, 350}) {
		t.Errorf("frozen %v, from %v", f, got["from"].Values)
	}
	s, x, w := got["s"].Values, got["x"].Values, got["w"].Values
	if at := 2 * 250; math.Abs(x[at]-(.1*s[at]+.9*s[at+1])) > 1e-6 || math.Abs(x[at+1]-(.6*s[at]+.4*s[at+1])) > 1e-6 {
		t.Errorf("x %v of s %v is not A s", x[at:at+2], s[at:at+2])
	}
	row := func(t int) []float64 { return w[4*t : 4*t+4] }
	if !slices.Equal(row(201), row(349)) || slices.Equal(row(351), row(399)) || slices.Equal(row(1), row(199)) {
		t.Error("weights move where feedback is frozen, or stay where it is not")
	}
}

// A protocol says all: phases of any length and signals that are wanted.
func TestRecordPlaysAProtocol(t *testing.T) {
	dir := t.TempDir()
	path, out := filepath.Join(dir, "p.json"), filepath.Join(dir, "r.npz")
	b, _ := json.Marshal(map[string]any{"seed": 5, "signals": []string{"y"}, "phases": []any{
		map[string]any{"context": [][]float64{{1, 0}, {0, 1}}, "samples": 30},
		map[string]any{"context": [][]float64{{1, 0}, {0, 1}}, "samples": 12, "frozen": true}}})
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := unmixlab(t, "record", "ideal-spatial", "--protocol", path, "--out", out); err != nil {
		t.Fatal(err)
	}
	got := arrays(t, out)
	if !slices.Equal(got["y"].Shape, []int{42, 2}) || got["x"].Shape != nil || !slices.Equal(got["to"].Values, []float64{30, 42}) {
		t.Errorf("y %v, x %v, to %v", got["y"].Shape, got["x"].Shape, got["to"].Values)
	}
}

func TestRecordRefuses(t *testing.T) {
	three := matricesFile(t, "1, 3, 3", 1, 0, 0, 0, 1, 0, 0, 0, 1)
	flat := matricesFile(t, "3,", 1, 2, 3)
	protocol := filepath.Join(t.TempDir(), "p.json")
	if err := os.WriteFile(protocol, []byte(`{"phase": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"contexts[0] must be 2 rows": {"--contexts", three},
		"must be (C, S, S)":          {"--contexts", flat},
		"whole number, or a .npy":    {"--contexts", "many"},
		"samples is":                 {"--samples", "9"},
		"noise is":                   {"--contexts", matricesFile(t, "2, 2", 1, 0, 0, 1), "--noise", "99"},
		`unknown field "phase"`:      {"--protocol", protocol},
		"says all":                   {"--protocol", protocol, "--seed", "3"},
	} {
		args = append([]string{"record", "modulation-slow", "--out", filepath.Join(t.TempDir(), "r.npz")}, args...)
		if _, err := unmixlab(t, args...); err == nil || !strings.Contains(err.Error(), want) || exitCode(err) != exitUsage {
			t.Errorf("%v: error %v, want one that says %q", args[4:], err, want)
		}
	}
}

// A network trains and is tested in the matrices of a file, and its model carries them.
func TestTrainInMatricesOfAFile(t *testing.T) {
	a := []float64{.8, .2, .3, .7, .1, .9, .6, .4}
	path := matricesFile(t, "2, 2, 2", a...)
	model, out := filepath.Join(t.TempDir(), "m.safetensors"), filepath.Join(t.TempDir(), "r.npz")
	args := []string{"train", "--hidden", "4", "--batches", "2", "--batch", "2", "--steps", "20", "--duration", "0.1", "--mixing", "file", "--out", model}
	if _, err := unmixlab(t, append(args, "--matrices", path)...); err != nil {
		t.Fatal(err)
	}
	if _, err := unmixlab(t, "record", model, "--contexts", "12", "--samples", "100", "--out", out); err != nil {
		t.Fatal(err)
	}
	got, seen := arrays(t, out)["contexts"].Values, [2]int{}
	for i := range 12 {
		switch c := got[4*i : 4*i+4]; {
		case slices.Equal(c, a[:4]):
			seen[0]++
		case slices.Equal(c, a[4:]):
			seen[1]++
		}
	}
	if seen[0] == 0 || seen[1] == 0 || seen[0]+seen[1] != 12 {
		t.Errorf("of 12 contexts %v are those of the file", seen)
	}
	_, err := unmixlab(t, args...)
	if err == nil || !strings.Contains(err.Error(), "matrices are 0 numbers, must be 4 for each matrix") {
		t.Errorf("without matrices: %v", err)
	}
	if _, err := unmixlab(t, "train", "--matrices", path, "--out", model+"2"); err == nil || !strings.Contains(err.Error(), "for mixing file alone") {
		t.Errorf("without mixing file: %v", err)
	}
}
