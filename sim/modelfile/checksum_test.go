package modelfile_test

import (
	"bytes"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// Whichever byte of a file is another, the file is refused, unless it means the same.
func TestAFlippedByteIsNoticed(t *testing.T) {
	tensors := []modelfile.NamedTensor{
		{Name: "weights", Shape: []int{2, 3}, Data: []float32{1, 2, 3, 4, 5, 6}}, {Name: "bias", Shape: []int{2}, Data: []float32{7, 8}},
	}
	meta := map[string]string{"format": "unmixlab/1", "spec": `{"model":"spatial"}`}
	var whole bytes.Buffer
	if err := modelfile.WriteTensors(&whole, tensors, meta); err != nil {
		t.Fatal(err)
	}
	wantTensors, wantMeta, err := modelfile.ReadTensors(whole.Bytes())
	if err != nil || !maps.Equal(wantMeta, meta) {
		t.Fatalf("unchanged it has %v, %v", wantMeta, err)
	}
	data := bytes.Index(whole.Bytes(), []byte("}}")) + 2
	for i := range whole.Len() {
		for bit := range 8 {
			b := slices.Clone(whole.Bytes())
			b[i] ^= 1 << bit
			gotTensors, gotMeta, err := modelfile.ReadTensors(b)
			if err == nil && !(reflect.DeepEqual(gotTensors, wantTensors) && maps.Equal(without(gotMeta), meta)) {
				t.Errorf("with bit %d of byte %d flipped it is read as %v, %v", bit, i, gotTensors, gotMeta)
			}
			if i >= data+8 && !errors.Is(err, modelfile.ErrDamaged) {
				t.Errorf("with bit %d of byte %d of the arrays flipped: %v", bit, i-data, err)
			}
		}
	}
}

// without are metadata but for what stands where the checksum was before its name was
// damaged.
func without(meta map[string]string) map[string]string {
	rest := maps.Clone(meta)
	maps.DeleteFunc(rest, func(_, value string) bool { return strings.HasPrefix(value, "sha256:") })
	return rest
}

// Files of before there were checksums, and those that other programs wrote, are read.
func TestFilesWithoutAChecksumAreRead(t *testing.T) {
	f := &modelfile.File{Network: network(t, spec.Modulation), Provenance: modelfile.Provenance{Title: "Old"}}
	b := written(t, f)
	at := bytes.Index(b, []byte(`"checksum":"sha256:`))
	if at < 0 {
		t.Fatal("a model has no checksum")
	}
	damaged := slices.Clone(b)
	damaged[len(b)-2] ^= 4
	if _, err := modelfile.Read(damaged); !errors.Is(err, modelfile.ErrDamaged) || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("a damaged model: %v", err)
	}
	copy(damaged[at+1:], "unknown_") // an old file: nothing by the name of checksum
	if _, err := modelfile.Read(damaged); err != nil {
		t.Errorf("without a checksum: %v", err)
	}
}
