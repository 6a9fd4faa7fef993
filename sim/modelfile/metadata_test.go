package modelfile_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// withMeta is a good file with other metadata.
func withMeta(t *testing.T, meta map[string]string) []byte {
	t.Helper()
	good := written(t, &modelfile.File{Network: network(t, spec.Modulation)})
	return edit(t, good, func(ts []modelfile.NamedTensor, m map[string]string) []modelfile.NamedTensor {
		for k, v := range meta {
			m[k] = v
		}
		return ts
	})
}

func TestTimesAreReadAsPythonWritesThem(t *testing.T) {
	at := time.Date(2026, 3, 29, 2, 30, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`"2026-03-29T02:30:00"`:              at,
		`"2026-03-29T02:30:00Z"`:             at,
		`"2026-03-29 02:30:00"`:              at,
		`"2026-03-29T02:30"`:                 at,
		`"2026-03-29 02:30:00.123456"`:       at.Add(123456 * time.Microsecond),
		`"2026-03-29T02:30:00.123456"`:       at.Add(123456 * time.Microsecond),
		`"2026-03-29T04:30:00+02:00"`:        at,
		`"2026-03-29 04:30:00.5+02:00"`:      at.Add(time.Second / 2),
		`"2026-03-29T04:30:00+0200"`:         at,
		`"2026-03-29 02:30:00 UTC"`:          at,
		`"2026-03-29 04:30:00 +0200"`:        at,
		`" 2026-03-29T02:30:00.000000Z\n"`:   at,
		`"2026-03-29"`:                       time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC),
		`""`:                                 {},
		`null`:                               {},
		`None`:                               {},
		`"2026-03-29T02:30:00.123456+00:00"`: at.Add(123456 * time.Microsecond),
	} {
		f, err := modelfile.Read(withMeta(t, map[string]string{"provenance": `{"created": ` + text + `}`}))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if !f.Provenance.Created.Equal(want) {
			t.Errorf("%s is read as %v, want %v", text, f.Provenance.Created, want)
		} else if _, err := modelfile.Read(written(t, f)); err != nil {
			t.Errorf("%s: written again: %v", text, err)
		}
	}
	for _, text := range []string{`"29.03.2026"`, `"03/29/2026"`, `"yesterday"`, `1774751400`, `true`, `"2026-13-01"`, `"2026-03-29T25:00:00"`} {
		_, err := modelfile.Read(withMeta(t, map[string]string{"provenance": `{"created": ` + text + `}`}))
		if err == nil || !strings.Contains(err.Error(), "created is "+text) ||
			!strings.Contains(err.Error(), `such as "2026-03-29T02:30:00Z"`) {
			t.Errorf("%s gives %v", text, err)
		}
	}
}

