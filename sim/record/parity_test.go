package record

import (
	"context"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/kernel/kerneltest"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/reference"
	"unmixlab/sim/spec"
)

func openTorch(t *testing.T, path string) *modelfile.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := modelfile.ReadTorch(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// publishedSources are the ones a published network was trained on.
func publishedSources(t *testing.T, sp spec.Spec, name string) *data.Sources {
	t.Helper()
	sp.Sources = "chords"
	if strings.Contains(name, "sines") {
		sp.Sources = "sines"
	}
	sp.Frequencies = spec.DefaultFrequencies(sp.Sources, sp.Dim)
	src, err := data.NewSources(sp, nil)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func contextsOf(a *reference.Archive, name string) []data.Context {
	shape, values := a.Float32(name)
	n := shape[1] * shape[2]
	out := make([]data.Context, shape[0])
	for i := range out {
		out[i] = data.Context{Stimuli: shape[1], Sources: shape[2], A: make([]float64, n)}
		for k := range n {
			out[i].A[k] = float64(values[i*n+k])
		}
	}
	return out
}

// TestParity plays the published networks through the published test and freezing.
func TestParity(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T) {
		for _, p := range reference.Trained(t) {
			t.Run(p.Archive, func(t *testing.T) {
				a, f := reference.Open(t, p.Archive), openTorch(t, p.Torch)
				src := publishedSources(t, f.Network.Spec, p.Archive)
				test := Test(contextsOf(a, "A"), 1000)
				test.Hidden = true
				agree(t, f, src, test, a, "test/")
				if a.Has("freeze/A") {
					agree(t, f, src, FreezeTest(contextsOf(a, "freeze/A"), 1000, 1, 500), a, "freeze/")
				}
			})
		}
	})
}

func agree(t *testing.T, f *modelfile.File, src *data.Sources, p Protocol, a *reference.Archive, folder string) {
	t.Helper()
	rec, err := Play(context.Background(), f.Network, src, p)
	if err != nil {
		t.Fatal(err)
	}
	for theirs, ours := range map[string]string{"s": "s", "x": "x", "y": "y", "w": "w", "m": "m", "z": "z", "hidden": "h"} {
		signal := rec.Signal(ours)
		if !a.Has(folder+theirs) || signal == nil {
			continue
		}
		shape, want := a.Float32(folder + theirs)
		every, after := rec.Samples/shape[0], 0
		if ours == "w" || ours == "m" {
			after = 1 // published after the step that we record before it
		}
		var differences []float64
		for row := range shape[0] {
			if row*every+after == rec.Samples {
				break
			}
			for c := range shape[1] {
				got := signal.Data[(row*every+after)*signal.Width+c]
				differences = append(differences, math.Abs(float64(got-want[row*shape[1]+c])))
			}
		}
		slices.Sort(differences)
		worst, median := differences[len(differences)-1], differences[len(differences)/2]
		scale := math.Max(1, float64(slices.Max(want)))
		if !(worst <= 1e-4*scale && median <= 1e-6*scale) {
			t.Errorf("%s%s: worst difference %g, median %g", folder, theirs, worst, median)
		}
	}
}
