package modelfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/reference"
	"unmixlab/sim/spec"
)

// names of the published tensors, by the lab's.
var publishedNames = map[string]map[string]string{
	"": {"lstm.weight_ih": "rec_net.weight_ih_l0", "lstm.weight_hh": "rec_net.weight_hh_l0", "lstm.bias_ih": "rec_net.bias_ih_l0",
		"lstm.bias_hh": "rec_net.bias_hh_l0", "readout.weight": "hidden2out.weight", "readout.bias": "hidden2out.bias"},
	spec.Modulation: {"W0": "w0"},
	spec.Spatial:    {"W_x": "w0", "W_ro": "Wro", "K": "Wm"},
	spec.Dale:       {"W_Lx": "wx", "W_HL": "w0", "W_HI": "w_inh", "W_ro": "Wro", "K": "Wm"},
}

// sameAsArchive compares every tensor of a network exactly.
func sameAsArchive(t *testing.T, n *model.Network, a *reference.Archive, prefixes ...string) {
	t.Helper()
	for _, tensor := range n.Params.Tensors {
		theirs := publishedNames[""][tensor.Name] + publishedNames[n.Spec.Model][tensor.Name]
		if theirs == "" && tensor.Name == "W_IL" {
			continue
		}
		found := false
		for _, p := range prefixes {
			if a.Has(p + theirs) {
				found = true
				shape, want := a.Float32(p + theirs)
				if !slices.Equal(shape, tensor.Shape) || !slices.Equal(want, tensor.Data) {
					t.Errorf("%s differs from the published %s", tensor.Name, theirs)
				}
			}
		}
		if !found {
			t.Errorf("the archive has no %q for %s", theirs, tensor.Name)
		}
	}
}

func TestPublishedNetworksAreImported(t *testing.T) {
	for _, p := range reference.Trained(t) {
		b, err := os.ReadFile(p.Torch)
		if err != nil {
			t.Fatal(err)
		}
		f, err := modelfile.Import(filepath.Base(p.Torch), b)
		if err != nil {
			t.Fatalf("%s: %v", p.Archive, err)
		}
		sp := f.Network.Spec
		sameAsArchive(t, f.Network, reference.Open(t, p.Archive), "param/", "const/")
		if sp.Hidden != 100 || sp.Dim != 2 || sp.Input != "xy" || sp.Noise != 0.001 || len(sp.Learn) != 0 {
			t.Errorf("%s: spec %+v", p.Archive, sp)
		}
		if spatial := sp.Model == spec.Spatial; spatial && (sp.Tau != 100 || sp.Width != 0.2 || sp.Units != 100 || sp.Feedback != 4) || !spatial && sp.Tau != 1 {
			t.Errorf("%s: spec %+v", p.Archive, sp)
		}
		if strings.Contains(p.Archive, "sines") != (sp.Sources == "sines") || f.Provenance.Origin != modelfile.Imported || f.Provenance.Batches != 10000 {
			t.Errorf("%s: sources %s, provenance %+v", p.Archive, sp.Sources, f.Provenance)
		}
		if g, err := modelfile.Read(written(t, f)); err != nil {
			t.Errorf("%s: written and read: %v", p.Archive, err)
		} else {
			sameWeights(t, g.Network, f.Network)
		}
	}
}

// moduleOf saves a published training case as a module, as torch.save would.
func moduleOf(a *reference.Archive) module {
	meta := a.Meta()
	m := module{class: "model_base\n" + meta["model"].(string), attributes: map[string]any{"mix_noise": 0.0}, parameters: map[string]array{}}
	lstm := module{class: "torch.nn.modules.rnn\nLSTM", attributes: map[string]any{"num_layers": 1, "bidirectional": false}, parameters: map[string]array{}}
	linear := module{class: "torch.nn.modules.linear\nLinear", parameters: map[string]array{}}
	for _, name := range a.Names() {
		short, ok := strings.CutPrefix(name, "init/")
		if !ok {
			continue
		}
		shape, data := a.Float32(name)
		if rest, ok := strings.CutPrefix(short, "rec_net."); ok {
			lstm.parameters[rest] = array{shape, data}
		} else if rest, ok := strings.CutPrefix(short, "hidden2out."); ok {
			linear.parameters[rest] = array{shape, data}
		} else if a.Has("grad0/" + short) {
			m.parameters[short] = array{shape, data}
		} else {
			m.attributes[short] = array{shape, data}
		}
	}
	m.modules = map[string]module{"rec_net": lstm, "hidden2out": linear}
	for _, k := range []string{"tau", "add", "mod_target"} {
		if v, ok := meta[k].(float64); ok {
			m.attributes[k] = int(v)
		}
	}
	for _, k := range []string{"learn_baseline", "learn_wx", "learn_ro", "input_to_net"} {
		if v, ok := meta[k]; ok {
			m.attributes[k] = v
		}
	}
	return m
}

