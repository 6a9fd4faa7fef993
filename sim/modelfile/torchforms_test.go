package modelfile_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// distinct is a ModulationNet of two cells, all of whose weights differ and are held
// by half precision and bfloat16.
func distinct() module {
	m := tiny()
	next := float32(0)
	fill := func(a array) array {
		data := make([]float32, len(a.data))
		for i := range data {
			next++
			data[i] = next - 48
		}
		return array{a.shape, data}
	}
	m.attributes["tau"] = 100.0
	m.attributes["w0"] = fill(zeros(2, 2))
	for _, inner := range sorted(m.modules) {
		for _, name := range sorted(m.modules[inner].parameters) {
			m.modules[inner].parameters[name] = fill(m.modules[inner].parameters[name])
		}
	}
	return m
}

// distinctNetwork is distinct as the lab's network.
func distinctNetwork(t testing.TB) *model.Network {
	t.Helper()
	f, err := modelfile.ReadTorch(distinct().save(t))
	if err != nil {
		t.Fatal(err)
	}
	want := distinct()
	if n := f.Network; n.Spec.Tau != 100 || !slices.Equal(n.Params.Tensor("W0").Data, want.attributes["w0"].(array).data) ||
		!slices.Equal(n.Params.Tensor("lstm.bias_hh").Data, want.modules["rec_net"].parameters["bias_hh_l0"].data) {
		t.Fatalf("the network saved whole is %+v", n.Spec)
	}
	return f.Network
}

// state is the state_dict of a module whose arrays are buffers.
func (m module) state(prefix string) (pairs ordered) {
	for _, name := range sorted(m.attributes) {
		if a, ok := m.attributes[name].(array); ok {
			pairs = append(pairs, pair{prefix + name, a})
		}
	}
	for _, name := range sorted(m.parameters) {
		pairs = append(pairs, pair{prefix + name, m.parameters[name]})
	}
	for _, name := range sorted(m.modules) {
		pairs = append(pairs, m.modules[name].state(prefix+name+".")...)
	}
	return pairs
}

// zippedIn is a value with its tensors in another type of numbers.
func zippedIn(t testing.TB, kind string, v any) []byte {
	f := &torchFile{kind: kind}
	f.root(v)
	return f.archive(t, nil)
}

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func marked(b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) }

// wrapper is a module that holds another, such as DataParallel.
func wrapper(class, name string, inner module) module {
	return module{class: class, attributes: map[string]any{"dim": 0, "device_ids": list{0, 1}, "output_device": raw("ctorch\ndevice\nX\x03\x00\x00\x00cpu\x85R")},
		modules: map[string]module{name: inner}}
}

// adam is an optimizer in a checkpoint: its moments have the shapes of weights.
func adam() any {
	return dict{{"state", dict{{"0", dict{{"step", typed{array{[]int{}, []float32{300}}, "Float"}}, {"exp_avg", zeros(8, 4)}, {"exp_avg_sq", zeros(8, 4)}}}}},
		{"param_groups", list{dict{{"lr", 1e-3}, {"betas", raw("G?\xec\xcc\xcc\xcc\xcc\xcc\xcdG?\xef\xf7\xce\xd9\x16\x87+\x86")}, {"params", list{0, 1, 2}}}}}}
}

