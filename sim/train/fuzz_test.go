package train

import (
	"bytes"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/spec"
)

// unsummed is a file without its checksum, so that changes of it are looked into.
func unsummed(b []byte) []byte {
	return bytes.Replace(b, []byte(`"checksum"`), []byte(`"unsummed"`), 1)
}

// Whatever a checkpoint's bytes are, it is refused, or a run that can be saved.
func FuzzRestore(f *testing.F) {
	for _, name := range []string{spec.Modulation, spec.Spatial, spec.Dale} {
		sp := tiny(name)
		src, err := data.NewSources(sp, nil)
		if err != nil {
			f.Fatal(err)
		}
		tr, err := New(sp, src)
		if err != nil {
			f.Fatal(err)
		}
		for range 2 {
			if _, err := tr.Step(); err != nil {
				f.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := tr.Checkpoint(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
		f.Add(unsummed(b.Bytes()))
	}
	src, err := data.NewSources(tiny(spec.Modulation), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tr, err := Restore(bytes.NewReader(b), src)
		if err != nil {
			return
		}
		if tr.Batch() > tr.net.Spec.Batches {
			t.Errorf("it is at batch %d of %d", tr.Batch(), tr.net.Spec.Batches)
		}
		var again bytes.Buffer
		if err := tr.Checkpoint(&again); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
