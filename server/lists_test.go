package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

func TestModelsAndPresetsAreListed(t *testing.T) {
	dir := t.TempDir()
	out, err := unmixlab(t, "models", "--data", dir)
	if err != nil || !strings.Contains(out, "modulation-slow ") || !strings.Contains(out, modelfile.IdealID) {
		t.Errorf("models are\n%s%v", out, err)
	}
	out, err = unmixlab(t, "models", "--data", dir, "--json")
	var models []listedModel
	if json.Unmarshal([]byte(out), &models); err != nil || len(models) < 3 || !strings.HasPrefix(models[0].Provenance.Weights, "sha256:") {
		t.Errorf("models are %.200s, %v", out, err)
	}
	out, err = unmixlab(t, "presets")
	if err != nil || strings.Count(out, "\n") != len(spec.Presets) {
		t.Errorf("presets are\n%s%v", out, err)
	}
	out, err = unmixlab(t, "presets", "--json")
	var presets []spec.Preset
	if json.Unmarshal([]byte(out), &presets); err != nil || len(presets) != len(spec.Presets) || presets[0].Spec.Model == "" {
		t.Errorf("presets are %.200s, %v", out, err)
	}
}

func TestVersion(t *testing.T) {
	out, err := unmixlab(t, "--version")
	if err != nil || !strings.HasPrefix(out, "unmixlab ") || !strings.Contains(out, ", commit ") {
		t.Errorf("the version is %q, %v", out, err)
	}
}

// Quiet says nothing, and writes all the same; JSON is one object a line.
func TestTrainSaysWhatIsAsked(t *testing.T) {
	small := []string{"train", "--hidden", "4", "--batches", "3", "--batch", "2", "--steps", "20", "--duration", "0.1"}
	quiet := filepath.Join(t.TempDir(), "q.safetensors")
	if out, err := unmixlab(t, append(small, "--quiet", "--out", quiet)...); err != nil || out != "" {
		t.Errorf("quiet says %q, %v", out, err)
	}
	b, err := os.ReadFile(quiet)
	if err != nil {
		t.Fatal(err)
	}
	f, err := modelfile.Read(b)
	if err != nil || f.Provenance.Version == "" || f.Provenance.Commit == "" || f.Provenance.Weights == "" || f.Provenance.Kernel == "" {
		t.Errorf("its provenance is %+v, %v", f.Provenance, err)
	}
	path := filepath.Join(t.TempDir(), "j.safetensors")
	out, err := unmixlab(t, append(small, "--json", "--out", path)...)
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for line := range strings.Lines(out) {
		var e trainEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		events = append(events, e.Event)
		if e.Event == "done" && (e.Out != path || e.Batch != 3) {
			t.Errorf("done is %+v", e)
		}
	}
	if got := strings.Join(events, " "); !strings.HasPrefix(got, "begin batch") || !strings.HasSuffix(got, "done") {
		t.Errorf("events are %s", got)
	}
}

// A checkpoint goes on with its own kernel: with another one it is refused, unless any may.
func TestACheckpointKeepsItsKernel(t *testing.T) {
	dir := t.TempDir()
	checkpoint := filepath.Join(dir, "c")
	train := func(name string, more ...string) (string, error) {
		return unmixlab(t, append([]string{"train", "--hidden", "4", "--batches", "2", "--batch", "2", "--steps", "20", "--duration", "0.1",
			"--checkpoint", checkpoint, "--out", filepath.Join(dir, name)}, more...)...)
	}
	if _, err := train("a.safetensors", "--kernel", "generic"); err != nil {
		t.Fatal(err)
	}
	out, err := train("b.safetensors")
	if err != nil || !strings.Contains(out, "generic kernel, batch 2") {
		t.Errorf("without a kernel named it says %q, %v", out, err)
	}
	if _, err := unmixlab(t, "models", "--kernel", "avx2", "--data", dir); err != nil {
		t.Skip("this processor has one kernel:", err)
	}
	if _, err := train("c.safetensors", "--kernel", "avx2"); err == nil || !strings.Contains(err.Error(), "computed by the generic kernel") || exitCode(err) != exitUsage {
		t.Errorf("with another kernel: %v", err)
	}
	if _, err := train("d.safetensors", "--kernel", "avx2", "--any-kernel"); err != nil {
		t.Errorf("with any kernel: %v", err)
	}
}

func TestAFigureRefusesUnknownParameters(t *testing.T) {
	_, err := unmixlab(t, "figure", "fig5", "--model", "ideal-spatial", "--set", "bogus=1", "--out", filepath.Join(t.TempDir(), "a.json"))
	if err == nil || !strings.Contains(err.Error(), "bogus is no parameter of fig5") || exitCode(err) != exitUsage {
		t.Errorf("--set bogus=1: %v", err)
	}
}

// A model for PyTorch has its names, and no sign that means nothing.
func TestExportForPyTorch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.safetensors")
	if _, err := unmixlab(t, "export", "--torch", "dale-chords", "--out", path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tensors, meta, err := modelfile.ReadTensors(b)
	if err != nil || meta["format"] != modelfile.TorchFormat || !strings.Contains(meta["fixed"], `"K"`) || strings.Contains(meta["fixed"], "lstm") {
		t.Fatalf("metadata %v, %v", meta, err)
	}
	own, err := findModel("dale-chords", "")
	if err != nil {
		t.Fatal(err)
	}
	negative, names := 0, map[string]bool{}
	for _, tensor := range tensors {
		names[tensor.Name] = true
		if tensor.Name != "W_IL" && tensor.Name != "W_HL" && tensor.Name != "W_HI" {
			continue
		}
		for i, v := range own.Network.Params.Tensor(tensor.Name).Data {
			if v < 0 {
				negative++
			}
			if got := tensor.Data[i]; got != max(v, -v) {
				t.Fatalf("%s[%d] is %v of %v", tensor.Name, i, got, v)
			}
		}
	}
	for _, want := range []string{"lstm.weight_ih_l0", "lstm.bias_hh_l0", "readout.weight", "W_Lx"} {
		if !names[want] {
			t.Errorf("there is no %s among %v", want, names)
		}
	}
	if negative == 0 {
		t.Error("the model has no weights whose sign means nothing: this test shows nothing")
	}
}