func TestEveryPublishedClassIsImported(t *testing.T) {
	classes := map[string]string{"UnmixingModel": spec.Unmixing, "ModulationNet": spec.Modulation, "SpatialNet": spec.Spatial,
		"DaleRateNet": spec.Dale, "DirectDemixNet": spec.Direct}
	for _, name := range reference.Cases(t) {
		a := reference.Open(t, name)
		meta := a.Meta()
		f, err := modelfile.ReadTorch(moduleOf(a).save(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sp := f.Network.Spec
		sameAsArchive(t, f.Network, a, "init/")
		if sp.Model != classes[meta["model"].(string)] || float64(sp.Dim) != meta["dim"] || float64(sp.Hidden) != meta["hidden"] || sp.Noise != 0 {
			t.Errorf("%s: spec %+v", name, sp)
		}
		if w, ok := meta["mod_width"]; ok && sp.Width != w {
			t.Errorf("%s: width %g, want %v", name, sp.Width, w)
		}
		if tau, ok := meta["tau"]; ok && sp.Tau != tau {
			t.Errorf("%s: tau %g, want %v", name, sp.Tau, tau)
		}
		if target, ok := meta["mod_target"].(float64); ok && sp.Target != []string{"both", "exc", "inh"}[int(target)] {
			t.Errorf("%s: target %s, want number %v", name, sp.Target, target)
		}
		for flag, part := range map[string]string{"learn_baseline": "baseline", "learn_wx": "wx", "learn_ro": "readout"} {
			if want, _ := meta[flag].(bool); sp.Learns(part) != want {
				t.Errorf("%s: learns %v, want %s %v", name, sp.Learn, part, want)
			}
		}
		if input, ok := meta["input_to_net"]; ok && sp.Input != input {
			t.Errorf("%s: input %s, want %v", name, sp.Input, input)
		}
		if w := f.Network.Params.Tensor("W_IL"); w != nil {
			n := w.Shape[0]
			for i, v := range w.Data {
				if (v == 1) != (i/n == i%n) || v != 0 && v != 1 {
					t.Errorf("%s: W_IL is no identity", name)
					break
				}
			}
		}
	}
}

// zeros of a shape.
func zeros(shape ...int) array {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return array{shape, make([]float32, n)}
}

// tiny is a ModulationNet of two cells.
func tiny() module {
	return module{class: "model_base\nModulationNet",
		attributes: map[string]any{"w0": array{[]int{2, 2}, []float32{1, 2, 3, 4}}, "tau": 5, "mix_noise": 0.25, "input_to_net": "xy"},
		modules: map[string]module{
			"rec_net": {class: "torch.nn.modules.rnn\nLSTM", attributes: map[string]any{"num_layers": 1},
				parameters: map[string]array{"weight_ih_l0": zeros(8, 4), "weight_hh_l0": zeros(8, 2), "bias_ih_l0": zeros(8), "bias_hh_l0": zeros(8)}},
			"hidden2out": {class: "torch.nn.modules.linear\nLinear", parameters: map[string]array{"weight": zeros(4, 2), "bias": zeros(4)}},
		}}
}

func TestTorchAttributesAreRead(t *testing.T) {
	f, err := modelfile.Import("nets/tiny_Sines_300batch.pt", tiny().save(t))
	if err != nil {
		t.Fatal(err)
	}
	sp := f.Network.Spec
	if sp.Tau != 5 || sp.Noise != 0.25 || sp.Hidden != 2 || sp.Sources != "sines" || len(sp.Frequencies) != 2 || f.Provenance.Batches != 300 {
		t.Errorf("spec %+v, provenance %+v", sp, f.Provenance)
	}
	if !slices.Equal(f.Network.Params.Tensor("W0").Data, []float32{1, 2, 3, 4}) {
		t.Errorf("W0 %v", f.Network.Params.Tensor("W0").Data)
	}
}

func TestTorchStridesAreFollowed(t *testing.T) {
	m := tiny()
	m.attributes["w0"] = view{values: []float32{9, 1, 3, 2, 4, 9}, offset: 1, shape: []int{2, 2}, stride: []int{1, 2}}
	f, err := modelfile.ReadTorch(m.save(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Network.Params.Tensor("W0").Data; !slices.Equal(got, []float32{1, 2, 3, 4}) {
		t.Errorf("the transposed view is %v", got)
	}
}

func TestReadTorchSaysWhatIsWrong(t *testing.T) {
	change := func(f func(m *module)) []byte {
		m := tiny()
		f(&m)
		return m.save(t)
	}
	pickled := func(pickle string, files func(map[string][]byte)) []byte {
		f := &torchFile{}
		f.op(pickle)
		return f.archive(t, files)
	}
	for want, b := range map[string][]byte{
		"end is missing":                           []byte("PK\x03\x04 and no archive"),
		"without a data.pkl":                       pickled("", func(m map[string][]byte) { delete(m, "archive/data.pkl") }),
		`has no tensor "w0"`:                       change(func(m *module) { delete(m.attributes, "w0") }),
		`has no tensor "rec_net.weight_ih_l0"`:     change(func(m *module) { delete(m.modules, "rec_net") }),
		`"W0" has shape [3 2]`:                     change(func(m *module) { m.attributes["w0"] = zeros(3, 2) }),
		"is no matrix":                             change(func(m *module) { m.attributes["w0"] = zeros(4) }),
		"num_layers 2":                             change(func(m *module) { m.modules["rec_net"].attributes["num_layers"] = 2 }),
		`tau is the text "slow", must be a number`: change(func(m *module) { m.attributes["tau"] = "slow" }),
		"tau is 0.5":                               change(func(m *module) { m.attributes["tau"] = 0.5 }),
		`input is "z"`:                             change(func(m *module) { m.attributes["input_to_net"] = "z" }),
		"at most 8":                                change(func(m *module) { m.attributes["w0"] = zeros(9, 9) }),
		`"model_base.OtherNet"`:                    change(func(m *module) { m.class = "model_base\nOtherNet" }),
		"saved whole":                              pickled("\x80\x02}.", nil),
		"is no kernel": change(func(m *module) {
			spatial(m)
			m.attributes["Wm"] = array{[]int{4, 2}, []float32{1, 2, 3, 4, 5, 6, 7, 8}}
		}),
		"for 4 units":                        change(func(m *module) { spatial(m); m.attributes["Wm"] = zeros(3, 2) }),
		`"posix"."system"`:                   pickled("\x80\x02cposix\nsystem\nX\x02\x00\x00\x00ls\x85R.", nil),
		`"builtins"."eval"`:                  pickled("\x80\x02cbuiltins\neval\nX\x01\x00\x00\x001\x85R.", nil),
		"opcode 0x97":                        pickled("\x80\x02\x97.", nil),
		"opcode 0x8b":                        pickled("\x80\x02\x8b\xff\xff\xff\xff.", nil),
		"cut off at byte 2":                  pickled("\x80\x02X\xff\xff\xff\xffabc.", nil),
		"no end":                             pickled("\x80\x02}", nil),
		"malformed":                          pickled("\x80\x02}(Nu.", nil),
		"more than 2097152 bytes":            pickled("\x80\x02"+strings.Repeat("N", 3<<20)+".", nil),
		"larger than the description":        pickled("\x80\x02"+strings.Repeat("}", 400_000)+".", nil),
		"is cut off at byte 2":               pickled("\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.", nil),
		"at most 16777216 are read":          storageOf(t, 1<<30, 4, []int{1}, []int{1}),
		"has 16 bytes":                       storageOf(t, 5, 4, []int{1}, []int{1}),
		"has more than 12 bytes":             storageOf(t, 3, 4, []int{1}, []int{1}),
		"[1000000 1000000] does not":         storageOf(t, 4, 4, []int{1000000, 1000000}, []int{0, 0}),
		"[4 4] does not":                     storageOf(t, 4, 4, []int{4, 4}, []int{0, 0}),
		"[65536 65536 65536 65536] does not": storageOf(t, 65536, 65536, []int{65536, 65536, 65536, 65536}, []int{0, 0, 0, 0}), // 2^64 values
		"[2] does not":                       storageOf(t, 4, 4, []int{2}, []int{4}),
	} {
		if _, err := modelfile.ReadTorch(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}

// spatial turns the tiny module into a SpatialNet of four units.
func spatial(m *module) {
	m.class = "model_base\nSpatialNet"
	m.attributes["w0"], m.attributes["Wro"] = zeros(4, 2), zeros(2, 4)
	m.modules["hidden2out"] = module{class: "torch.nn.modules.linear\nLinear", parameters: map[string]array{"weight": zeros(2, 2), "bias": zeros(2)}}
}

// storageOf saves a network whose w0 says that it views `says` values of a storage of `has`.
func storageOf(t testing.TB, says, has int, shape, stride []int) []byte {
	m := tiny()
	m.attributes["w0"] = claim{says, view{values: make([]float32, has), shape: shape, stride: stride}}
	return m.save(t)
}

func TestZipBombsAreRefused(t *testing.T) {
	const each = 15 << 20 // values, 60 MB
	m := tiny()
	spatial(&m)
	m.attributes["Wm"] = zeros(4, 2)
	for name, a := range m.attributes {
		if a, ok := a.(array); ok {
			m.attributes[name] = claim{each, view{shape: a.shape, stride: []int{1, 1}}}
		}
	}
	f := &torchFile{}
	f.root(m)
	bomb := f.archive(t, func(files map[string][]byte) {
		for i, s := range f.storages {
			if s.values == nil {
				files[fmt.Sprintf("archive/data/%d", i)] = make([]byte, 4*each)
			}
		}
	})
	if len(bomb) > 1<<20 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	if _, err := modelfile.ReadTorch(bomb); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("180 MB in %d bytes give %v", len(bomb), err)
	}
}

// A pickle may refer to the same thing again and again: it is looked at once.
func TestReferencesAreNotFollowedTwice(t *testing.T) {
	f := &torchFile{}
	f.op("\x80\x02}q\x00")
	for level := range 7 { // 1,000 times to the seventh, if every one was followed
		f.op("}(")
		for i := range 1000 {
			f.text(fmt.Sprint(i))
			f.op("h" + string(rune(level)))
		}
		f.op("uq" + string(rune(level+1)))
	}
	f.op(".")
	if _, err := modelfile.ReadTorch(f.archive(t, nil)); err == nil || !strings.Contains(err.Error(), "a dictionary without") {
		t.Errorf("error %v", err)
	}
}

func FuzzReadTorch(f *testing.F) {
	m := tiny()
	spatial(&m)
	m.attributes["Wm"] = array{[]int{4, 2}, []float32{1, 1, 1, 1, 1, 1, 1, 1}}
	for _, m := range []module{tiny(), m} {
		f.Add(m.save(f))
		f.Add(savedLegacy(m, ""))
		f.Add(savedLegacy(m, "BFloat16"))
		f.Add(saved(f, dict{{"model", m.state("module.")}, {"tau", 100}, {"optimizer", adam()}}))
	}
	f.Add(marked(gzipped(f, savedLegacy(tiny(), "Half"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if file, err := modelfile.Import("x", b); err == nil {
			written(t, file)
		}
	})
}

// FuzzPickle reaches deeper: the fuzzed bytes are the pickle inside a good archive, or
// follow the head of a file from before PyTorch 1.6.
func FuzzPickle(f *testing.F) {
	good, old := &torchFile{}, &torchFile{legacy: true}
	good.root(tiny())
	old.root(tiny())
	state, numbers := &torchFile{}, tiny()
	state.root(dict{{"args", raw("cargparse\nNamespace\n)\x81}X\x03\x00\x00\x00tauKdsb")}, {"state_dict", tiny().state("")}})
	numbers.attributes["tau"] = raw("cnumpy.core.multiarray\nscalar\n" + float64Type + "C\x08\x00\x00\x00\x00\x00\x00Y\x40\x86R")
	inner := &torchFile{}
	inner.root(numbers)
	for _, x := range []*torchFile{good, old, state, inner} {
		f.Add(x.pickle.Bytes())
	}
	f.Add([]byte("\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05torch\x8c\x04Size\x93)R\x94."))
	f.Fuzz(func(t *testing.T, b []byte) {
		x := &torchFile{storages: good.storages}
		x.op(string(b))
		for _, way := range [][]byte{x.archive(t, nil), x.stream()} {
			if file, err := modelfile.ReadTorch(way); err == nil {
				written(t, file)
			}
		}
	})
}
