//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"unmixlab/sim/modelfile"
)

// long is a training that does not end by itself; short one that does.
func long(dir string) []string  { return training(dir, "1000000") }
func short(dir string) []string { return training(dir, "60") }

func training(dir, batches string) []string {
	return []string{"train", "--kernel", "generic", "--hidden", "4", "--steps", "20", "--batch", "3", "--batches", batches,
		"--checkpoint", filepath.Join(dir, "x.ckpt"), "--out", filepath.Join(dir, "x.safetensors")}
}

// program is the whole program as a process of its own, in an empty folder.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// ended waits for a process, and gives its exit code and what it said as errors.
func ended(t *testing.T, cmd *exec.Cmd) (code int, said string) {
	t.Helper()
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), cmd.Stderr.(*bytes.Buffer).String()
}

// begun starts a process whose lines of output can be awaited.
func begun(t *testing.T, cmd *exec.Cmd) (io.ReadCloser, *bufio.Scanner) {
	t.Helper()
	cmd.Stderr = &bytes.Buffer{}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return out, bufio.NewScanner(out)
}

func await(t *testing.T, lines *bufio.Scanner, word string) {
	t.Helper()
	for lines.Scan() {
		if strings.Contains(lines.Text(), word) {
			return
		}
	}
	t.Fatalf("it ended without a line that says %q", word)
}

func TestEverySignalLeavesACheckpoint(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT} {
		dir := t.TempDir()
		cmd := program(t, long(dir)...)
		_, lines := begun(t, cmd)
		await(t, lines, "loss")
		cmd.Process.Signal(sig)
		code, said := ended(t, cmd)
		if code != exitInterrupted || !strings.Contains(said, "goes on from") {
			t.Errorf("%v ended it with %d: %s", sig, code, said)
		}
		if info, err := os.Stat(filepath.Join(dir, "x.ckpt")); err != nil || info.Size() < 1000 {
			t.Errorf("%v left no checkpoint: %v", sig, err)
		}
	}
}

// A closed terminal is told of by the system and by the shell: the second word does
// not cut the checkpoint short.
func TestASecondHangupChangesNothing(t *testing.T) {
	dir := t.TempDir()
	cmd := program(t, long(dir)...)
	_, lines := begun(t, cmd)
	await(t, lines, "loss")
	gone := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		for {
			select {
			case <-gone:
				return
			default:
				cmd.Process.Signal(syscall.SIGHUP)
				runtime.Gosched()
			}
		}
	})
	defer sending.Wait()
	defer close(gone)
	if code, said := ended(t, cmd); code != exitInterrupted {
		t.Errorf("hung up often it ended with %d: %s", code, said)
	}
}

