package train

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// saved is a run's checkpoint, taken apart.
type saved struct {
	tensors []modelfile.NamedTensor
	meta    map[string]string
}

func save(t *testing.T, tr *Trainer) saved {
	t.Helper()
	var file bytes.Buffer
	if err := tr.Checkpoint(&file); err != nil {
		t.Fatal(err)
	}
	tensors, meta, err := modelfile.ReadTensors(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return saved{tensors, meta}
}

// restore goes on from what is saved, on the sources of another trainer.
func (s saved) restore(t *testing.T, tr *Trainer) *Trainer {
	t.Helper()
	var file bytes.Buffer
	if err := modelfile.WriteTensors(&file, s.tensors, s.meta); err != nil {
		t.Fatal(err)
	}
	again, err := Restore(&file, tr.src)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// TestEverythingSavedIsRestored changes a checkpoint in one place after the other. A run
// that goes on from it must differ from one that was not stopped; if it does not, what
// stands in that place is not restored.
func TestEverythingSavedIsRestored(t *testing.T) {
	const before, after = 3, 3
	for _, m := range models {
		t.Run(m, func(t *testing.T) {
			t.Parallel()
			sp := tiny(m)
			sp.Inhibition, sp.Seed = 0.2, 8 // so that no unit of the Dalean network is silent whatever its gain
			whole := start(t, sp)
			steps(t, whole, before)
			file := save(t, whole)
			steps(t, whole, after)
			goOn := func(s saved) string {
				again := s.restore(t, whole)
				steps(t, again, before+after-again.Batch())
				return difference(whole, again)
			}
			if d := goOn(file); d != "" {
				t.Fatalf("unchanged, the checkpoint gives another run: %s", d)
			}
			for place, changed := range file.changes() {
				if goOn(changed) == "" {
					t.Errorf("a change of %s changes nothing: it is not restored", place)
				}
			}
		})
	}
}

// changes are copies of a checkpoint, each with one place of it changed: a tensor; of
// the states of rows one after the other of h, c and the modulation; the number of
// batches done, which is the length of the losses; the seed.
func (s saved) changes() map[string]saved {
	out := map[string]saved{}
	for i, tensor := range s.tensors {
		size := len(tensor.Data)
		if strings.HasPrefix(tensor.Name, "state.") {
			size = kernel.Lanes
		}
		for from := 0; from < len(tensor.Data); from += size {
			c := s.copy()
			for k := range size {
				c.tensors[i].Data[from+k] += 0.5
			}
			out[fmt.Sprintf("%s, row %d", tensor.Name, from/size)] = c
		}
	}
	fewer := s.copy()
	for i := range fewer.tensors {
		if n := &fewer.tensors[i]; strings.HasPrefix(n.Name, "losses") {
			n.Data = n.Data[:len(n.Data)-1]
			n.Shape = []int{len(n.Data)}
		}
	}
	out["the number of batches"] = fewer
	seed := s.copy()
	seed.meta["spec"] = strings.Replace(seed.meta["spec"], `"seed":8`, `"seed":5`, 1)
	out["the seed"] = seed
	return out
}

func (s saved) copy() saved {
	c := saved{slices.Clone(s.tensors), maps.Clone(s.meta)}
	for i := range c.tensors {
		c.tensors[i].Data = slices.Clone(c.tensors[i].Data)
	}
	return c
}

// TestRestoredRunDrawsTheNextBatch: sources, their phases, contexts and noise of a run
// that goes on are those it would have had, each of them others than in the batch before.
func TestRestoredRunDrawsTheNextBatch(t *testing.T) {
	sp := tiny(spec.Modulation)
	sp.Frequencies = spec.DefaultFrequencies(sp.Sources, 6) // a pool to draw from
	whole := start(t, sp)
	steps(t, whole, 3)
	again := save(t, whole).restore(t, whole)
	want, got, other := drawn(t, whole, whole.Batch()), drawn(t, again, again.Batch()), drawn(t, again, 2)
	for stream, numbers := range want {
		if !reflect.DeepEqual(got[stream], numbers) {
			t.Errorf("%s are not those of the batch to come", stream)
		}
		if reflect.DeepEqual(other[stream], numbers) {
			t.Errorf("%s of two batches are the same", stream)
		}
	}
}

// drawn is what a trainer's random streams give for a batch.
func drawn(t *testing.T, tr *Trainer, number int) map[string]any {
	t.Helper()
	var b data.Batch
	if err := tr.stream.Batch(number, &b); err != nil {
		t.Fatal(err)
	}
	var contexts [][]float64
	for _, c := range b.Contexts {
		contexts = append(contexts, slices.Clone(c.A))
		clear(c.A) // what is left of the stimuli is noise
	}
	width := tr.net.Spec.Dim * kernel.Lanes
	noise := make([]float32, tr.net.Spec.Steps*width)
	b.Stimuli(noise, width, 0, kernel.Lanes)
	return map[string]any{"sources": b.Pool, "phases": b.S, "contexts": contexts, "noise": noise}
}

// TestOldCheckpointsTakeDefaults: a field that a checkpoint's spec lacks, because it
// is older than the field, has its default and not zero.
func TestOldCheckpointsTakeDefaults(t *testing.T) {
	tr := start(t, tiny(spec.Modulation))
	file := save(t, tr)
	for _, field := range []string{`"lr":0.001,`, `"clip":1,`} {
		if without := strings.Replace(file.meta["spec"], field, "", 1); without == file.meta["spec"] {
			t.Fatalf("the spec %s has no %s", without, field)
		} else {
			file.meta["spec"] = without
		}
	}
	if sp := file.restore(t, tr).net.Spec; sp.LR != 1e-3 || sp.Clip != 1 {
		t.Errorf("restored, lr is %g and clip %g; their defaults are 0.001 and 1", sp.LR, sp.Clip)
	}
}

// A loss comes back as it was, to its last bit; the two parts that older checkpoints have
// are read as well.
func TestLossesAreKeptToTheLastBit(t *testing.T) {
	tr := start(t, tiny(spec.Modulation))
	steps(t, tr, 3)
	tr.losses = []float64{math.Pi, 1e-7 / 3, math.Nextafter(70, 71)}
	file := save(t, tr)
	if got := file.restore(t, tr).Losses(); !slices.Equal(got, tr.losses) {
		t.Errorf("%v came back as %v", tr.losses, got)
	}
	older := file.copy()
	older.tensors = slices.DeleteFunc(older.tensors, func(n modelfile.NamedTensor) bool { return n.Name == "losses.last" })
	for i, got := range older.restore(t, tr).Losses() {
		if math.Abs(got-tr.losses[i]) > 1e-13*tr.losses[i] {
			t.Errorf("from two parts, %v came back as %v", tr.losses[i], got)
		}
	}
}
