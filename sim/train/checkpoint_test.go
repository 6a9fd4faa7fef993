package train

import (
	"bytes"
	"strings"
	"testing"

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
