package modelfile_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"
)

// torchFile writes what torch.save writes, for tests: a zip archive with a pickle of
// protocol 2, or the format before PyTorch 1.6.
type torchFile struct {
	pickle   bytes.Buffer
	storages []stored
	kind     string // of tensors, as PyTorch names it: "Float" where empty
	legacy   bool
}

// stored is a storage's values, and their type.
type stored struct {
	values []float32
	kind   string
}

// module is what the tests save: attributes hold whatever torchFile.value takes.
type module struct {
	class      string // "module name"
	attributes map[string]any
	parameters map[string]array
	modules    map[string]module
}

type array struct {
	shape []int
	data  []float32
}

// typed is an array of another type of numbers.
type typed struct {
	array
	kind string
}

// raw is a value as it stands in a pickle.
type raw string

// call is what a class or function gives for arguments.
type call struct {
	name      string
	arguments list
}

// pair is an entry of a dict or an ordered dictionary.
type (
	pair struct {
		key   string
		value any
	}
	dict    []pair
	ordered []pair
	list    []any
)

// view is an array that lies otherwise in its storage.
type view struct {
	values        []float32
	offset        int
	shape, stride []int
}

// claim is a view that says its storage has more or fewer values than it has.
type claim struct {
	says int
	view
}

func (m module) save(t testing.TB) []byte {
	t.Helper()
	return saved(t, m)
}

// saved is a value as torch.save writes it.
func saved(t testing.TB, v any) []byte {
	t.Helper()
	f := &torchFile{}
	f.root(v)
	return f.archive(t, nil)
}

// savedLegacy is a value as torch.save wrote it before PyTorch 1.6.
func savedLegacy(v any, kind string) []byte {
	f := &torchFile{kind: kind, legacy: true}
	f.root(v)
	return f.stream()
}

func (f *torchFile) root(v any) {
	f.op("\x80\x02")
	f.value(v)
	f.op(".")
}

// archive zips the pickle and its storages; change may alter the files before.
func (f *torchFile) archive(t testing.TB, change func(files map[string][]byte)) []byte {
	t.Helper()
	files := map[string][]byte{"archive/data.pkl": f.pickle.Bytes(), "archive/version": []byte("3\n")}
	for i, s := range f.storages {
		files[fmt.Sprintf("archive/data/%d", i)] = s.bytes(binary.LittleEndian)
	}
	if change != nil {
		change(files)
	}
	return zipped(t, files)
}

