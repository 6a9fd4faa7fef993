package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// asProgram is the variable that makes a program of the tests' binary, for tests of
// signals and pipes.
const asProgram = "UNMIXLAB_TEST_AS_PROGRAM"

// clients are what else the tests' binary can be, by the variable that makes it one, which
// says what it is to do.
var clients = map[string]func(config string) error{}

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	for name, client := range clients {
		if config := os.Getenv(name); config != "" {
			if err := client(config); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(exitFailed)
			}
			return
		}
	}
	slog.SetDefault(slog.New(slog.DiscardHandler))
	// Programs that the tests start would ignore hangups where the tests themselves are
	// told to: what is caught here is as usual there.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	os.Exit(m.Run())
}

// unmixlab runs the program to its end and gives what it printed.
func unmixlab(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, terminal{out: &out, err: &out})
	return out.String(), err
}

func TestServePrintsItsAddressFirst(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		args := []string{"--listen", "127.0.0.1:0", "--data", t.TempDir(), "--kernel", "generic",
			"--base", "/lab/", "--origin", "https://lab.example.org", "--origin", "http://10.0.0.5:8080"}
		ended <- run(ctx, args, terminal{out: w, err: io.Discard})
		w.Close()
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(<-ended)
	}
	address := strings.TrimSpace(line)
	if !strings.HasPrefix(address, "http://127.0.0.1:") || !strings.HasSuffix(address, "/lab") {
		t.Errorf("the first line is %q", line)
	}
	resp, err := http.Get(address + "/healthz")
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("/healthz: %v, %v", resp, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestDevNeedsTheSources(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := unmixlab(t, "serve", "--dev", "--listen", "127.0.0.1:0", "--data", t.TempDir()); err == nil || !strings.Contains(err.Error(), "sources") {
		t.Errorf("away from the sources: %v", err)
	}
}

func TestTrainWritesAModel(t *testing.T) {
	out := filepath.Join(t.TempDir(), "tiny.safetensors")
	said, err := unmixlab(t, "train", "--model", "spatial", "--hidden", "4", "--units", "8", "--steps", "20", "--batch", "3",
		"--batches", "3", "--learn", "readout", "--frequencies", "90,110,130,170", "--title", "Tiny", "--out", out, "--kernel", "generic")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said, "batch 3 ") || !strings.Contains(said, "wrote "+out) {
		t.Errorf("it said %q", said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	f, err := modelfile.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	p := f.Provenance
	if p.Title != "Tiny" || p.Batches != 3 || p.Kernel != "generic" || len(p.Losses) != 3 || f.Network.Spec.Frequencies[3] != 170 {
		t.Errorf("the file has %+v of %+v", p, f.Network.Spec)
	}
	if _, err := unmixlab(t, "train", "--batches", "1", "--out", out); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("over a file: %v", err)
	}
	copied := filepath.Join(t.TempDir(), "copy.safetensors")
	if _, err := unmixlab(t, "import", out, "--out", copied); err != nil {
		t.Errorf("import of the lab's own file: %v", err)
	}
}

func TestTrainGoesOnFromItsCheckpoint(t *testing.T) {
	dir := t.TempDir()
	args := []string{"train", "--hidden", "4", "--steps", "20", "--batch", "3", "--batches", "30", "--kernel", "generic"}
	through, resumed := filepath.Join(dir, "through"), filepath.Join(dir, "resumed")
	if _, err := unmixlab(t, append(args, "--out", through)...); err != nil {
		t.Fatal(err)
	}
	args = append(args, "--out", resumed, "--checkpoint", filepath.Join(dir, "checkpoint"))
	ctx, cancel := context.WithCancel(t.Context())
	interrupt := writer(func(b []byte) {
		if bytes.Contains(b, []byte("loss")) {
			cancel()
		}
	})
	if err := run(ctx, args, terminal{out: interrupt, err: io.Discard}); err == nil || !strings.Contains(err.Error(), "interrupted after batch") {
		t.Fatalf("interrupted: %v", err)
	}
	if said, err := unmixlab(t, append(args, "--tau", "5")...); err == nil || !strings.Contains(err.Error(), "other settings") {
		t.Errorf("with other settings: %v, %s", err, said)
	}
	if said, err := unmixlab(t, args...); err != nil || strings.Contains(said, "batch 0 of 30") {
		t.Errorf("resumed: %v, %s", err, said)
	}
	a, b := modelFile(t, through), modelFile(t, resumed)
	for i, x := range a.Network.Params.Flat {
		if b.Network.Params.Flat[i] != x {
			t.Fatalf("weight %d is %g after a resume, %g without", i, b.Network.Params.Flat[i], x)
		}
	}
}

// A checkpoint that is damaged gives way to the one before, which is said; with none
// left the command fails, and does not begin again by itself.
func TestTrainTakesTheCheckpointBefore(t *testing.T) {
	dir := t.TempDir()
	checkpoint := filepath.Join(dir, "checkpoint")
	args := []string{"train", "--hidden", "4", "--steps", "20", "--batch", "3", "--batches", "30", "--kernel", "generic", "--checkpoint", checkpoint, "--out"}
	through := filepath.Join(dir, "through")
	if _, err := unmixlab(t, append(args, through)...); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(checkpoint+".1", b, 0o600)
	os.WriteFile(checkpoint, b[:len(b)-5], 0o600)
	said, err := unmixlab(t, append(args, filepath.Join(dir, "again"))...)
	if err != nil || !strings.Contains(said, "takes over, at batch 30") {
		t.Errorf("with a cut checkpoint: %v, %s", err, said)
	}
	if a, b := modelFile(t, through), modelFile(t, filepath.Join(dir, "again")); !slices.Equal(a.Network.Params.Flat, b.Network.Params.Flat) {
		t.Error("the weights are others")
	}
	for _, path := range []string{checkpoint, checkpoint + ".1"} {
		os.WriteFile(path, []byte("nothing of use"), 0o600)
	}
	if said, err := unmixlab(t, append(args, filepath.Join(dir, "third"))...); err == nil || !strings.Contains(err.Error(), "begin again") {
		t.Errorf("with none left: %v, %s", err, said)
	}
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }

func modelFile(t *testing.T, path string) *modelfile.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := modelfile.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestExportWritesAShippedModel(t *testing.T) {
	out := filepath.Join(t.TempDir(), "ideal.safetensors")
	if _, err := unmixlab(t, "export", "ideal-spatial", "--out", out, "--data", t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if f := modelFile(t, out); f.Network.Spec.Model != spec.Ideal {
		t.Errorf("it is a %s model", f.Network.Spec.Model)
	}
	if _, err := unmixlab(t, "export", "none", "--data", t.TempDir()); err == nil || !strings.Contains(err.Error(), `"none"`) {
		t.Errorf("a model that is not there: %v", err)
	}
}

func TestBadCommandLines(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.json")
	os.WriteFile(bad, []byte(`{"model":"spatial","taus":3}`), 0o600)
	for _, c := range []struct {
		args []string
		word string
	}{
		{[]string{"train", "--tau=-1", "--out", "x"}, "tau is -1"},
		{[]string{"train", "--tau=slow"}, "tau"},
		{[]string{"train", "--model", "brain"}, "model is"},
		{[]string{"train", "--spec", bad}, "taus is no field"},
		{[]string{"train", "--spec", bad, "--preset", "fig1"}, "choose one"},
		{[]string{"train", "--preset", "fig99"}, "fig5"},
		{[]string{"train", "--sources", "wav", "--wav", "a,b", "--out", "x"}, "wav"},
		{[]string{"train", "--out", filepath.Join(dir, "none", "x")}, "no such file"},
		{[]string{"import", bad}, "bad.json"},
		{[]string{"serve", "--runs", "0"}, "--runs"},
		{[]string{"serve", "--base", "lab", "--data", dir}, "a path such as /lab"},
		{[]string{"serve", "--origin", "lab.example.org", "--data", dir}, "such as https://lab.example.org"},
		{[]string{"serve", "--embed-origins", "*", "--data", dir}, "--embed-origins"},
		{[]string{"serve", "--origin", "https://a.org", "--origin", "https://b.org/lab", "--data", dir}, "https://b.org/lab"},
		{[]string{"--kernel", "abacus"}, "abacus"},
		{[]string{"dance"}, "dance"},
		{[]string{"serve", "--listen", "nowhere:http:80", "--data", dir}, "nowhere"},
	} {
		if said, err := unmixlab(t, c.args...); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%v gave %v, want a word about %q (%s)", c.args, err, c.word, said)
		}
	}
}

// The flags are the field table's, and what they give is a spec.
func TestEveryFieldHasAFlag(t *testing.T) {
	said, err := unmixlab(t, "train", "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range spec.Fields {
		if !strings.Contains(said, "--"+strings.ReplaceAll(f.Name, "_", "-")) {
			t.Errorf("no flag for %s", f.Name)
		}
	}
	settings, err := newSettings()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range spec.Presets {
		sp, err := readSpec(p.Spec.JSON(), settings)
		if a, b := mustJSON(t, sp), mustJSON(t, p.Spec); err != nil || a != b {
			t.Errorf("preset %s became %s, %v", p.Slug, a, err)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
