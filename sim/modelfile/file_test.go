package modelfile_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// network of every variant, small.
func network(t testing.TB, name string) *model.Network {
	t.Helper()
	sp := spec.Default(name)
	sp.Hidden, sp.Units, sp.LowerUnits, sp.Seed = 6, 12, 8, 3
	n, err := model.New(sp)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var variants = spec.Models()

func written(t testing.TB, f *modelfile.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := modelfile.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sameWeights(t *testing.T, got, want *model.Network) {
	t.Helper()
	if !reflect.DeepEqual(got.Spec, want.Spec) {
		t.Errorf("spec %+v, want %+v", got.Spec, want.Spec)
	}
	for i, w := range want.Params.Tensors {
		g := got.Params.Tensors[i]
		if g.Name != w.Name || g.Learned != w.Learned || !slices.Equal(g.Shape, w.Shape) || !slices.Equal(g.Data, w.Data) {
			t.Errorf("tensor %s differs", w.Name)
		}
	}
}

func TestModelsComeBack(t *testing.T) {
	for _, name := range variants {
		want := &modelfile.File{Network: network(t, name), Provenance: modelfile.Provenance{
			Title: "A model", Origin: modelfile.Trained, Created: time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC), Kernel: "avx2",
			Batches: 10, Losses: [][2]float64{{0, 3}, {10, 1.5}}, Numbers: map[string]float64{"clarity": 0.97}, Note: "<ok>",
		}}
		b := written(t, want)
		got, err := modelfile.Read(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sameWeights(t, got.Network, want.Network)
		want.Provenance.Weights = modelfile.WeightsHash(want.Network)
		if !reflect.DeepEqual(got.Provenance, want.Provenance) {
			t.Errorf("%s: provenance %+v, want %+v", name, got.Provenance, want.Provenance)
		}
		if !bytes.Equal(written(t, got), b) {
			t.Errorf("%s: written again, the file differs", name)
		}
		if got, err := modelfile.Import("x.safetensors", b); err != nil || got.Network.Spec.Model != name {
			t.Errorf("%s: import gives %v", name, err)
		}
	}
}

// edit rewrites a file with changed tensors and metadata.
func edit(t *testing.T, b []byte, change func(tensors []modelfile.NamedTensor, meta map[string]string) []modelfile.NamedTensor) []byte {
	t.Helper()
	tensors, meta, err := modelfile.ReadTensors(b)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := modelfile.WriteTensors(&out, change(tensors, meta), meta); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	type tensors = []modelfile.NamedTensor
	good := written(t, &modelfile.File{Network: network(t, spec.Modulation)})
	find := func(ts tensors, name string) *modelfile.NamedTensor {
		return &ts[slices.IndexFunc(ts, func(n modelfile.NamedTensor) bool { return n.Name == name })]
	}
	meta := func(key, value string) func(tensors, map[string]string) tensors {
		return func(ts tensors, m map[string]string) tensors { m[key] = value; return ts }
	}
	for want, change := range map[string]func(tensors, map[string]string) tensors{
		`tensor "W0" is missing (shape [2 2])`: func(ts tensors, _ map[string]string) tensors {
			return slices.DeleteFunc(ts, func(n modelfile.NamedTensor) bool { return n.Name == "W0" })
		},
		`tensor "W0" has shape [4], must have [2 2]`: func(ts tensors, _ map[string]string) tensors {
			find(ts, "W0").Shape = []int{4}
			return ts
		},
		`tensor "readout.bias" holds NaN at index 2`: func(ts tensors, _ map[string]string) tensors {
			find(ts, "readout.bias").Data[2] = float32(math.NaN())
			return ts
		},
		`tensor "lstm.bias_ih" holds -Inf`: func(ts tensors, _ map[string]string) tensors {
			find(ts, "lstm.bias_ih").Data[0] = float32(math.Inf(-1))
			return ts
		},
		`tensor "extra" does not belong to a modulation model`: func(ts tensors, _ map[string]string) tensors {
			return append(ts, modelfile.NamedTensor{Name: "extra", Shape: []int{1}, Data: []float32{1}})
		},
		`format is "unmixlab/9"`:  meta("format", "unmixlab/9"),
		"name no format":          func(ts tensors, m map[string]string) tensors { delete(m, "format"); return ts },
		"spec is refused":         meta("spec", "{"),
		"spec is refused: hidden": meta("spec", `{"model":"modulation","hidden":100000}`),
		"is no field":             meta("spec", `{"model":"modulation","colour":1}`),
		"provenance":              meta("provenance", `{"title":7}`),
	} {
		if _, err := modelfile.Read(edit(t, good, change)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}

func TestReadRefusesWhatIsNoFile(t *testing.T) {
	good := written(t, &modelfile.File{Network: network(t, spec.Spatial)})
	for n := range len(good) {
		if n%37 == 0 || n < 16 || n > len(good)-16 {
			if _, err := modelfile.Read(good[:n]); err == nil {
				t.Fatalf("the first %d of %d bytes are read", n, len(good))
			}
		}
	}
	if _, err := modelfile.Read(append(slices.Clone(good), 0)); err == nil {
		t.Error("a byte too many is read")
	}
	if _, err := modelfile.Read(make([]byte, modelfile.MaxSize+1)); err == nil || !strings.Contains(err.Error(), "64 MB") {
		t.Errorf("a file over the limit gives %v", err)
	}
	long := header(t, map[string]any{"__metadata__": map[string]string{"note": strings.Repeat("a", 3<<20)}}, 0)
	if _, err := modelfile.Read(long); err == nil || !strings.Contains(err.Error(), "header of 3") {
		t.Errorf("a header of 3 MB gives %v", err)
	}
	if _, _, err := modelfile.ReadTensors(header(t, map[string]any{"a": map[string]any{"dtype": "I64", "shape": []int{1}, "data_offsets": []int{0, 8}}}, 8)); err == nil || !strings.Contains(err.Error(), "I64") {
		t.Errorf("int64 tensors give %v", err)
	}
	many := map[string]any{}
	for i := range 300 {
		many[strings.Repeat("n", i+1)] = map[string]any{"dtype": "F32", "shape": []int{0}, "data_offsets": []int{0, 0}}
	}
	if _, _, err := modelfile.ReadTensors(header(t, many, 0)); err == nil || !strings.Contains(err.Error(), "300 tensors") {
		t.Errorf("300 tensors give %v", err)
	}
}

// header makes a safetensors file from a header and a number of zero bytes.
func header(t testing.TB, head map[string]any, data int) []byte {
	t.Helper()
	j, err := json.Marshal(head)
	if err != nil {
		t.Fatal(err)
	}
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(j))), j...), make([]byte, data)...)
}

