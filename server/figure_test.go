package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func figureTo(t *testing.T, out string, more ...string) error {
	t.Helper()
	args := append([]string{"figure", "fig3", "--model", "ideal-spatial", "--contexts", "4", "--samples", "200", "--data", t.TempDir(), "--out", out}, more...)
	_, err := unmixlab(t, args...)
	return err
}

func TestFigureWritesEachKind(t *testing.T) {
	dir := t.TempDir()
	for name, begin := range map[string]string{"a.html": "<!doctype html>", "a.json": "{", "a.csv": "", "a.npz": "PK"} {
		path := filepath.Join(dir, name)
		if err := figureTo(t, path, "--seed", "3"); err != nil {
			t.Fatal(name, err)
		}
		b, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(b, []byte(begin)) || len(b) < 500 {
			t.Errorf("%s: %d bytes, error %v, want it to begin with %q", name, len(b), err, begin)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "a.json"))
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Params map[string]float64 }
	if err := json.Unmarshal(b, &f); err != nil || f.Params["seed"] != 3 || f.Params["contexts"] != 4 {
		t.Errorf("parameters %v, error %v", f.Params, err)
	}
}

func TestFigureRefuses(t *testing.T) {
	there := filepath.Join(t.TempDir(), "there.json")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, unknown := unmixlab(t, "figure", "fig9", "--model", "ideal-spatial")
	fresh := func(name string) string { return filepath.Join(t.TempDir(), name) }
	for _, c := range []struct {
		want string
		err  error
	}{
		{"there already", figureTo(t, there)},
		{".npz", figureTo(t, fresh("a.pdf"))},
		{"no figure", unknown},
		{"model", figureTo(t, fresh("a.json"), "--model", "nothing")},
		{"noise", figureTo(t, fresh("a.json"), "--noise=-1")},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want one that says %q", c.err, c.want)
		}
	}
}
