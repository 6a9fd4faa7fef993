package modelfile_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"
)

// torchFile writes a module as torch.save does (a zip archive with a pickle of
// protocol 2), for tests.
type torchFile struct {
	pickle   bytes.Buffer
	storages [][]float32
}

// module is what the tests save: attributes hold numbers, strings, truth values, arrays or views.
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

// view is an array that lies otherwise in its storage.
type view struct {
	values        []float32
	offset        int
	shape, stride []int
}

func (m module) save(t testing.TB) []byte {
	t.Helper()
	f := &torchFile{}
	f.op("\x80\x02")
	f.module(m)
	f.op(".")
	return f.archive(t, nil)
}

// archive zips the pickle and its storages; change may alter the files before.
func (f *torchFile) archive(t testing.TB, change func(files map[string][]byte)) []byte {
	t.Helper()
	files := map[string][]byte{"archive/data.pkl": f.pickle.Bytes(), "archive/version": []byte("3\n")}
	for i, s := range f.storages {
		var b []byte
		for _, v := range s {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		files[fmt.Sprintf("archive/data/%d", i)] = b
	}
	if change != nil {
		change(files)
	}
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

func (f *torchFile) op(s string) { f.pickle.WriteString(s) }

func (f *torchFile) module(m module) {
	f.op("c" + m.class + "\n)\x81}(")
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
	case array:
		stride := make([]int, len(v.shape))
		for i, n := len(stride)-1, 1; i >= 0; i-- {
			stride[i] = n
			n *= v.shape[i]
		}
		f.tensor(len(v.data), 0, v.shape, stride, v.data)
	case view:
		f.tensor(len(v.values), v.offset, v.shape, v.stride, v.values)
	}
}

func (f *torchFile) tensor(values, offset int, shape, stride []int, data []float32) {
	f.op("ctorch._utils\n_rebuild_tensor_v2\n((")
	f.text("storage")
	f.op("ctorch\nFloatStorage\n")
	f.text(fmt.Sprint(len(f.storages)))
	f.text("cpu")
	f.value(values)
	f.op("tQ")
	f.storages = append(f.storages, data)
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