func TestWriteRefusesWhatCouldNotBeRead(t *testing.T) {
	n := network(t, spec.Modulation)
	n.Params.Tensor("W0").Data[1] = float32(math.NaN())
	if err := modelfile.Write(&bytes.Buffer{}, &modelfile.File{Network: n}); err == nil || !strings.Contains(err.Error(), "W0") {
		t.Errorf("NaN weights are written: %v", err)
	}
	f := &modelfile.File{Network: network(t, spec.Direct), Provenance: modelfile.Provenance{Numbers: map[string]float64{"r2": math.NaN()}}}
	if err := modelfile.Write(&bytes.Buffer{}, f); err == nil || !strings.Contains(err.Error(), "provenance") {
		t.Errorf("NaN numbers are written: %v", err)
	}
	for _, tensors := range [][]modelfile.NamedTensor{
		{{Name: "a", Shape: []int{2, 2}, Data: []float32{1}}},
		{{Name: "a", Shape: []int{1}, Data: []float32{1}}, {Name: "a", Shape: []int{1}, Data: []float32{1}}},
	} {
		if err := modelfile.WriteTensors(&bytes.Buffer{}, tensors, nil); err == nil {
			t.Errorf("%v is written", tensors)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range variants {
		b := written(f, &modelfile.File{Network: network(f, name)})
		f.Add(b)
		f.Add(bytes.Replace(b, []byte(`"checksum"`), []byte(`"unsummed"`), 1)) // of which changes are looked into
	}
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if file, err := modelfile.Read(b); err == nil {
			written(t, file) // what is read can be written
		}
	})
}
