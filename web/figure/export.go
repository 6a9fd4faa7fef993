package figure

import (
	"archive/zip"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WriteCSV writes everything plotted, one value a line: the panel, the array, the
// row, the column (empty for a list) and the value, empty where it is not a number.
func (f *Figure) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"panel", "array", "row", "column", "value"})
	for _, p := range f.Panels {
		for _, a := range p.data {
			for i, v := range a.Values {
				c.Write(append([]string{p.ID, a.Name}, place(a.Shape, i, v)...))
			}
		}
	}
	c.Flush()
	return c.Error()
}

func place(shape []int, i int, v float64) []string {
	row, column := strconv.Itoa(i), ""
	if len(shape) > 1 {
		width := len2(shape)
		row, column = strconv.Itoa(i/width), strconv.Itoa(i%width)
	}
	text := ""
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		text = strconv.FormatFloat(v, 'g', 9, 64)
	}
	return []string{row, column, text}
}

// len2 is the number of values in a row of all but the first axis.
func len2(shape []int) int {
	n := 1
	for _, s := range shape[1:] {
		n *= s
	}
	return max(n, 1)
}

// WriteNPZ writes everything plotted as numpy's .npz: arrays "panel/array" in
// float64, and "numbers/name".
func (f *Figure) WriteNPZ(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, p := range f.Panels {
		for _, a := range p.data {
			if err := WriteArray(z, p.ID+"/"+a.Name, a.Shape, a.Values); err != nil {
				return err
			}
		}
	}
	for _, r := range f.Readings {
		if err := WriteArray(z, "numbers/"+r.Name, nil, []float64{float64(r.Value)}); err != nil {
			return err
		}
	}
	return z.Close()
}

// WriteArray adds an array of float64, row-major, to an .npz under a name.
func WriteArray(z *zip.Writer, name string, shape []int, values []float64) error {
	w, err := z.Create(name + ".npy")
	if err != nil {
		return err
	}
	if _, err := w.Write(npyHeader("<f8", shape)); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, values)
}

// WriteTexts adds a list of texts to an .npz, as numpy's fixed-width Unicode.
func WriteTexts(z *zip.Writer, name string, texts []string) error {
	width := 1
	for _, text := range texts {
		width = max(width, utf8.RuneCountInString(text))
	}
	w, err := z.Create(name + ".npy")
	if err != nil {
		return err
	}
	if _, err := w.Write(npyHeader("<U"+strconv.Itoa(width), []int{len(texts)})); err != nil {
		return err
	}
	for _, text := range texts {
		letters := make([]rune, width)
		copy(letters, []rune(text))
		if err := binary.Write(w, binary.LittleEndian, letters); err != nil {
			return err
		}
	}
	return nil
}

// npyHeader is that of an array in C order, version 1.0 of the format: padded
// so that the data begin at a multiple of 64 bytes.
func npyHeader(kind string, shape []int) []byte {
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
