package modelfile

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/nlpodyssey/gopickle/types"
)

// arrayTypes are NumPy's types of numbers, by PyTorch's names.
var arrayTypes = map[string]string{
	"f2": "HalfStorage", "f4": "FloatStorage", "f8": "DoubleStorage", "b1": "BoolStorage",
	"i1": "CharStorage", "i2": "ShortStorage", "i4": "IntStorage", "i8": "LongStorage",
	"u1": "ByteStorage", "u2": "UInt16Storage", "u4": "UInt32Storage", "u8": "UInt64Storage",
}

// arrayType is a numpy.dtype.
type arrayType struct {
	name  string // as NumPy writes it: f8
	order binary.ByteOrder
}

// newArrayType takes (name, …).
func newArrayType(args ...any) (any, error) {
	t := &arrayType{order: binary.LittleEndian}
	if len(args) > 0 {
		t.name, _ = args[0].(string)
	}
	return t, nil
}

// PySetState takes (version, byte order, …).
func (t *arrayType) PySetState(state any) error {
	if s, ok := state.(*types.Tuple); ok && s.Len() > 1 && s.Get(1) == ">" {
		t.order = binary.BigEndian
	}
	return nil
}

// array is a NumPy array: a tensor once it has its state.
type array struct{ *tensor }

// newArray begins an array without values.
func newArray(...any) (any, error) {
	return &array{&tensor{problem: errors.New("it is an array without values")}}, nil
}

// PySetState takes (version, shape, type, whether columns come first, bytes).
func (a *array) PySetState(state any) error {
	s, ok := state.(*types.Tuple)
	if !ok || s.Len() < 5 {
		return nil
	}
	columnsFirst, _ := s.Get(3).(bool)
	*a.tensor = *arrayTensor(s.Get(2), s.Get(1), s.Get(4), columnsFirst)
	return nil
}

// arrayFromBuffer takes (bytes, type, shape, order), as pickles of protocol 5 do.
func arrayFromBuffer(args ...any) (any, error) {
	if len(args) < 4 {
		return newArray()
	}
	return &array{arrayTensor(args[1], args[2], args[0], args[3] == "F")}, nil
}

// arrayScalar takes (type, bytes).
func arrayScalar(args ...any) (any, error) {
	if len(args) < 2 {
		return newArray()
	}
	return &array{arrayTensor(args[0], types.NewTupleFromSlice(nil), args[1], false)}, nil
}

// arrayTensor is the values of a NumPy array as a tensor.
func arrayTensor(kind, shape, content any, columnsFirst bool) *tensor {
	t, isType := kind.(*arrayType)
	sizes, err := naturals(shape)
	var b []byte
	switch content := content.(type) {
	case []byte:
		b = content
	case *types.ByteArray:
		b = *content
	case string: // of Python 2
		b = []byte(content)
	default:
		isType = false
	}
	if !isType || err != nil {
		return &tensor{problem: errors.New("it is an array whose type, shape or bytes are not understood")}
	}
	s := &storage{kind: "numpy " + t.name, order: t.order, read: func() ([]byte, error) { return b, nil }}
	if s.element = elements[arrayTypes[t.name]]; s.element != nil {
		s.values = len(b) / s.element.size
	}
	stride := rowMajor(sizes)
	if columnsFirst {
		slices.Reverse(sizes)
		stride = rowMajor(sizes)
		slices.Reverse(sizes)
		slices.Reverse(stride)
	}
	return &tensor{storage: s, shape: sizes, stride: stride}
}

// encodeLatin1 gives the bytes of a text whose letters stand for them, which is how
// pickles of protocol 2 write bytes.
func encodeLatin1(args ...any) (any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	text, _ := args[0].(string)
	out := make([]byte, 0, len(text))
	for _, r := range text {
		out = append(out, byte(r))
	}
	return out, nil
}
