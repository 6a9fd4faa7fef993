package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Array is an array of numbers, row-major.
type Array struct {
	Shape  []int
	Values []float64
}

const (
	magic     = "\x93NUMPY"
	maxHeader = 10_000 // bytes; NumPy's own bound on what it reads
	maxAxes   = 8
)

// What a header says. NumPy writes it as Python does a dictionary; the order of the keys
// is free.
var (
	descrIn   = regexp.MustCompile(`'descr'\s*:\s*'([^']*)'`)
	fortranIn = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	shapeIn   = regexp.MustCompile(`'shape'\s*:\s*\(([0-9,\s]*)\)`)
)

// numbers are the kinds of numbers that are read, by NumPy's letters.
var numbers = map[string]struct {
	size  int
	value func(b []byte, order binary.ByteOrder) float64
}{
	"f8": {8, func(b []byte, o binary.ByteOrder) float64 { return math.Float64frombits(o.Uint64(b)) }},
	"f4": {4, func(b []byte, o binary.ByteOrder) float64 { return float64(math.Float32frombits(o.Uint32(b))) }},
	"i8": {8, func(b []byte, o binary.ByteOrder) float64 { return float64(int64(o.Uint64(b))) }},
	"i4": {4, func(b []byte, o binary.ByteOrder) float64 { return float64(int32(o.Uint32(b))) }},
	"i2": {2, func(b []byte, o binary.ByteOrder) float64 { return float64(int16(o.Uint16(b))) }},
	"i1": {1, func(b []byte, _ binary.ByteOrder) float64 { return float64(int8(b[0])) }},
	"u1": {1, func(b []byte, _ binary.ByteOrder) float64 { return float64(b[0]) }},
}

// Read reads a .npy of at most so many numbers. The error says what is wrong with it.
func Read(r io.Reader, most int) (Array, error) {
	head, err := readHeader(r)
	if err != nil {
		return Array{}, err
	}
	descr, fortran, shape := descrIn.FindStringSubmatch(head), fortranIn.FindStringSubmatch(head), shapeIn.FindStringSubmatch(head)
	if descr == nil || fortran == nil || shape == nil {
		return Array{}, errors.New("its header is not understood: save an array of numbers with numpy.save")
	}
	order, kind := byteOrder(descr[1])
	number, ok := numbers[kind]
	if !ok {
		return Array{}, fmt.Errorf("it holds %q, must hold numbers: save array.astype(float)", descr[1])
	}
	a := Array{}
	n := 1
	for text := range strings.SplitSeq(shape[1], ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		d, err := strconv.Atoi(text)
		if err != nil || d > most || len(a.Shape) == maxAxes || n*d > most {
			return Array{}, fmt.Errorf("its shape is (%s), at most %d numbers are read", shape[1], most)
		}
		a.Shape, n = append(a.Shape, d), n*d
	}
	b := make([]byte, n*number.size)
	if _, err := io.ReadFull(r, b); err != nil {
		return Array{}, errors.New("it is cut off: save or copy it again")
	}
	a.Values = make([]float64, n)
	for i := range a.Values {
		a.Values[i] = number.value(b[i*number.size:], order)
	}
	if fortran[1] == "True" && len(a.Shape) > 1 {
		a.Values = rowMajor(a.Shape, a.Values)
	}
	return a, nil
}

// readHeader reads up to where the numbers begin.
func readHeader(r io.Reader) (string, error) {
	b := make([]byte, 10)
	if _, err := io.ReadFull(r, b); err != nil || string(b[:6]) != magic {
		return "", errors.New("it is no .npy file: save an array of numbers with numpy.save")
	}
	length := int(binary.LittleEndian.Uint16(b[8:]))
	if b[6] > 1 {
		rest := make([]byte, 2)
		if _, err := io.ReadFull(r, rest); err != nil {
			return "", errors.New("it is cut off: save or copy it again")
		}
		length |= int(binary.LittleEndian.Uint16(rest)) << 16
	}
	if length > maxHeader {
		return "", fmt.Errorf("its header has %d bytes, at most %d are read", length, maxHeader)
	}
	head := make([]byte, length)
	if _, err := io.ReadFull(r, head); err != nil {
		return "", errors.New("it is cut off: save or copy it again")
	}
	return string(head), nil
}

// byteOrder parts NumPy's "<f8" into order and kind.
func byteOrder(descr string) (binary.ByteOrder, string) {
	kind := strings.TrimLeft(descr, "<>|=")
	if strings.HasPrefix(descr, ">") {
		return binary.BigEndian, kind
	}
	return binary.LittleEndian, kind
}

// rowMajor puts values whose first axis is the fastest in the order of which the last is.
func rowMajor(shape []int, values []float64) []float64 {
	out := make([]float64, len(values))
	place := make([]int, len(shape))
	for i := range out {
		at, step := 0, 1
		for k, d := range shape {
			at += place[k] * step
			step *= d
		}
		out[i] = values[at]
		for k := len(shape) - 1; k >= 0; k-- {
			if place[k]++; place[k] < shape[k] {
				break
			}
			place[k] = 0
		}
	}
	return out
}
