// Package modelfile keeps networks in files: safetensors in and out, published networks
// in, however PyTorch saved them, and the list of shipped and saved models.
//
// Files come from strangers too. Nothing in a file is run, sizes are bounded before
// memory is taken, and errors say what is wrong with the file.
package modelfile

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/nlpodyssey/safetensors"
)

const (
	// MaxSize bounds a model's file, in bytes. The largest network a spec allows has
	// half as much; its checkpoint, with Adam's moments, may have more than this.
	MaxSize = 64 << 20
	// maxHeader bounds a safetensors file's header, in bytes: JSON takes many times
	// its size in memory.
	maxHeader = 2 << 20
	// maxTensors bounds the number of arrays in a file.
	maxTensors = 256
)

// NamedTensor is an array in a file, row-major.
type NamedTensor struct {
	Name  string
	Shape []int
	Data  []float32
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// stored is an array as files hold it: little-endian bytes of float32.
func stored(shape []int, values []float32) (sizes []uint64, data []byte) {
	sizes = make([]uint64, len(shape))
	for i, d := range shape {
		sizes[i] = uint64(d)
	}
	data = make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return sizes, data
}

// WriteTensors writes a safetensors file of float32 arrays and metadata, with a
// checksum of both among the latter. The same arguments give the same bytes.
func WriteTensors(w io.Writer, tensors []NamedTensor, meta map[string]string) error {
	views := make(map[string]safetensors.TensorView, len(tensors))
	for _, t := range tensors {
		if _, twice := views[t.Name]; twice {
			return fmt.Errorf("tensor %q is there twice", t.Name)
		}
		if len(t.Data) != size(t.Shape) {
			return fmt.Errorf("tensor %q has %d values, its shape %v needs %d", t.Name, len(t.Data), t.Shape, size(t.Shape))
		}
		shape, data := stored(t.Shape, t.Data)
		view, err := safetensors.NewTensorView(safetensors.F32, shape, data)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		views[t.Name] = view
	}
	sum := newChecksum()
	for _, name := range slices.Sorted(maps.Keys(views)) {
		sum.tensor(name, views[name].Shape(), views[name].Data())
	}
	summed := maps.Clone(meta)
	if summed == nil {
		summed = map[string]string{}
	}
	summed[checksumKey] = sum.with(meta)
	return safetensors.SerializeToWriter(views, summed, w)
}

// floats are the types of a safetensors file's numbers that are read.
var floats = map[safetensors.DType]*element{
	safetensors.F32: elements["FloatStorage"], safetensors.F64: elements["DoubleStorage"],
	safetensors.F16: elements["HalfStorage"], safetensors.BF16: elements["BFloat16Storage"],
}

// ReadTensors reads a safetensors file of float32 arrays, in the order of the file;
// those of other precision are converted. What is not as it was written, by its
// checksum, is ErrDamaged; the metadata come without that. It takes at most twice as
// much memory again as the file has; the caller bounds the file.
func ReadTensors(b []byte) ([]NamedTensor, map[string]string, error) {
	if len(b) < 8 {
		return nil, nil, fmt.Errorf("not a safetensors file: it has only %d bytes", len(b))
	}
	switch n := binary.LittleEndian.Uint64(b); {
	case n > uint64(len(b)):
		return nil, nil, fmt.Errorf("not a whole safetensors file, and none that torch.save wrote: for a PyTorch network, %s", saveWhole)
	case n > maxHeader:
		return nil, nil, fmt.Errorf("not a safetensors file, or one with a header of %d bytes: at most %d are read", n, maxHeader)
	}
	_, header, err := safetensors.ReadMetadata(b)
	if err != nil {
		return nil, nil, fmt.Errorf("not a whole safetensors file: %w", err)
	}
	file, err := safetensors.Deserialize(b)
	if err != nil {
		return nil, nil, fmt.Errorf("not a whole safetensors file: %w", err)
	}
	if file.Len() > maxTensors {
		return nil, nil, fmt.Errorf("the file has %d tensors, at most %d are read", file.Len(), maxTensors)
	}
	var tensors []NamedTensor
	var raw []rawTensor
	for _, t := range file.Tensors() {
		view := t.TensorView
		e := floats[view.DType()]
		if e == nil {
			return nil, nil, fmt.Errorf("tensor %q holds %v, must be F32 (F64, F16 and BF16 are read as well)", t.Name, view.DType())
		}
		raw = append(raw, rawTensor{t.Name, view.Shape(), view.Data()})
		data := make([]float32, int(view.DataLen())/e.size)
		for i := range data {
			data[i] = float32(e.value(view.Data()[e.size*i:], binary.LittleEndian))
		}
		shape := make([]int, len(view.Shape()))
		for i, d := range view.Shape() {
			shape[i] = int(d)
		}
		tensors = append(tensors, NamedTensor{t.Name, shape, data})
	}
	meta, err := undamaged(raw, header.Metadata())
	return tensors, meta, err
}

// ReadMetadata reads the metadata of a safetensors file, and nothing after its header.
func ReadMetadata(r io.Reader) (map[string]string, error) {
	var length [8]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, errors.New("not a safetensors file: it has fewer than 8 bytes")
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader {
		return nil, fmt.Errorf("not a safetensors file, or one with a header of %d bytes: at most %d are read", n, maxHeader)
	}
	header := make([]byte, n)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, errors.New("not a whole safetensors file: its header is cut off")
	}
	var h struct {
		Metadata map[string]string `json:"__metadata__"`
	}
	if err := json.Unmarshal(header, &h); err != nil {
		return nil, fmt.Errorf("not a safetensors file: %w", err)
	}
	return h.Metadata, nil
}
