package main

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The program of the README rebuilds a network from what is exported and recorded. Another
// Python than python3 is named by UNMIXLAB_PYTHON.
func TestPythonRebuildsANetwork(t *testing.T) {
	python := cmp.Or(os.Getenv("UNMIXLAB_PYTHON"), "python3")
	if out, err := exec.Command(python, "-c", "import numpy, safetensors").CombinedOutput(); err != nil {
		t.Skipf("%s has no numpy and safetensors: %v, %.200s", python, err, out)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(string(readme), "```python\n")
	program, _, found := strings.Cut(program, "```")
	if !found {
		t.Fatal("the README has no program")
	}
	dir := t.TempDir()
	script, net, rec := filepath.Join(dir, "play.py"), filepath.Join(dir, "net.safetensors"), filepath.Join(dir, "r.npz")
	if err := os.WriteFile(script, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := unmixlab(t, "export", "--torch", "spatial-sines", "--out", net); err != nil {
		t.Fatal(err)
	}
	if _, err := unmixlab(t, "record", "spatial-sines", "--contexts", "3", "--samples", "400", "--freeze", "200", "--out", rec); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, script, net, rec).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	largest, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimPrefix(string(out), "largest difference ")), 64)
	if err != nil || !(largest < 1e-5) {
		t.Errorf("the program says %s, want less than 1e-5", out)
	}
}