func TestProvenanceIsReadAsPythonWritesIt(t *testing.T) {
	for text, want := range map[string]modelfile.Provenance{
		`{"batches": 10000.0}`: {Batches: 10000},
		`{"batches": 1e4}`:     {Batches: 10000},
		`{"weights": "sha256:00", "version": "v1.2.0", "commit": "abc"}`:                    {Version: "v1.2.0", Commit: "abc"},
		`{"losses": [[50.0, 3.5], [100, NaN], [150, -Infinity], [200, 2]]}`:                 {Losses: [][2]float64{{50, 3.5}, {200, 2}}},
		`{"numbers": {"clarity": 0.97, "r2": NaN, "angle": Infinity, "x": None}}`:           {Numbers: map[string]float64{"clarity": 0.97}},
		`{"numbers": {"r2": NaN}, "losses": [], "batches": null, "title": null, "a": True}`: {},
		`{"title": "NaN is True, \"None\" is 100.0", "note": "Infinity"}`:                   {Title: `NaN is True, "None" is 100.0`, Note: "Infinity"},
	} {
		f, err := modelfile.Read(withMeta(t, map[string]string{"provenance": text}))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		want.Weights = modelfile.WeightsHash(f.Network) // whatever a file says of them
		if !reflect.DeepEqual(f.Provenance, want) {
			t.Errorf("%s is read as %+v", text, f.Provenance)
		}
	}
	for text, want := range map[string]string{
		`{"title": 7}`:                      `title is 7, must be a text, such as "Modulation, chords"`,
		`{"note": ["a"]}`:                   `note is a list, must be a text`,
		`{"batches": "10000"}`:              `batches is "10000", must be a whole number, such as 10000`,
		`{"batches": 10.5}`:                 `batches is 10.5`,
		`{"batches": -1}`:                   `batches is -1`,
		`{"batches": True}`:                 `batches is true`,
		`{"batches": NaN}`:                  `batches is "NaN"`,
		`{"losses": [1, 2]}`:                `must be a list of batches and losses, such as [[50, 12.5], [100, 8.1]]`,
		`{"losses": {"50": 1}}`:             `losses is an object`,
		`{"losses": [[50, "3.5"]]}`:         `losses is "3.5", must be a number`,
		`{"numbers": [1]}`:                  `must be names and numbers, such as {"clarity": 0.97}`,
		`{"numbers": {"clarity": "high"}}`:  `numbers.clarity is "high", must be a number, such as 0.97`,
		`{"numbers": {"clarity": 1e999}}`:   `must be JSON`,
		`{'title': 'printed, not dumped'}`:  `must be JSON, as json.dumps writes it`,
		`[]`:                                `must be JSON`,
		`Provenance(title="a dataclass")`:   `must be JSON`,
		`{"title": "twice"} {"title": "x"}`: `must be JSON`,
	} {
		_, err := modelfile.Read(withMeta(t, map[string]string{"provenance": text}))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "modelfile") || strings.Contains(err.Error(), "json:") {
			t.Errorf("%s gives %v, want one that says %s", text, err, want)
		}
	}
}

func TestSpecsAreReadAsPythonWritesThem(t *testing.T) {
	sp := network(t, spec.Modulation).Spec
	good := string(sp.JSON())
	for _, change := range [][2]string{
		{`"hidden":6`, `"hidden": 6.0`},
		{`"batch":32`, `"batch": 3.2e1`},
		{`"seed":3`, `"seed": 3.0`},
		{`"additive":false`, `"additive": False`},
		{`"learn":[]`, `"learn": None`},
		{`"tau":1,`, `"tau": 1.0,`},
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		if text == good {
			t.Fatalf("%s is not in %s", change[0], good)
		}
		f, err := modelfile.Read(withMeta(t, map[string]string{"spec": text}))
		if err != nil {
			t.Errorf("%s: %v", change[1], err)
		} else if got := f.Network.Spec; got.String() != sp.String() || got.Seed != sp.Seed || got.Hidden != sp.Hidden || got.Additive {
			t.Errorf("%s is read as %+v", change[1], got)
		}
	}
	for text, want := range map[string]string{
		`{"model": "modulation", "tau": NaN}`:         `tau is NaN, must be a number`,
		`{"model": "modulation", "noise": -Infinity}`: `noise is -Infinity, must be a number`,
		`{'model': 'modulation'}`:                     `must be JSON, as json.dumps writes it: {"model": "spatial", "hidden": 100}`,
		``:                                            `must be JSON`,
		`{"model": "modulation", "seed": 1152921504606846976}`:  `seed is`,
		`{"model": "modulation", "hidden": 6.5}`:                `hidden`,
		`{"model": "modulation", "hidden": 1e400}`:              `must be JSON`,
		`{"model": "modulation", "seed": 18446744073709551616}`: `seed`,
	} {
		if _, err := modelfile.Read(withMeta(t, map[string]string{"spec": text})); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want one that says %s", text, err, want)
		}
	}
}

// retyped is a safetensors file with its numbers in another type.
func retyped(t *testing.T, b []byte, dtype string) []byte {
	t.Helper()
	tensors, meta, err := modelfile.ReadTensors(b)
	if err != nil {
		t.Fatal(err)
	}
	head, data := map[string]any{"__metadata__": meta}, []byte{}
	for _, n := range tensors {
		start := len(data)
		for _, v := range n.Data {
			switch dtype {
			case "F64":
				data = binary.LittleEndian.AppendUint64(data, math.Float64bits(float64(v)))
			case "F16":
				data = binary.LittleEndian.AppendUint16(data, halfBits(v))
			case "BF16":
				data = binary.LittleEndian.AppendUint16(data, uint16(math.Float32bits(v)>>16))
			}
		}
		head[n.Name] = map[string]any{"dtype": dtype, "shape": n.Shape, "data_offsets": []int{start, len(data)}}
	}
	return append(header(t, head, 0), data...)
}

