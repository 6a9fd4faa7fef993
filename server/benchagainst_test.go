package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"unmixlab/sim/spec"
)

// pythonThat is a program that stands for a Python: a shell script.
func pythonThat(t *testing.T, does string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(path, []byte("#!/bin/sh\ncat >/dev/null\n"+does+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAgainstSaysWhatAPythonLacks(t *testing.T) {
	python := pythonThat(t, `echo "ModuleNotFoundError: No module named 'x'" >&2; exit 1`)
	all, err := measureRivals(t.Context(), python, spec.Default(spec.Modulation), 1, 0.1)
	if err != nil || len(all) != len(rivals) {
		t.Fatalf("%v, %v", all, err)
	}
	var out bytes.Buffer
	printRivals(&out, all, 0.1)
	for _, v := range rivals {
		if !strings.Contains(out.String(), "has no module "+v.module) {
			t.Errorf("%s is not named in %q", v.module, out.String())
		}
	}
}

func TestAgainstGivesRatios(t *testing.T) {
	python := pythonThat(t, `[ "$2 $3 $4 $5" = "32 1000 100 3" ] || exit 1
echo '{"name": "rival", "version": "7", "seconds": 0.5, "loss": 90}'`)
	all, err := measureRivals(t.Context(), python, spec.Default(spec.Modulation), 3, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	printRivals(&out, all, 0.1)
	if want := "rival 7: 500 ms for the same batch of modulation, 5.0 times the lab's 100 ms."; !strings.Contains(out.String(), want) {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
}

func TestAgainstRefusesWhatIsNoPython(t *testing.T) {
	sp := spec.Default(spec.Modulation)
	if _, err := measureRivals(t.Context(), filepath.Join(t.TempDir(), "none"), sp, 1, 1); err == nil || !strings.Contains(err.Error(), "--against") {
		t.Errorf("error %v", err)
	}
	if _, err := measureRivals(t.Context(), pythonThat(t, "echo hello"), sp, 1, 1); err == nil || !strings.Contains(err.Error(), "not a time") {
		t.Errorf("error %v", err)
	}
}

// TestAgainstTrains runs the scripts themselves, small, where a Python has their modules.
func TestAgainstTrains(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	sp := spec.Default(spec.Modulation)
	sp.Batch, sp.Steps, sp.Hidden = 4, 20, 8
	all, err := measureRivals(t.Context(), python, sp, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Why == "" && r.Seconds <= 0 || r.Why != "" && !strings.Contains(r.Why, "has no module") {
			t.Errorf("%+v", r)
		}
	}
}