func TestNohupIsHeeded(t *testing.T) {
	dir := t.TempDir()
	cmd := program(t, long(dir)...)
	cmd.Args = append([]string{"sh", "-c", `trap "" HUP; exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	_, lines := begun(t, cmd)
	await(t, lines, "loss")
	cmd.Process.Signal(syscall.SIGHUP)
	await(t, lines, "loss") // it goes on
	cmd.Process.Signal(syscall.SIGTERM)
	if code, said := ended(t, cmd); code != exitInterrupted {
		t.Errorf("it ended with %d: %s", code, said)
	}
}

func TestInterruptedWithoutACheckpointHasFailed(t *testing.T) {
	args := long(t.TempDir())
	cmd := program(t, append(args[:len(args)-4:len(args)-4], args[len(args)-2:]...)...)
	_, lines := begun(t, cmd)
	await(t, lines, "loss")
	cmd.Process.Signal(syscall.SIGTERM)
	if code, said := ended(t, cmd); code != exitFailed || !strings.Contains(said, "nothing is kept") {
		t.Errorf("it ended with %d: %s", code, said)
	}
}

// What reads the first line and leaves ends the printing, not the training.
func TestAClosedPipeEndsThePrintingAlone(t *testing.T) {
	dir := t.TempDir()
	cmd := program(t, short(dir)...)
	out, lines := begun(t, cmd)
	lines.Scan()
	out.Close()
	if code, said := ended(t, cmd); code != 0 {
		t.Errorf("it ended with %d: %s", code, said)
	}
	for _, name := range []string{"x.ckpt", "x.safetensors"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestAClosedPipeDoesNotEndTheLab(t *testing.T) {
	cmd := program(t, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--kernel", "generic")
	out, lines := begun(t, cmd)
	lines.Scan()
	address := lines.Text()
	out.Close()
	resp, err := http.Get(address + "/healthz")
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("/healthz: %v, %v", resp, err)
	}
	cmd.Process.Signal(syscall.SIGHUP)
	if code, said := ended(t, cmd); code != 0 {
		t.Errorf("it ended with %d: %s", code, said)
	}
}

func TestHelpMayBeCutShort(t *testing.T) {
	cmd := program(t, "train", "--help")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	cmd.Stdout, cmd.Stderr = w, &bytes.Buffer{}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if code, said := ended(t, cmd); code != 0 || said != "" {
		t.Errorf("it ended with %d: %s", code, said)
	}
}

// piped runs the program to its end with standard input, and gives its output.
func piped(t *testing.T, in []byte, args ...string) (out []byte, code int, said string) {
	t.Helper()
	cmd := program(t, args...)
	var b bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &b, &bytes.Buffer{}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	code, said = ended(t, cmd)
	if made, _ := os.ReadDir(cmd.Dir); len(made) > 0 {
		t.Errorf("%v made a file %s", args, made[0].Name())
	}
	return b.Bytes(), code, said
}

// "-" is standard output and input, and then nothing else is printed there.
func TestDashIsStandardOutputAndInput(t *testing.T) {
	exported, code, said := piped(t, nil, "export", "ideal-spatial", "--out", "-")
	if _, err := modelfile.Read(exported); code != 0 || err != nil || said != "" {
		t.Fatalf("export --out - ended with %d, %v: %s", code, err, said)
	}
	for _, args := range [][]string{
		{"export", "ideal-spatial", "--out", "/dev/stdout"}, {"import", "-"}, {"import", "-", "--out", "-"},
		{"train", "--kernel", "generic", "--hidden", "4", "--steps", "20", "--batch", "3", "--batches", "2", "--out", "-"},
	} {
		out, code, said := piped(t, exported, args...)
		if _, err := modelfile.Read(out); code != 0 || err != nil {
			t.Errorf("%v ended with %d, %v: %s", args, code, err, said)
		}
	}
	figure := []string{"figure", "fig3", "--model", "-", "--contexts", "4", "--samples", "200", "--out", "-"}
	for format, begin := range map[string]string{"json": "{", "npz": "PK", "html": "<!doctype html>"} {
		out, code, said := piped(t, exported, append(figure, "--format", format)...)
		if code != 0 || !bytes.HasPrefix(out, []byte(begin)) {
			t.Errorf("a figure as %s ended with %d: %s", format, code, said)
		}
	}
	settings := []byte(`{"model":"modulation","hidden":4,"steps":20,"batch":3,"batches":2}`)
	if out, code, said := piped(t, settings, "train", "--spec", "-", "--out", "-"); code != 0 || len(out) < 1000 {
		t.Errorf("settings from standard input ended with %d: %s", code, said)
	}
	if _, code, said := piped(t, nil, "train", "--checkpoint", "-", "--out", "-"); code != exitUsage || !strings.Contains(said, "no file") {
		t.Errorf("a checkpoint in standard output ended with %d: %s", code, said)
	}
}

func TestResultsGoStraightToPipesAndHandles(t *testing.T) {
	want, _, _ := piped(t, nil, "export", "ideal-spatial", "--out", "-")
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	cmd := program(t, "export", "ideal-spatial", "--out", pipe)
	_, _ = begun(t, cmd)
	if got, err := os.ReadFile(pipe); err != nil || !bytes.Equal(got, want) {
		t.Errorf("a pipe gave %d bytes, %v", len(got), err)
	}
	if code, said := ended(t, cmd); code != 0 {
		t.Errorf("it ended with %d: %s", code, said)
	}
	if info, err := os.Stat(pipe); err != nil || info.Mode().IsRegular() {
		t.Errorf("the pipe became %v, %v", info, err)
	}
	for _, path := range []string{"/dev/stdout", "/dev/fd/1", "/dev/fd/3"} { // a file that the shell has opened
		to, err := os.Create(filepath.Join(t.TempDir(), "to"))
		if err != nil {
			t.Fatal(err)
		}
		cmd := program(t, "export", "ideal-spatial", "--out", path)
		cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = to, &bytes.Buffer{}, []*os.File{to}
		if path == "/dev/fd/3" {
			cmd.Stdout = nil
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		code, said := ended(t, cmd)
		if got, err := os.ReadFile(to.Name()); code != 0 || err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s ended with %d, %d bytes, %v: %s", path, code, len(got), err, said)
		}
		to.Close()
	}
}
