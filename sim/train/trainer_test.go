package train

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// tiny is a run of a few fast batches in more than one group of rows.
func tiny(model string) spec.Spec {
	sp := spec.Default(model)
	sp.Hidden, sp.Batch, sp.Steps, sp.Batches = 6, 20, 25, 12
	sp.Units, sp.LowerUnits = 9, 5
	return sp
}

func start(t *testing.T, sp spec.Spec) *Trainer {
	t.Helper()
	src, err := data.NewSources(sp, nil)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := New(sp, src)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func steps(t *testing.T, tr *Trainer, n int) {
	t.Helper()
	for range n {
		if _, err := tr.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

var models = spec.TrainableModels()

func sameBits(t *testing.T, a, b *Trainer) {
	t.Helper()
	if d := difference(a, b); d != "" {
		t.Fatal(d)
	}
}

// difference says where two runs differ: weights in a bit, or losses in more than what
// a checkpoint leaves out of them. It is empty where they are the same.
func difference(a, b *Trainer) string {
	for i, v := range a.net.Params.Flat {
		if math.Float32bits(v) != math.Float32bits(b.net.Params.Flat[i]) {
			return fmt.Sprintf("weight %d: %g and %g", i, v, b.net.Params.Flat[i])
		}
	}
	if len(a.losses) != len(b.losses) {
		return fmt.Sprintf("%d and %d losses", len(a.losses), len(b.losses))
	}
	for i, l := range a.losses {
		if math.Abs(l-b.losses[i]) > 1e-13*l {
			return fmt.Sprintf("loss of batch %d: %v and %v", i, l, b.losses[i])
		}
	}
	return ""
}

func TestSameOnAnyNumberOfCores(t *testing.T) {
	for _, m := range models {
		one, all := start(t, tiny(m)), start(t, tiny(m))
		before := runtime.GOMAXPROCS(1)
		steps(t, one, 4)
		runtime.GOMAXPROCS(max(before, 4))
		steps(t, all, 4)
		runtime.GOMAXPROCS(before)
		sameBits(t, one, all)
	}
}

func TestRestoreGoesOnBitByBit(t *testing.T) {
	for _, m := range models {
		for _, sp := range []spec.Spec{tiny(m), hurried(m)} { // the paper's recipe, and with windows
			whole, half := start(t, sp), start(t, sp)
			steps(t, whole, 6)
			steps(t, half, 3)
			var file bytes.Buffer
			if err := half.Checkpoint(&file); err != nil {
				t.Fatal(err)
			}
			again, err := Restore(&file, half.src)
			if err != nil {
				t.Fatal(m, err)
			}
			steps(t, again, 3)
			sameBits(t, whole, again)
		}
	}
}

func TestSeedDecides(t *testing.T) {
	sp := tiny(spec.Modulation)
	other := sp
	other.Seed++
	a, b := start(t, sp), start(t, other)
	steps(t, a, 1)
	steps(t, b, 1)
	if a.losses[0] == b.losses[0] {
		t.Error("two seeds give the same loss")
	}
}

func TestLossFallsOnOneBatch(t *testing.T) {
	for _, m := range models {
		sp := tiny(m)
		sp.LR = 0.01
		tr := start(t, sp)
		var b data.Batch
		if err := tr.stream.Batch(0, &b); err != nil {
			t.Fatal(err)
		}
		first, _ := tr.fit(&b)
		last := first
		for range 60 {
			last, _ = tr.fit(&b)
		}
		if last > 0.7*first {
			t.Errorf("%s: loss went from %g to %g on the same batch", m, first, last)
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	tr := start(t, tiny(spec.Spatial))
	steps(t, tr, 2)
	var file bytes.Buffer
	if err := tr.Checkpoint(&file); err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-3] ^= 1
	rewritten := func(key, old, changed string) []byte {
		c := save(t, tr).copy()
		c.meta[key] = strings.Replace(c.meta[key], old, changed, 1)
		var b bytes.Buffer
		if err := modelfile.WriteTensors(&b, c.tensors, c.meta); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		name, want string
		b          []byte
	}{
		{"empty", "", nil},
		{"cut", "", whole[:len(whole)-100]},
		{"a flipped bit", "damaged", flipped},
		{"other format", "not a checkpoint", rewritten("format", checkpointFormat, "unmixlab/checkpoint/9")},
		{"other shape", "", rewritten("spec", `"hidden":6`, `"hidden":7`)},
		{"spec out of range", "hidden", rewritten("spec", `"hidden":6`, `"hidden":0`)},
	} {
		_, err := Restore(bytes.NewReader(c.b), tr.src)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestSnapshotShowsThreeContexts(t *testing.T) {
	tr := start(t, tiny(spec.Modulation))
	rec, err := tr.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(rec.Contexts()); n != 3 || rec.Samples != 75 {
		t.Errorf("%d contexts, %d samples", n, rec.Samples)
	}
	if rec.Signal("w") == nil || rec.Signal("y") == nil {
		t.Error("weights or outputs are missing")
	}
}

// TestNothingAllocatedPerBatch: what a batch needs was allocated with the trainer, the
// list of losses apart, which grows now and then.
func TestNothingAllocatedPerBatch(t *testing.T) {
	for _, m := range models {
		tr := start(t, tiny(m))
		if n := testing.AllocsPerRun(20, func() {
			if _, err := tr.Step(); err != nil {
				t.Error(err)
			}
		}); n >= 1 {
			t.Errorf("%s: %v allocations a batch", m, n)
		}
	}
}
