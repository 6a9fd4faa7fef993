package reference_test

import (
	"os"
	"slices"
	"testing"

	"unmixlab/sim/reference"
)

func TestSourcesHaveTheirShape(t *testing.T) {
	shape, data := reference.Open(t, "sources.npz").Float32("ica")
	if !slices.Equal(shape, []int{16000, 3}) || len(data) != 48000 {
		t.Fatalf("ica has shape %v and %d numbers, want 16000×3", shape, len(data))
	}
	if data[0] != 0 || data[2] != -1 || data[4] != 1 {
		t.Errorf("ica begins %v, want sine 0, sawtooth -1, then square 1", data[:6])
	}
}

func TestEveryCaseOpens(t *testing.T) {
	names := reference.Cases(t)
	if len(names) < 15 {
		t.Errorf("%d training cases, want all 15 variants", len(names))
	}
	for _, name := range names {
		a := reference.Open(t, name)
		if model, _ := a.Meta()["model"].(string); model == "" {
			t.Errorf("%s: meta names no model", name)
		}
		shape, y := a.Float32("y")
		if len(shape) != 4 || len(y) != shape[0]*shape[1]*shape[2]*shape[3] {
			t.Errorf("%s: y has shape %v and %d numbers", name, shape, len(y))
		}
		if !a.Has("sources") || a.Has("nothing") {
			t.Errorf("%s: Has is wrong about its arrays %v", name, a.Names())
		}
	}
}

func TestCopiesAgreeWithTheFolder(t *testing.T) {
	if os.Getenv("UNMIXLAB_REFERENCE") == "" {
		t.Skip("reference: nothing to compare the copies with: set UNMIXLAB_REFERENCE to the folder of reference numbers")
	}
	folder := reference.Open(t, "sources.npz")
	t.Setenv("UNMIXLAB_REFERENCE", t.TempDir())
	copied := reference.Open(t, "sources.npz")
	for _, name := range folder.Names() {
		_, want := folder.Float32(name)
		_, got := copied.Float32(name)
		if !slices.Equal(got, want) {
			t.Errorf("the copy of %s differs from the reference folder's", name)
		}
	}
	if len(reference.Cases(t)) != 15 {
		t.Errorf("%d copied training cases, want 15", len(reference.Cases(t)))
	}
}