// Python may have changed the precision of a file of the lab's.
func TestOtherPrecisionsAreConverted(t *testing.T) {
	n := distinctNetwork(t)
	b := written(t, &modelfile.File{Network: n})
	for _, dtype := range []string{"F64", "F16", "BF16"} {
		f, err := modelfile.Read(retyped(t, b, dtype))
		if err != nil {
			t.Errorf("%s: %v", dtype, err)
			continue
		}
		sameWeights(t, f.Network, n)
	}
}

// A state_dict that Python's save_file wrote is read as one of torch.save's.
func TestStateDictsInSafetensorsAreRead(t *testing.T) {
	want := distinctNetwork(t)
	for _, meta := range []map[string]string{
		nil, {"format": "pt"}, {"format": "pt", "tau": "100", "class": "ModulationNet", "mix_noise": "0.25"},
	} {
		for _, prefix := range []string{"", "module."} {
			var tensors []modelfile.NamedTensor
			for _, p := range distinct().state(prefix) {
				a := p.value.(array)
				tensors = append(tensors, modelfile.NamedTensor{Name: p.key, Shape: a.shape, Data: a.data})
			}
			var b bytes.Buffer
			if err := modelfile.WriteTensors(&b, tensors, meta); err != nil {
				t.Fatal(err)
			}
			f, err := modelfile.Import("x.safetensors", b.Bytes())
			if err != nil {
				t.Errorf("%v: %v", meta, err)
				continue
			}
			if len(meta) > 1 && (f.Network.Spec.Noise != 0.25 || f.Network.Spec.Tau != 100) {
				t.Errorf("the metadata are not read: %+v", f.Network.Spec)
			}
			f.Network.Spec.Noise, f.Network.Spec.Tau = want.Spec.Noise, want.Spec.Tau
			sameWeights(t, f.Network, want)
		}
	}
	var b bytes.Buffer
	if err := modelfile.WriteTensors(&b, []modelfile.NamedTensor{{Name: "lstm.weight_hh", Shape: []int{1}, Data: []float32{1}}}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := modelfile.Import("x.safetensors", b.Bytes()); err == nil || !strings.Contains(err.Error(), "metadata=") {
		t.Errorf("a file that lost its metadata gives %v", err)
	}
}

func FuzzMetadata(f *testing.F) {
	good := string(network(f, spec.Modulation).Spec.JSON())
	f.Add(good, `{"title": "a", "created": "2026-03-29 02:30:00.5+02:00", "batches": 1e4, "losses": [[50, NaN], [100.0, 2]], "numbers": {"r2": None}}`)
	f.Add(strings.Replace(good, `"hidden":6`, `"hidden": 6.0`, 1), `{"note": "True \" NaN"}`)
	var tensors []modelfile.NamedTensor
	for _, p := range network(f, spec.Modulation).Params.Tensors {
		tensors = append(tensors, modelfile.NamedTensor{Name: p.Name, Shape: p.Shape, Data: p.Data})
	}
	f.Fuzz(func(t *testing.T, sp, provenance string) {
		var b bytes.Buffer
		meta := map[string]string{"format": modelfile.Format, "spec": sp, "provenance": provenance}
		if err := modelfile.WriteTensors(&b, tensors, meta); err != nil {
			t.Skip()
		}
		file, err := modelfile.Read(b.Bytes())
		if err != nil {
			return
		}
		again, err := modelfile.Read(written(t, file)) // what is read can be written, and comes back
		if err != nil || !reflect.DeepEqual(again.Provenance, file.Provenance) {
			t.Errorf("%+v comes back as %+v, %v", file.Provenance, again, err)
		}
	})
}
