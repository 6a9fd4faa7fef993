package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"
)

func entry(t *testing.T, b []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name + ".npy")
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	long := make([]float32, 3*chunk/2)
	long[len(long)-1] = 7
	var b bytes.Buffer
	a := NewArchive(&b)
	a.Float64("d/e", "samples", []int{2, 3}, []float64{1, 2, 3, 4, 5, 6.5})
	a.Float32("long", "", []int{len(long)}, long)
	a.Int64("one", None, nil, []int64{-9})
	a.Texts("words", []string{"τ", "abc"})
	a.Text("word", "σ = 1")
	if err := a.End(About{Model: "m", Seed: 3, Parameters: map[string]int{"tau": 2}}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Array{
		"d/e": {[]int{2, 3}, []float64{1, 2, 3, 4, 5, 6.5}}, "one": {nil, []float64{-9}}, "about/seed": {nil, []float64{3}},
	} {
		got, err := Read(bytes.NewReader(entry(t, b.Bytes(), name)), 100)
		if err != nil || !slices.Equal(got.Shape, want.Shape) || !slices.Equal(got.Values, want.Values) {
			t.Errorf("%s is %v, %v, want %v", name, got, err, want)
		}
	}
	got, err := Read(bytes.NewReader(entry(t, b.Bytes(), "long")), len(long))
	if err != nil || len(got.Values) != len(long) || got.Values[len(long)-1] != 7 {
		t.Errorf("a long array has %d values, %v", len(got.Values), err)
	}
	if e := entry(t, b.Bytes(), "words"); !bytes.Contains(e, []byte("'<U3'")) || len(e)%64 != 24 || binary.LittleEndian.Uint32(e[len(e)-24:]) != 'τ' {
		t.Errorf("texts are %q", e)
	}
	if e := entry(t, b.Bytes(), "about/unit"); !bytes.Contains(e, []byte("'<U7', 'fortran_order': False, 'shape': (3,)")) {
		t.Errorf("units are %q", e)
	}
	if e := entry(t, b.Bytes(), "word"); !bytes.Contains(e, []byte("'shape': ()")) {
		t.Errorf("a text is %q", e)
	}
}

// npyOf is a file as others may write it.
func npyOf(header string, data ...byte) []byte {
	b := append([]byte(magic+"\x01\x00"), byte(len(header)), byte(len(header)>>8))
	return append(append(b, header...), data...)
}

func TestOtherOrdersAreRead(t *testing.T) {
	b := npyOf("{'shape': (2, 3), 'fortran_order': True, 'descr': '>i2'}\n", 0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 255, 255)
	a, err := Read(bytes.NewReader(b), 6)
	if err != nil || !slices.Equal(a.Values, []float64{1, 2, 3, 4, 5, -1}) {
		t.Errorf("columns first, big end first: %v, %v", a, err)
	}
}

func TestStrangersFilesAreRefused(t *testing.T) {
	head := func(descr, shape string) string {
		return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }"
	}
	for want, b := range map[string][]byte{
		"no .npy file":      []byte("PK\x03\x04 an archive"),
		"must hold numbers": npyOf(head("|O", "1,"), 0),
		"at most 8":         npyOf(head("<f8", "3, 3")),
		"at most 8 ":        npyOf(head("<f8", "99999999999999999999,")),
		"at most 8 numbers": npyOf(head("<f8", "8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8")),
		"cut off":           npyOf(head("<f8", "8,"), 1, 2),
		"not understood":    npyOf("import os"),
		"header":            []byte(magic + "\x02\x00\xff\xff\xff\x7f"),
	} {
		if _, err := Read(bytes.NewReader(b), 8); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(npyOf("{'descr': '<f8', 'fortran_order': True, 'shape': (1,), }", 0, 0, 0, 0, 0, 0, 0, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Read(bytes.NewReader(b), 64)
		if err == nil && len(a.Values) > 64 {
			t.Errorf("%d values", len(a.Values))
		}
	})
}
