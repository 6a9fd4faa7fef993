//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func writeSweep(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sweep.json")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// sameCurves compares what two folders of a sweep know.
func sameCurves(t *testing.T, a, b string) {
	t.Helper()
	curves, err := filepath.Glob(filepath.Join(a, "points", "*", "metrics.csv"))
	if err != nil || len(curves) == 0 {
		t.Fatalf("%v; no curves in %s", err, a)
	}
	for _, path := range curves {
		name, _ := filepath.Rel(a, path)
		want, err := os.ReadFile(path)
		got, err2 := os.ReadFile(filepath.Join(b, name))
		if err != nil || err2 != nil || !bytes.Equal(got, want) || len(want) < 100 {
			t.Errorf("%s: %v, %v, %d and %d bytes differ", name, err, err2, len(got), len(want))
		}
	}
}

// code runs the program to its end.
func code(t *testing.T, args ...string) (int, string) {
	t.Helper()
	cmd := program(t, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &bytes.Buffer{}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n, said := ended(t, cmd)
	return n, out.String() + said
}

// The same sweep, ended by each signal in turn, comes to what one in peace comes to.
func TestASweepGoesOnAfterEverySignal(t *testing.T) {
	const sweep = `{"name": "signals", "kernel": "generic", "measure": ["late_error"], "seeds": 2,
		"base": {"hidden": 8, "steps": 50, "batch": 16, "batches": 1000}}`
	file := writeSweep(t, sweep)
	quiet, loud := filepath.Join(t.TempDir(), "quiet"), filepath.Join(t.TempDir(), "loud")
	if n, said := code(t, "sweep", "run", file, "--dir", quiet); n != 0 || !strings.Contains(said, "2 of 2 points are done") {
		t.Fatalf("it ended with %d: %s", n, said)
	}
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2} {
		cmd := program(t, "sweep", "run", file, "--dir", loud)
		_, lines := begun(t, cmd)
		await(t, lines, "points are missing")
		cmd.Process.Signal(sig)
		if n, said := ended(t, cmd); n != exitInterrupted || !strings.Contains(said, "goes on") {
			t.Errorf("%v ended it with %d: %s", sig, n, said)
		}
	}
	if n, said := code(t, "sweep", "task", loud, "1"); n != 0 {
		t.Errorf("a task ended with %d: %s", n, said)
	}
	cmd := program(t, "sweep", "run", loud)
	_, lines := begun(t, cmd)
	await(t, lines, "1 of 2 points are missing")
	cmd.Process.Kill()
	if n, _ := ended(t, cmd); n == 0 {
		t.Error("killed it ended well")
	}
	if n, said := code(t, "sweep", "run", loud); n != 0 {
		t.Errorf("it ended with %d: %s", n, said)
	}
	if n, said := code(t, "sweep", "run", loud); n != 0 || strings.Contains(said, "missing") {
		t.Errorf("with everything done it ended with %d: %s", n, said)
	}
	sameCurves(t, quiet, loud)
}

func TestASweepThatCannotBeIsRefusedBeforeItStarts(t *testing.T) {
	file := writeSweep(t, `{"name": "bad", "base": {"hidden": 0}, "grid": {"nothing": [1]}}`)
	for _, args := range [][]string{
		{"sweep", "plan", file}, {"sweep", "run", file}, {"sweep", "run", file, "--jobs", "-1"}, {"sweep", "run", file, "--dry-run"},
		{"sweep", "run", file, "--on", "nats", "--dry-run"}, {"sweep", "run", file, "--on", "nats", "--jobs", "2"}, {"worker", "nats://127.0.0.1:1", "--token-file", "nowhere"},
		{"sweep", "run", file, "--on", "k8s"}, {"sweep", "run", file, "--on", "nowhere"},
	} {
		cmd := program(t, args...)
		cmd.Stderr = &bytes.Buffer{}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if n, said := ended(t, cmd); n != exitUsage {
			t.Errorf("%v ended with %d: %s", args, n, said)
		}
		if left, _ := os.ReadDir(cmd.Dir); len(left) > 0 {
			t.Errorf("%v left %v", args, left)
		}
	}
	_, said := code(t, "sweep", "plan", file)
	if !strings.Contains(said, "hidden") || !strings.Contains(said, "nothing") {
		t.Errorf("it says %s", said)
	}
}

func TestWhatClustersAreGiven(t *testing.T) {
	file := writeSweep(t, `{"name": "given", "kernel": "generic", "grid": {"tau": "1..3"}, "seeds": 500, "base": {"batches": 1, "hidden": 2},
		"resources": {"hours": 1.5, "memory": "2G", "partition": "short", "jobs": 40, "image": "registry.example.org/lab:1"}}`)
	dir := filepath.Join(t.TempDir(), "it's")
	n, script := code(t, "sweep", "run", file, "--dir", dir, "--on", "slurm", "--dry-run")
	for _, want := range []string{"--array=0-1000%40", "--array=0-498%40", "+ 1001))", "--requeue", "--signal=B:USR1@90", "--time=90", "--mem=2G", "--partition=short", `it'\''s'`} {
		if n != 0 || !strings.Contains(script, want) {
			t.Errorf("%d: the scripts lack %s: %.1500s", n, want, script)
		}
	}
	n, job := code(t, "sweep", "run", dir, "--on", "k8s", "--dry-run")
	for _, want := range []string{"kind: Job", "completionMode: Indexed", "completions: 1500", "parallelism: 40", "backoffLimitPerIndex: ", "- 75", "FailIndex", "memory: 2Gi", "image: registry.example.org/lab:1", "$(JOB_COMPLETION_INDEX)"} {
		if n != 0 || !strings.Contains(job, want) {
			t.Errorf("%d: the Job lacks %s: %s", n, want, job)
		}
	}
}
