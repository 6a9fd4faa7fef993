package reference

import (
	"archive/zip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// Archive is an .npz file: arrays by name, row-major.
type Archive struct {
	t      testing.TB
	name   string
	arrays map[string]array
}

type array struct {
	descr string // as numpy writes it: "<f4", "<f8", "|u1"
	shape []int
	data  []byte
}

// Names lists the arrays in order.
func (a *Archive) Names() []string {
	names := make([]string, 0, len(a.arrays))
	for n := range a.arrays {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Has tells whether there is an array of that name.
func (a *Archive) Has(name string) bool {
	_, ok := a.arrays[name]
	return ok
}

// Float32 gives an array of either width as float32. The test fails if it is absent.
func (a *Archive) Float32(name string) (shape []int, data []float32) {
	a.t.Helper()
	shape, wide := a.Float64(name)
	data = make([]float32, len(wide))
	for i, v := range wide {
		data[i] = float32(v)
	}
	return shape, data
}

// Float64 gives an array of either width as float64. The test fails if it is absent.
func (a *Archive) Float64(name string) (shape []int, data []float64) {
	a.t.Helper()
	arr, ok := a.arrays[name]
	if !ok {
		a.t.Fatalf("reference: %s has no array %q", a.name, name)
	}
	switch arr.descr {
	case "<f4":
		for b := arr.data; len(b) >= 4; b = b[4:] {
			data = append(data, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
		}
	case "<f8":
		for b := arr.data; len(b) >= 8; b = b[8:] {
			data = append(data, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
	default:
		a.t.Fatalf("reference: %s: array %q holds %s, not floats", a.name, name, arr.descr)
	}
	return arr.shape, data
}

// Meta is the case's settings: model, dim, hidden, tau and so on.
func (a *Archive) Meta() map[string]any {
	a.t.Helper()
	meta := map[string]any{}
	if err := json.Unmarshal(a.arrays["meta"].data, &meta); err != nil {
		a.t.Fatalf("reference: %s: meta: %v", a.name, err)
	}
	return meta
}

func read(t testing.TB, path string) (*Archive, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	a := &Archive{t: t, name: path, arrays: map[string]array{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(f.Name, ".npy")
		if a.arrays[name], err = parse(b); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return a, nil
}

var header = regexp.MustCompile(`'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([^)]*)\)`)

// parse reads an .npy file of version 1; column-major arrays are turned row-major.
func parse(b []byte) (array, error) {
	if len(b) < 10 || string(b[:8]) != "\x93NUMPY\x01\x00" {
		return array{}, fmt.Errorf("not an .npy file of version 1")
	}
	end := 10 + int(binary.LittleEndian.Uint16(b[8:]))
	if end > len(b) {
		return array{}, fmt.Errorf("header is cut off")
	}
	m := header.FindStringSubmatch(string(b[10:end]))
	if m == nil {
		return array{}, fmt.Errorf("header %q is not understood", b[10:end])
	}
	a := array{descr: m[1], shape: []int{}, data: b[end:]}
	width, err := strconv.Atoi(a.descr[len(a.descr)-1:])
	if err != nil {
		return array{}, fmt.Errorf("type %q is not understood", a.descr)
	}
	size := width
	for _, s := range strings.FieldsFunc(m[3], func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return array{}, fmt.Errorf("shape %q is not understood", m[3])
		}
		a.shape = append(a.shape, n)
		size *= n
	}
	if size != len(a.data) {
		return array{}, fmt.Errorf("holds %d bytes, its header says %d", len(a.data), size)
	}
	if m[2] == "True" {
		a.data = rowMajor(a.data, a.shape, width)
	}
	return a, nil
}

// rowMajor turns column-major items of `width` bytes.
func rowMajor(data []byte, shape []int, width int) []byte {
	out := make([]byte, 0, len(data))
	index := make([]int, len(shape))
	for len(out) < len(data) {
		at, step := 0, width
		for d, i := range index {
			at += i * step
			step *= shape[d]
		}
		out = append(out, data[at:at+width]...)
		for d := len(index) - 1; d >= 0; d-- {
			if index[d]++; index[d] < shape[d] {
				break
			}
			index[d] = 0
		}
	}
	return out
}
