// Package npy writes arrays as NumPy reads them (.npz), and reads arrays that NumPy wrote
// (.npy). Files that are read come from strangers: sizes are bounded before memory is
// taken, and objects, which NumPy unpickles, are refused.
package npy

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Archive writes one .npz, array after array. The first error stays, and Close gives it.
type Archive struct {
	z            *zip.Writer
	arrays, unit []string // of numbers, for About
	err          error
}

// None is the unit of a number that has none.
const None = "1"

// NewArchive begins an archive. Arrays are kept as they are: numbers hardly shrink.
func NewArchive(w io.Writer) *Archive { return &Archive{z: zip.NewWriter(w)} }

// Float64 adds an array with its unit, row-major; nil is the shape of a single number.
func (a *Archive) Float64(name, unit string, shape []int, values []float64) {
	a.numbers(name, unit, "<f8", shape, values)
}

// Float32 adds an array with its unit, row-major.
func (a *Archive) Float32(name, unit string, shape []int, values []float32) {
	a.numbers(name, unit, "<f4", shape, values)
}

// Int64 adds an array with its unit, row-major; nil is the shape of a single number.
func (a *Archive) Int64(name, unit string, shape []int, values []int64) {
	a.numbers(name, unit, "<i8", shape, values)
}

func (a *Archive) numbers(name, unit, kind string, shape []int, values any) {
	if unit == "" {
		unit = None
	}
	a.arrays, a.unit = append(a.arrays, name), append(a.unit, unit)
	a.add(name, kind, shape, values)
}

// Texts adds a list of texts, as NumPy's Unicode of one width.
func (a *Archive) Texts(name string, texts []string) { a.letters(name, []int{len(texts)}, texts) }

// Text adds one text, an array without an axis: str(archive[name]) is the text.
func (a *Archive) Text(name, text string) { a.letters(name, nil, []string{text}) }

// Close ends the archive, and gives the first error there was.
func (a *Archive) Close() error {
	if a.err != nil {
		return a.err
	}
	return a.z.Close()
}

func (a *Archive) letters(name string, shape []int, texts []string) {
	width := 1
	for _, text := range texts {
		width = max(width, utf8.RuneCountInString(text))
	}
	all := make([]rune, width*len(texts))
	for i, text := range texts {
		copy(all[i*width:], []rune(text))
	}
	a.add(name, "<U"+strconv.Itoa(width), shape, all)
}

// chunk is how many values are written at a time: what is added may be long.
const chunk = 1 << 15

func (a *Archive) add(name, kind string, shape []int, values any) {
	if a.err != nil {
		return
	}
	w, err := a.z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	if err == nil {
		_, err = w.Write(header(kind, shape))
	}
	if err == nil {
		err = writeValues(w, values)
	}
	if err != nil {
		a.err = fmt.Errorf("array %s: %w", name, err)
	}
}

func writeValues(w io.Writer, values any) error {
	switch v := values.(type) {
	case []float64:
		return inChunks(w, v)
	case []float32:
		return inChunks(w, v)
	case []int64:
		return inChunks(w, v)
	case []rune:
		return inChunks(w, v)
	}
	panic(fmt.Sprintf("npy: no way to write %T", values))
}

func inChunks[T any](w io.Writer, values []T) error {
	for len(values) > 0 {
		n := min(chunk, len(values))
		if err := binary.Write(w, binary.LittleEndian, values[:n]); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// header is that of an array in C order, version 1.0 of the format: padded so that the
// data begin at a multiple of 64 bytes.
func header(kind string, shape []int) []byte {
	dims := make([]string, len(shape))
	for i, s := range shape {
		dims[i] = strconv.Itoa(s)
	}
	text := strings.Join(dims, ", ")
	if len(shape) == 1 {
		text += ","
	}
	h := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, text)
	h += strings.Repeat(" ", 63-(10+len(h))%64) + "\n"
	b := append([]byte("\x93NUMPY\x01\x00"), byte(len(h)), byte(len(h)>>8))
	return append(b, h...)
}
