// Package reference gives tests the numbers of the published implementation:
// sources, four training batches of a small network of every variant, and what
// the published networks compute. It is test support; the lab does not import it.
//
// The environment variable UNMIXLAB_REFERENCE alone names the folder. Without it the
// small archives in this package's testdata (sources and training batches, both made
// with random networks) stand in, and tests of published weights skip and say so.
package reference

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// Published is one published network: its numbers and its weights.
type Published struct {
	Archive string // name for Open
	Torch   string // path of the .pt file
}

// Open reads the archive of that name ("sources.npz", one of Cases, or the Archive
// of one of Trained). It skips the test where there is none.
func Open(t testing.TB, name string) *Archive {
	t.Helper()
	for _, dir := range folders(t) {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			a, err := read(t, path)
			if err != nil {
				t.Fatalf("reference: %s: %v", name, err)
			}
			return a
		}
	}
	t.Skipf("reference: no %s: set UNMIXLAB_REFERENCE to the folder of reference numbers", name)
	return nil
}

// Cases are the names of the archives of training batches, in order.
func Cases(t testing.TB) []string {
	t.Helper()
	for _, dir := range folders(t) {
		if names := glob(dir, "train_*.npz"); len(names) > 0 {
			return names
		}
	}
	t.Skip("reference: no train_*.npz: set UNMIXLAB_REFERENCE to the folder of reference numbers")
	return nil
}

// Trained are the published networks. It skips the test where there are none.
func Trained(t testing.TB) []Published {
	t.Helper()
	all := trained(t)
	if len(all) == 0 {
		t.Skip("reference: no published networks: set UNMIXLAB_REFERENCE to the folder of reference numbers")
	}
	return all
}

// HasTrained tells whether the published networks are there, for tests that have
// something to do without them.
func HasTrained(t testing.TB) bool { return len(trained(t)) > 0 }

func trained(t testing.TB) []Published {
	var all []Published
	for _, dir := range folders(t) {
		for _, name := range glob(dir, "trained_*.npz") {
			base := strings.TrimSuffix(name, ".npz")
			torch, _ := filepath.Glob(filepath.Join(dir, "trained_models", base+"*.pt"))
			if len(torch) == 1 {
				all = append(all, Published{Archive: name, Torch: torch[0]})
			}
		}
	}
	return all
}

// folders lists where archives may lie, the folder of reference numbers first if one
// is named; a relative name is taken from the project's folder.
func folders(t testing.TB) []string {
	t.Helper()
	root := moduleRoot(t)
	copies := filepath.Join(root, "sim", "reference", "testdata")
	dir := os.Getenv("UNMIXLAB_REFERENCE")
	if dir == "" {
		return []string{copies}
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(root, dir)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		t.Fatalf("reference: UNMIXLAB_REFERENCE is %s, which is no folder: correct it or leave it out", dir)
	}
	return []string{dir, copies}
}

// moduleRoot is the nearest folder above the test's that holds go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("reference: no go.mod above the test's folder")
		}
		dir = up
	}
}

func glob(dir, pattern string) []string {
	paths, _ := filepath.Glob(filepath.Join(dir, pattern))
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = filepath.Base(p)
	}
	sort.Strings(names)
	return names
}
