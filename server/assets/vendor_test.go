package assets

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// freshClone goes to a checkout without node_modules, with what PATH has.
func freshClone(t *testing.T, path string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "static", "vendor"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module unmixlab\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "static"))
	t.Setenv("PATH", path)
	return dir
}

func TestWithoutNpmTheLabSaysWhatIsMissing(t *testing.T) {
	freshClone(t, t.TempDir())
	var said bytes.Buffer
	FetchVendor(t.Context(), &said)
	if !strings.Contains(said.String(), "npm is not installed") {
		t.Errorf("it said %q", said.String())
	}
	a, err := Load(fstest.MapFS{"css/base.css": {Data: []byte("p {}")}})
	if err != nil || !strings.Contains(a.Missing, "npm ci") {
		t.Errorf("Missing is %q, %v", a.Missing, err)
	}
	if err := CopyVendor(); err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("CopyVendor: %v", err)
	}
}

// An npm that fetches what the lab needs, or fails, depending on the script.
func fakeNpm(t *testing.T, script string) string {
	t.Helper()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return bin + ":/usr/bin:/bin"
}

func TestAFreshCloneFetchesOnce(t *testing.T) {
	dir := freshClone(t, fakeNpm(t, `echo "$@" >>calls
mkdir -p node_modules/echarts/dist node_modules/echarts-gl/dist
echo chart >node_modules/echarts/dist/echarts.min.js
echo gl >node_modules/echarts-gl/dist/echarts-gl.min.js
for f in echarts/LICENSE echarts/NOTICE echarts-gl/LICENSE; do echo licence >node_modules/$f; done`))
	var said bytes.Buffer
	for range 2 {
		FetchVendor(t.Context(), &said)
	}
	calls, _ := os.ReadFile(filepath.Join(dir, "static", "calls"))
	if n := strings.Count(string(calls), "\n"); n != 1 || !strings.Contains(string(calls), "ci --ignore-scripts") {
		t.Errorf("npm was called %d times: %s", n, calls)
	}
	if !strings.Contains(said.String(), "Fetching") {
		t.Errorf("it said %q", said.String())
	}
	a, err := Load(fstest.MapFS{})
	if err != nil || a.Missing != "" || a.files["vendor/echarts-gl.min.js"] == nil {
		t.Errorf("Missing is %q, %v", a.Missing, err)
	}
	if err := CopyVendor(); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "static", "vendor", "echarts.min.js")); string(b) != "chart\n" {
		t.Errorf("the copy is %q", b)
	}
}

func TestAnNpmThatFailsIsNoEnd(t *testing.T) {
	freshClone(t, fakeNpm(t, `echo no network; exit 1`))
	var said bytes.Buffer
	FetchVendor(t.Context(), &said)
	if !strings.Contains(said.String(), "without charts") || !strings.Contains(said.String(), "no network") {
		t.Errorf("it said %q", said.String())
	}
}