// zipped is a zip archive of files.
func zipped(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range sorted(files) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(files[name])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// legacyHead is the magic number, the protocol and the system.
const legacyHead = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + "\x80\x02M\xe9\x03." + "\x80\x02}q\x00X\x0d\x00\x00\x00little_endian\x88s."

// stream is the format before PyTorch 1.6.
func (f *torchFile) stream() []byte {
	keys := &torchFile{}
	var data []byte
	keys.op("\x80\x02](")
	for i := len(f.storages) - 1; i >= 0; i-- { // any order will do
		keys.text(fmt.Sprint(i))
		data = binary.LittleEndian.AppendUint64(data, uint64(len(f.storages[i].values)))
		data = append(data, f.storages[i].bytes(binary.LittleEndian)...)
	}
	keys.op("e.")
	return slices.Concat([]byte(legacyHead), f.pickle.Bytes(), keys.pickle.Bytes(), data)
}

// bytes are the values as they lie in a file.
func (s stored) bytes(order binary.AppendByteOrder) (b []byte) {
	for _, v := range s.values {
		switch bits := math.Float32bits(v); s.kind {
		case "Float":
			b = order.AppendUint32(b, bits)
		case "Double":
			b = order.AppendUint64(b, math.Float64bits(float64(v)))
		case "BFloat16":
			b = order.AppendUint16(b, uint16(bits>>16))
		case "Half":
			b = order.AppendUint16(b, halfBits(v))
		case "Long":
			b = order.AppendUint64(b, uint64(int64(v)))
		case "Int":
			b = order.AppendUint32(b, uint32(int32(v)))
		case "ComplexFloat":
			b = order.AppendUint64(b, uint64(bits))
		default:
			b = append(b, byte(int8(v)))
		}
	}
	return b
}

// halfBits truncates a number to half precision; tests use those that it holds.
func halfBits(v float32) uint16 {
	bits := math.Float32bits(v)
	sign, exponent := uint16(bits>>16&0x8000), int(bits>>23&0xff)-127
	switch {
	case exponent == 128:
		return sign | 0x7c00 | uint16(bits>>13&0x3ff)
	case exponent < -14: // subnormal
		return sign | uint16(math.Abs(float64(v))*(1<<24))
	}
	return sign | uint16(exponent+15)<<10 | uint16(bits>>13&0x3ff)
}

func (f *torchFile) op(s string) { f.pickle.WriteString(s) }

func (f *torchFile) module(m module) {
	if f.legacy {
		f.op("(")
		f.text("module")
		f.op("c" + m.class + "\nNNtQ")
	} else {
		f.op("c" + m.class + "\n")
	}
	f.op(")\x81}(")
	for _, k := range sorted(m.attributes) {
		f.text(k)
		f.value(m.attributes[k])
	}
	f.text("_parameters")
	f.op("ccollections\nOrderedDict\n)R(")
	for _, k := range sorted(m.parameters) {
		f.text(k)
		f.op("ctorch._utils\n_rebuild_parameter\n")
		f.value(m.parameters[k])
		f.op("\x88ccollections\nOrderedDict\n)R\x87R")
	}
	f.op("u")
	f.text("_modules")
	f.op("ccollections\nOrderedDict\n)R(")
	for _, k := range sorted(m.modules) {
		f.text(k)
		f.module(m.modules[k])
	}
	f.op("u")
	f.text("_non_persistent_buffers_set")
	f.op("c__builtin__\nset\n]\x85Rub")
}

func (f *torchFile) text(s string) {
	f.pickle.WriteByte('X')
	binary.Write(&f.pickle, binary.LittleEndian, uint32(len(s)))
	f.op(s)
}

func (f *torchFile) value(v any) {
	switch v := v.(type) {
	case string:
		f.text(v)
	case bool:
		f.op(map[bool]string{true: "\x88", false: "\x89"}[v])
	case int:
		f.pickle.WriteByte('J')
		binary.Write(&f.pickle, binary.LittleEndian, int32(v))
	case float64:
		f.pickle.WriteByte('G')
		binary.Write(&f.pickle, binary.BigEndian, v)
	case nil:
		f.op("N")
	case raw:
		f.op(string(v))
	case module:
		f.module(v)
	case call:
		f.op("c" + v.name + "\n(")
		for _, a := range v.arguments {
			f.value(a)
		}
		f.op("tR")
	case list:
		f.op("](")
		for _, item := range v {
			f.value(item)
		}
		f.op("e")
	case dict:
		f.op("}")
		f.entries(v)
	case ordered: // with the attribute that a state_dict has
		f.op("ccollections\nOrderedDict\n)R")
		f.entries(v)
		f.op("}")
		f.text("_metadata")
		f.op("ccollections\nOrderedDict\n)Rsb")
	case array:
		f.array(v, cmp.Or(f.kind, "Float"))
	case typed:
		f.array(v.array, v.kind)
	case view:
		f.tensor("Float", len(v.values), v.offset, v.shape, v.stride, v.values)
	case claim:
		f.tensor("Float", v.says, v.offset, v.shape, v.stride, v.values)
	default:
		panic(fmt.Sprintf("a test saves a %T", v))
	}
}

func (f *torchFile) entries(pairs []pair) {
	f.op("(")
	for _, p := range pairs {
		f.text(p.key)
		f.value(p.value)
	}
	f.op("u")
}

func (f *torchFile) array(v array, kind string) {
	stride := make([]int, len(v.shape))
	for i, n := len(stride)-1, 1; i >= 0; i-- {
		stride[i] = n
		n *= v.shape[i]
	}
	f.tensor(kind, len(v.data), 0, v.shape, stride, v.data)
}

func (f *torchFile) tensor(kind string, values, offset int, shape, stride []int, data []float32) {
	f.op("ctorch._utils\n_rebuild_tensor_v2\n((")
	f.text("storage")
	f.op("ctorch\n" + kind + "Storage\n")
	f.text(fmt.Sprint(len(f.storages)))
	f.text("cpu")
	f.value(values)
	if f.legacy {
		f.op("N")
	}
	f.op("tQ")
	f.storages = append(f.storages, stored{data, kind})
	f.value(offset)
	for _, list := range [][]int{shape, stride} {
		f.op("(")
		for _, n := range list {
			f.value(n)
		}
		f.op("t")
	}
	f.op("\x89N" + "tR")
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
