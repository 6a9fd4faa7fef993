package modelfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nlpodyssey/gopickle/types"
)

// storage is the values that tensors are views of. They are read when a tensor that
// determines the network needs them: whatever else a file has beside it is left.
type storage struct {
	element *element // nil for a type that is not known
	kind    string   // its name
	values  int
	order   binary.ByteOrder
	read    func() ([]byte, error) // all its bytes
	bytes   []byte                 // once read
}

// check refuses a storage of a type or a size that is not read.
func (s *storage) check() error {
	switch {
	case s.element == nil || s.element.value == nil:
		return fmt.Errorf("its values are of type %s: convert them, net.float()", s.kind)
	case s.values < 0 || s.values > MaxSize/s.element.size:
		return fmt.Errorf("its storage has %d values, at most %d are read", s.values, MaxSize/s.element.size)
	}
	return nil
}

// load reads the storage's bytes, once.
func (s *storage) load() ([]byte, error) {
	if s.bytes != nil {
		return s.bytes, nil
	}
	b, err := s.read()
	if err != nil {
		return nil, err
	}
	if len(b) != s.values*s.element.size {
		return nil, fmt.Errorf("its storage has %d bytes, %d values need %d", len(b), s.values, s.values*s.element.size)
	}
	s.bytes = b
	return b, nil
}

// tensor is a view of a storage. One whose description is wrong says so when it is
// needed.
type tensor struct {
	storage       *storage
	offset        int
	shape, stride []int
	problem       error
}

// floatTensor is the tensor of an array of a safetensors file.
func floatTensor(t NamedTensor) *tensor {
	var b []byte
	for _, v := range t.Data {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	s := &storage{element: elements["FloatStorage"], values: len(t.Data), order: binary.LittleEndian, read: func() ([]byte, error) { return b, nil }}
	return &tensor{storage: s, shape: t.Shape, stride: rowMajor(t.Shape)}
}

// rowMajor are the strides of a shape whose last axis runs fastest.
func rowMajor(shape []int) []int {
	stride := make([]int, len(shape))
	next := 1
	for i := len(shape) - 1; i >= 0; i-- {
		stride[i] = next
		next *= max(1, shape[i])
	}
	return stride
}

// rebuildTensor takes (storage, offset, shape, stride, …).
func rebuildTensor(args ...any) (any, error) {
	t := &tensor{problem: errors.New("its storage, offset, shape or stride is wrong")}
	if len(args) < 4 {
		return t, nil
	}
	s, ok := args[0].(*storage)
	offset, isInt := args[1].(int)
	shape, err := naturals(args[2])
	stride, err2 := naturals(args[3])
	if ok && isInt && offset >= 0 && err == nil && err2 == nil && len(shape) == len(stride) {
		*t = tensor{storage: s, offset: offset, shape: shape, stride: stride}
	}
	return t, nil
}

// firstArgument is what wraps a tensor, a parameter for instance, taken for the tensor.
func firstArgument(args ...any) (any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	return args[0], nil
}

// rebuildFromType takes (function, class, arguments, attributes): a tensor with
// attributes of its own.
func rebuildFromType(args ...any) (any, error) {
	if len(args) < 3 {
		return nil, nil
	}
	function, ok := args[0].(caller)
	arguments, isTuple := args[2].(*types.Tuple)
	if !ok || !isTuple {
		return nil, nil
	}
	return function(*arguments...)
}

// naturals reads a tuple of at most eight numbers that are not negative.
func naturals(v any) ([]int, error) {
	t, ok := v.(*types.Tuple)
	if o, isObject := v.(*object); isObject && len(o.args) == 1 { // torch.Size((2, 2))
		t, ok = o.args[0].(*types.Tuple)
	}
	if !ok || t.Len() > 8 {
		return nil, errors.New("not a short tuple")
	}
	out := make([]int, t.Len())
	for i := range out {
		n, ok := t.Get(i).(int)
		if !ok || n < 0 || n > math.MaxInt32 {
			return nil, errors.New("no size")
		}
		out[i] = n
	}
	return out, nil
}

// fits tells how many values the tensor has, and whether its storage has them all.
func (t *tensor) fits() (values int, ok bool) {
	has := t.storage.values
	if t.offset > has {
		return 0, false
	}
	values = 1
	last := t.offset // index of the last value
	for i, n := range t.shape {
		if n > has || t.stride[i] > has {
			return 0, false
		}
		values *= n
		last += (n - 1) * t.stride[i]
		if values > has || last > has {
			return 0, false
		}
	}
	return values, last < has && t.offset+values <= has
}

// each gives the tensor's values in row-major order.
func (t *tensor) each(yield func(v float64)) error {
	if t.problem != nil {
		return t.problem
	}
	if slices.Contains(t.shape, 0) {
		return nil
	}
	if err := t.storage.check(); err != nil {
		return err
	}
	values, ok := t.fits()
	if !ok {
		return fmt.Errorf("its shape %v does not fit its storage of %d values", t.shape, t.storage.values)
	}
	b, err := t.storage.load()
	if err != nil {
		return err
	}
	e := t.storage.element
	index := make([]int, len(t.shape))
	for range values {
		at := t.offset
		for d, i := range index {
			at += i * t.stride[d]
		}
		yield(e.value(b[at*e.size:], t.storage.order))
		for d := len(index) - 1; d >= 0; d-- {
			if index[d]++; index[d] < t.shape[d] {
				break
			}
			index[d] = 0
		}
	}
	return nil
}

// float32s is the tensor's values as the lab's weights are.
func (t *tensor) float32s() (out []float32, err error) {
	err = t.each(func(v float64) { out = append(out, float32(v)) })
	return out, err
}

// scalar is the value of a tensor that has one; ok is false for any other.
func (t *tensor) scalar() (v float64, ok bool) {
	n := 0
	err := t.each(func(x float64) { v, n = x, n+1 })
	return v, err == nil && n == 1
}

// precision is the relative precision of the tensor's values where float32's is better.
func (t *tensor) precision() float64 {
	if t.problem != nil || t.storage.element == nil {
		return 0
	}
	return t.storage.element.precision
}