// The same network, however PyTorch kept it, comes back with the same weights.
func TestEveryWayToSaveIsRead(t *testing.T) {
	whole := distinct()
	state := whole.state("")
	tau := pair{"tau", 100}
	parallel := wrapper("torch.nn.parallel.data_parallel\nDataParallel", "module", whole)
	for name, b := range map[string][]byte{
		"before 1.6":                               savedLegacy(whole, ""),
		"before 1.6, half":                         savedLegacy(whole, "Half"),
		"before 1.6, double":                       savedLegacy(whole, "Double"),
		"before 1.6, gzip":                         gzipped(t, savedLegacy(whole, "")),
		"before 1.6, byte order mark":              marked(savedLegacy(whole, "")),
		"gzip":                                     gzipped(t, whole.save(t)),
		"byte order mark":                          marked(whole.save(t)),
		"byte order mark, gzip, bfloat16":          marked(gzipped(t, zippedIn(t, "BFloat16", whole))),
		"gzip of a byte order mark":                gzipped(t, marked(whole.save(t))),
		"half":                                     zippedIn(t, "Half", whole),
		"bfloat16":                                 zippedIn(t, "BFloat16", whole),
		"double":                                   zippedIn(t, "Double", whole),
		"DataParallel":                             parallel.save(t),
		"DataParallel before 1.6":                  savedLegacy(parallel, ""),
		"DistributedDataParallel":                  wrapper("torch.nn.parallel.distributed\nDistributedDataParallel", "module", whole).save(t),
		"compiled, as a module":                    wrapper("torch._dynamo.eval_frame\nOptimizedModule", "_orig_mod", whole).save(t),
		"compiled, as a call":                      saved(t, call{"torch._dynamo.eval_frame\nOptimizedModule", list{whole}}),
		"in a module of one's own":                 wrapper("experiment\nTask", "net", whole).save(t),
		"state_dict and tau":                       saved(t, append(slices.Clone(state), tau)),
		"plain dict and tau":                       saved(t, append(dict(state), tau)),
		"model_state_dict":                         saved(t, dict{{"epoch", 30}, {"model_state_dict", state}, {"optimizer_state_dict", adam()}, {"loss", 1.5}, tau}),
		"state_dict":                               saved(t, dict{{"state_dict", state}, {"hyper_parameters", dict{tau}}}),
		"model, bfloat16, module.":                 zippedIn(t, "BFloat16", dict{{"model", whole.state("module.")}, {"config", dict{{"net", dict{tau}}}}}),
		"net, before 1.6, half":                    savedLegacy(dict{{"net", state}, tau}, "Half"),
		"model. of Lightning":                      saved(t, dict{{"state_dict", append(whole.state("model."), pair{"loss_fn.weight", zeros(3)})}, tau}),
		"a model whole in a checkpoint":            saved(t, dict{{"model", whole}, {"optimizer", adam()}}),
		"a model whole and its state_dict":         saved(t, dict{{"state_dict", state}, {"net", whole}}),
		"the best and the present state":           saved(t, dict{{"best", whole.state("")}, {"model", state}, {"ema", state}, tau}),
		"model and optimizer in a list":            saved(t, list{whole, adam()}),
		"settings in an argparse.Namespace":        saved(t, dict{{"args", raw("cargparse\nNamespace\n)\x81}X\x03\x00\x00\x00tauKdsb")}, {"state_dict", state}}),
		"settings in an OrderedDict":               saved(t, dict{{"settings", ordered{tau}}, {"state_dict", state}}),
		"a longer list of losses before the model": saved(t, dict{{"losses", slices.Repeat(list{1.5}, 50_000)}, {"model", state}, tau}),
	} {
		f, err := modelfile.Import(name+".pt", b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := distinctNetwork(t)
		want.Spec.Noise = f.Network.Spec.Noise // a state_dict does not tell it
		sameWeights(t, f.Network, want)
		if t.Failed() {
			t.Fatalf("that was %s", name)
		}
	}
}

// NumPy's arrays before they get values, and types of numbers, as pickles of protocol 2
// have them.
const (
	emptyArray  = "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R"
	float64Type = "cnumpy\ndtype\nX\x02\x00\x00\x00f8\x89\x88\x87R(K\x03X\x01\x00\x00\x00<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
	int64Type   = "cnumpy\ndtype\nX\x02\x00\x00\x00i8\x89\x88\x87R(K\x03X\x01\x00\x00\x00<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
	bigType     = "cnumpy\ndtype\nX\x02\x00\x00\x00f4\x89\x88\x87R(K\x03X\x01\x00\x00\x00>NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
)

// latin1 is bytes as a pickle of protocol 2 has them.
func latin1(b string) raw {
	f := &torchFile{}
	f.op("c_codecs\nencode\n")
	var text strings.Builder
	for _, c := range []byte(b) {
		text.WriteRune(rune(c))
	}
	f.text(text.String())
	f.text("latin1")
	f.op("\x86R")
	return raw(f.pickle.String())
}

// A number is read whatever keeps it.
func TestNumbersAreReadFromTensorsAndArrays(t *testing.T) {
	number := func(kind string, v float32, shape ...int) any { return typed{array{shape, []float32{v}}, kind} }
	float64s := "\x00\x00\x00\x00\x00\x00Y\x40" // 100
	for name, tau := range map[string]any{
		"int": 100, "float": 100.0, "0-d float tensor": number("Float", 100), "0-d int64 tensor": number("Long", 100),
		"0-d double tensor": number("Double", 100), "0-d half tensor": number("Half", 100), "0-d int32 tensor": number("Int", 100),
		"tensor of one": number("Float", 100, 1), "a parameter": raw("ctorch._utils\n_rebuild_parameter\n"),
		"numpy float64":       raw("cnumpy.core.multiarray\nscalar\n" + float64Type + string(latin1(float64s)) + "\x86R"),
		"numpy 2's float64":   raw("cnumpy._core.multiarray\nscalar\n" + float64Type + string(latin1(float64s)) + "\x86R"),
		"numpy int64":         raw("cnumpy.core.multiarray\nscalar\n" + int64Type + "C\x08\x64\x00\x00\x00\x00\x00\x00\x00\x86R"),
		"big-endian float32":  raw("cnumpy.core.multiarray\nscalar\n" + bigType + "C\x04\x42\xc8\x00\x00\x86R"),
		"numpy array, 0-d":    raw(emptyArray + "(K\x01)" + float64Type + "\x89" + string(latin1(float64s)) + "tb"),
		"numpy array, buffer": raw("cnumpy._core.numeric\n_frombuffer\n(\x96\x08\x00\x00\x00\x00\x00\x00\x00" + float64s + float64Type + ")X\x01\x00\x00\x00CtR"),
	} {
		f := &torchFile{}
		m := distinct()
		m.attributes["tau"] = tau
		if name == "a parameter" {
			inner := &torchFile{storages: make([]stored, 20)} // its storage has a key of its own
			inner.value(number("Float", 100))
			m.attributes["tau"] = tau.(raw) + raw(inner.pickle.String()) + "\x88N\x87R"
			f.root(m)
			f.storages = append(slices.Grow(f.storages, 20), make([]stored, 21-len(f.storages))...)
			f.storages[20] = inner.storages[20]
		} else {
			f.root(m)
		}
		file, err := modelfile.ReadTorch(f.archive(t, nil))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if file.Network.Spec.Tau != 100 {
			t.Errorf("%s: tau %g", name, file.Network.Spec.Tau)
		}
	}
	m := distinct()
	m.attributes["add"], m.attributes["mix_noise"] = number("Bool", 1), number("Float", 0.25)
	f, err := modelfile.ReadTorch(m.save(t))
	if err != nil || !f.Network.Spec.Additive || f.Network.Spec.Noise != 0.25 {
		t.Errorf("a truth value and a float in tensors: %v", err)
	}
	for want, tau := range map[string]any{
		`its tau is a tensor of shape [2], must be a number, such as 100`: zeros(2),
		`its tau is a tensor of shape [0]`:                                zeros(0),
		`its tau is the text "100"`:                                       "100",
		`its tau is a decimal.Decimal`:                                    raw("cdecimal\nDecimal\nX\x03\x00\x00\x00100\x85R"),
		`its tau is a list`:                                               list{100},
	} {
		m.attributes["tau"] = tau
		if _, err := modelfile.ReadTorch(m.save(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}

// Whatever a network does not need may stand beside what it does.
func TestWhatIsNotNeededIsSkipped(t *testing.T) {
	for name, v := range map[string]any{
		"empty tensor": zeros(0), "empty matrix": zeros(0, 3), "integers": typed{zeros(3), "Long"}, "bytes": typed{zeros(3), "Byte"},
		"truth values": typed{zeros(3), "Bool"}, "none": nil, "text": "x", "complex numbers": typed{zeros(3), "ComplexFloat"},
		"quantized": typed{zeros(3), "QInt8"}, "bytes without a type": typed{zeros(3), "Untyped"}, "five axes": zeros(1, 1, 1, 1, 1),
		"a tensor that its storage does not hold": claim{1 << 30, view{shape: []int{1 << 20, 1 << 10}, stride: []int{1 << 10, 1}}},
		"a device":                  raw("ctorch\ndevice\nX\x04\x00\x00\x00cudaK\x00\x86R"),
		"a size":                    raw("ctorch\nSize\nK\x02K\x02\x86\x85R"),
		"a dtype":                   raw("ctorch\nfloat32\n"),
		"a loss":                    module{class: "torch.nn.modules.loss\nSmoothL1Loss", attributes: map[string]any{"reduction": "mean", "beta": 1.0}},
		"a module of one's own":     module{class: "experiment\nProbe", attributes: map[string]any{"w": zeros(2)}},
		"nested dicts":              dict{{"a", dict{{"b", dict{{"c", list{1, "x", nil}}}}}}},
		"a defaultdict":             raw("ccollections\ndefaultdict\nc__builtin__\nlist\n\x85RX\x01\x00\x00\x00a]s"),
		"a path":                    raw("cpathlib\nPosixPath\n(X\x01\x00\x00\x00/X\x03\x00\x00\x00tmptR"),
		"a date":                    raw("cdatetime\ndatetime\nC\x0a\x07\xea\x03\x1d\x02\x1e\x00\x00\x00\x00\x85R"),
		"a generator's state":       typed{zeros(5056), "Byte"},
		"an array of objects":       raw(emptyArray + "(K\x01K\x02\x85cnumpy\ndtype\nX\x02\x00\x00\x00O8\x89\x88\x87R\x89]tb"),
		"a large whole number":      raw("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"),
		"an activation, a function": raw("ctorch\ntanh\n"),
		"a partial function":        raw("cfunctools\npartial\nctorch\ntanh\n\x85R(ctorch\ntanh\n)}Ntb"),
		"an optimizer":              raw("ctorch.optim.adam\nAdam\n)\x81}X\x08\x00\x00\x00defaults}sb"),
		"a tensor with attributes":  raw("ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nctorch\nTensor\n)}tR"),
		"a tensor without storage":  raw("ctorch._utils\n_rebuild_meta_tensor_no_storage\n)R"),
	} {
		m := distinct()
		m.attributes["extra"] = v
		for way, b := range map[string][]byte{
			"an attribute": m.save(t), "an attribute, before 1.6": savedLegacy(m, ""),
			"beside a state_dict": saved(t, dict{{"extra", v}, {"model", m.state("")}, {"tau", 100}}),
		} {
			f, err := modelfile.ReadTorch(b)
			if strings.Contains(name, "storage does not hold") && strings.Contains(way, "1.6") {
				continue // such a file has the length of what is there
			}
			if err != nil {
				t.Errorf("%s is %s: %v", name, way, err)
				continue
			}
			want := distinctNetwork(t)
			want.Spec.Noise = f.Network.Spec.Noise
			sameWeights(t, f.Network, want)
		}
	}
	m := distinct() // buffers that torch.nn.Module has itself
	m.attributes["_buffers"] = dict{{"seen", typed{array{[]int{}, []float32{3}}, "Long"}}, {"none", nil}, {"empty", zeros(0)}}
	if _, err := modelfile.ReadTorch(m.save(t)); err != nil {
		t.Errorf("with buffers: %v", err)
	}
}

// Weights may be buffers or arrays of NumPy as well.
func TestWeightsAreFoundWhereTheyAre(t *testing.T) {
	m := distinct()
	w0 := m.attributes["w0"].(array)
	delete(m.attributes, "w0")
	m.attributes["_buffers"] = dict{{"w0", w0}}
	f, err := modelfile.ReadTorch(m.save(t))
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, f.Network, distinctNetwork(t))
	var columns []byte // first, as numpy.asfortranarray
	for _, i := range []int{0, 2, 1, 3} {
		columns = binary.LittleEndian.AppendUint64(columns, uint64(int64(w0.data[i])))
	}
	m.attributes["_buffers"] = dict{}
	m.attributes["w0"] = raw(emptyArray + "(K\x01K\x02K\x02\x86" +
		int64Type + "\x88" + string(latin1(string(columns))) + "tb")
	if f, err = modelfile.ReadTorch(m.save(t)); err != nil {
		t.Fatal(err)
	}
	sameWeights(t, f.Network, distinctNetwork(t))
}

// Files of machines that write the largest byte first say so.
func TestBigEndianFilesAreRead(t *testing.T) {
	f := &torchFile{}
	f.root(distinct())
	b := f.archive(t, func(files map[string][]byte) {
		files["archive/byteorder"] = []byte("big")
		for i, s := range f.storages {
			files[fmt.Sprintf("archive/data/%d", i)] = s.bytes(binary.BigEndian)
		}
	})
	got, err := modelfile.ReadTorch(b)
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, got.Network, distinctNetwork(t))
}

// Before 1.6, a storage could be a part of another.
func TestViewsOfStoragesAreFollowed(t *testing.T) {
	f := &torchFile{legacy: true}
	f.root(distinct())
	at := bytes.Index(f.pickle.Bytes(), []byte("w0ctorch._utils"))
	if at < 0 {
		t.Fatal("no w0")
	}
	key := bytes.Index(f.pickle.Bytes()[at:], []byte("J\x04\x00\x00\x00NtQ")) // four values, no view
	if key < 0 {
		t.Fatal("no storage of four values")
	}
	key += at
	view := "J\x06\x00\x00\x00(X\x01\x00\x00\x00vK\x01K\x04ttQ" // the second to fifth of six
	changed := bytes.Clone(f.pickle.Bytes()[:key])
	changed = append(append(changed, view...), f.pickle.Bytes()[key+len("J\x04\x00\x00\x00NtQ"):]...)
	w0 := distinct().attributes["w0"].(array)
	i := slices.IndexFunc(f.storages, func(s stored) bool { return slices.Equal(s.values, w0.data) })
	f.storages[i].values = slices.Concat([]float32{9}, w0.data, []float32{9})
	f.pickle.Reset()
	f.pickle.Write(changed)
	got, err := modelfile.ReadTorch(f.stream())
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, got.Network, distinctNetwork(t))
}

// Half precision rounds the kernel too, and its width is found all the same.
func TestKernelsOfLowPrecisionAreRecognised(t *testing.T) {
	for _, kind := range []string{"Half", "BFloat16"} {
		for _, width := range []float64{0, 0.1, 0.2, 0.35, 1, 2, spec.Uniform} {
			m := tiny()
			spatial(&m)
			m.attributes["w0"], m.attributes["Wro"] = zeros(100, 2), zeros(2, 100)
			m.attributes["Wm"] = array{[]int{100, 2}, model.RingKernel(100, 2, width)}
			f, err := modelfile.ReadTorch(zippedIn(t, kind, m))
			if err != nil {
				t.Errorf("%s, width %g: %v", kind, width, err)
				continue
			}
			if f.Network.Spec.Width != width || !strings.Contains(f.Provenance.Note, "were in") {
				t.Errorf("%s: width %g, want %g; note %q", kind, f.Network.Spec.Width, width, f.Provenance.Note)
			}
		}
	}
}

// A state_dict tells its class by its tensors, and the note what it does not tell.
func TestStateDictsAreInferred(t *testing.T) {
	spatialNet := tiny()
	spatial(&spatialNet)
	spatialNet.attributes["Wm"] = array{[]int{4, 2}, []float32{1, 1, 1, 1, 1, 1, 1, 1}}
	direct := tiny()
	delete(direct.attributes, "w0")
	direct.modules["rec_net"].parameters["weight_ih_l0"] = zeros(8, 2)
	direct.modules["hidden2out"] = module{class: direct.modules["hidden2out"].class, parameters: map[string]array{"weight": zeros(2, 2), "bias": zeros(2)}}
	for want, state := range map[string]any{
		spec.Modulation: tiny().state(""),
		spec.Spatial:    spatialNet.state("module."),
		spec.Direct:     direct.state(""),
	} {
		f, err := modelfile.ReadTorch(saved(t, state))
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		sp, standard := f.Network.Spec, spec.Default(want)
		if sp.Model != want || sp.Tau != standard.Tau || sp.Noise != standard.Noise || sp.Hidden != 2 {
			t.Errorf("%s: spec %+v", want, sp)
		}
		if note := f.Provenance.Note; !strings.Contains(note, "state_dict") || !strings.Contains(note, "mix_noise 0.001") ||
			strings.Contains(note, "tau") != (want != spec.Direct) {
			t.Errorf("%s: note %q", want, note)
		}
	}
	for want, v := range map[string]any{
		"several published networks have: save the network whole, torch.save(net": func() any {
			m := tiny()
			delete(m.attributes, "w0")
			return m.state("")
		}(),
		`no tensor "Wm", which a state_dict of the published code may leave out: save the network whole`: spatialNet.without("Wm").state(""),
		"several networks (first and second)":     dict{{"first", tiny().state("")}, {"second", tiny().state("")}},
		"weight_ih_l1: num_layers must be 1":      append(tiny().state(""), pair{"rec_net.weight_ih_l1", zeros(8, 2)}),
		"12 rows of weights for 2 cells":          gru().state(""),
		"its rec_net is a GRU, must be an LSTM":   gru(),
		`"experiment.OtherNet", which is none of`: dict{{"net", module{class: "experiment\nOtherNet", modules: tiny().modules}}},
	} {
		if _, err := modelfile.ReadTorch(saved(t, v)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
	unmixing := tiny()
	delete(unmixing.attributes, "w0")
	for name, v := range map[string]any{
		"by its name":       dict{{"class", "UnmixingModel"}, {"state_dict", unmixing.state("")}},
		"by the class":      dict{{"class", raw("cmodel_base\nUnmixingModel\n")}, {"state_dict", unmixing.state("")}},
		"among settings":    dict{{"config", dict{{"arch", "UnmixingModel"}}}, {"state_dict", unmixing.state("")}},
		"as the error says": dict{{"class", "UnmixingModel"}, {"state_dict", unmixing.state("")}, {"settings", dict{{"training", true}, {"tau", 1}}}},
	} {
		if f, err := modelfile.ReadTorch(saved(t, v)); err != nil || f.Network.Spec.Model != spec.Unmixing {
			t.Errorf("the class told %s: %v", name, err)
		}
	}
}

func (m module) without(name string) module {
	m.attributes = maps.Clone(m.attributes)
	delete(m.attributes, name)
	return m
}

// gru is tiny with a recurrent network of another kind.
func gru() module {
	m := tiny()
	m.modules["rec_net"] = module{class: "torch.nn.modules.rnn\nGRU", attributes: map[string]any{"num_layers": 1},
		parameters: map[string]array{"weight_ih_l0": zeros(12, 4), "weight_hh_l0": zeros(12, 2), "bias_ih_l0": zeros(12), "bias_hh_l0": zeros(12)}}
	return m
}

// Weights that are not finite are refused, of every type of numbers.
func TestInfinityIsRefusedInEveryType(t *testing.T) {
	for _, kind := range []string{"Float", "Double", "Half", "BFloat16"} {
		m := distinct()
		m.attributes["w0"] = array{[]int{2, 2}, []float32{1, 2, float32(inf()), 4}}
		if _, err := modelfile.ReadTorch(zippedIn(t, kind, m)); err == nil || !strings.Contains(err.Error(), "finite") {
			t.Errorf("%s: error %v", kind, err)
		}
	}
}
