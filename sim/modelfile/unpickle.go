package modelfile

import (
	"bytes"
	"fmt"
	"math"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// object is an instance of a class that the file names: its attributes, none of its code.
type object struct {
	class string
	state map[string]any
}

// class makes objects; it stands for a Python class without being one.
type class struct{ name string }

func (c class) PyNew(args ...any) (any, error) { return &object{class: c.name}, nil }

func (o *object) PySetState(state any) error {
	dict, ok := state.(*types.Dict)
	if !ok {
		return fmt.Errorf("a %s has attributes of type %T", o.class, state)
	}
	o.state = map[string]any{}
	for _, e := range *dict {
		if key, ok := e.Key.(string); ok {
			o.state[key] = e.Value
		}
	}
	return nil
}

// storage is the values that tensors are views of; storageType marks its type.
type (
	storage     struct{ data []float32 }
	storageType struct{}
)

// tensor is a view of a storage.
type tensor struct {
	data          []float32 // from the offset on
	shape, stride []int
	values        int
}

// caller is a function that the file calls, by what the lab does instead.
type caller func(args ...any) (any, error)

func (c caller) Call(args ...any) (any, error) { return c(args...) }

// findClass is the whitelist of names in a file. collections.OrderedDict is
// gopickle's own; everything else is refused.
func findClass(module, name string) (any, error) {
	switch module + "." + name {
	case "torch._utils._rebuild_tensor_v2":
		return caller(rebuildTensor), nil
	case "torch._utils._rebuild_parameter":
		return caller(rebuildParameter), nil
	case "torch.FloatStorage":
		return storageType{}, nil
	case "__builtin__.set", "builtins.set":
		return caller(func(...any) (any, error) { return types.NewSet(), nil }), nil
	case "torch.nn.modules.rnn.LSTM", "torch.nn.modules.linear.Linear":
		return class{name}, nil
	}
	if _, ok := published[name]; ok {
		return class{name}, nil
	}
	return nil, fmt.Errorf("it names %q.%q, which is no part of a published network: nothing of it was run", module, name)
}

// rebuildTensor takes (storage, offset, shape, stride, …).
func rebuildTensor(args ...any) (any, error) {
	if len(args) < 4 {
		return nil, fmt.Errorf("a tensor has %d properties, at least 4 are expected", len(args))
	}
	s, ok := args[0].(*storage)
	offset, isInt := args[1].(int)
	shape, err := naturals(args[2])
	stride, err2 := naturals(args[3])
	if !ok || !isInt || err != nil || err2 != nil || len(shape) != len(stride) || offset < 0 || offset > len(s.data) {
		return nil, fmt.Errorf("a tensor's storage, offset, shape or stride is wrong")
	}
	t := &tensor{data: s.data[offset:], shape: shape, stride: stride, values: 1}
	last := 0 // index of the last value
	fits := true
	for i, n := range shape {
		fits = fits && n > 0 && n <= len(s.data) && stride[i] <= len(s.data)
		if fits {
			t.values *= n
			last += (n - 1) * stride[i]
			fits = t.values <= len(t.data)
		}
	}
	if !fits || max(last, t.values-1) >= len(t.data) {
		return nil, fmt.Errorf("a tensor of shape %v does not fit its storage of %d values", shape, len(s.data))
	}
	return t, nil
}

// rebuildParameter takes (tensor, requires_grad, hooks).
func rebuildParameter(args ...any) (any, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("a parameter has no tensor")
	}
	t, ok := args[0].(*tensor)
	if !ok {
		return nil, fmt.Errorf("a parameter is a %T, not a tensor", args[0])
	}
	return t, nil
}

// naturals reads a tuple of at most four numbers that are not negative.
func naturals(v any) ([]int, error) {
	t, ok := v.(*types.Tuple)
	if !ok || t.Len() > 4 {
		return nil, fmt.Errorf("a %T, not a short tuple", v)
	}
	out := make([]int, t.Len())
	for i := range out {
		n, ok := t.Get(i).(int)
		if !ok || n < 0 || n > math.MaxInt32 {
			return nil, fmt.Errorf("%v is no size", t.Get(i))
		}
		out[i] = n
	}
	return out, nil
}

// rowMajor is the tensor's values in order.
func (t *tensor) rowMajor() []float32 {
	out := make([]float32, 0, t.values)
	index := make([]int, len(t.shape))
	for len(out) < t.values {
		at := 0
		for d, i := range index {
			at += i * t.stride[d]
		}
		out = append(out, t.data[at])
		for d := len(index) - 1; d >= 0; d-- {
			if index[d]++; index[d] < t.shape[d] {
				break
			}
			index[d] = 0
		}
	}
	return out
}

// unpickle interprets a pickle with nothing but the whitelist; load gives storages.
func unpickle(b []byte, load func(key string, values int) (*storage, error)) (v any, err error) {
	if err := checkPickle(b); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil { // gopickle panics on some malformed pickles
			v, err = nil, fmt.Errorf("its pickle is malformed: %v", r)
		}
	}()
	u := pickle.NewUnpickler(bytes.NewReader(b))
	u.FindClass = findClass
	u.PersistentLoad = func(id any) (any, error) {
		t, ok := id.(*types.Tuple)
		if !ok || t.Len() < 5 || t.Get(0) != "storage" {
			return nil, fmt.Errorf("it refers to something that is no storage")
		}
		_, isFloat := t.Get(1).(storageType)
		key, isKey := t.Get(2).(string)
		values, isInt := t.Get(4).(int)
		if !isFloat || !isKey || !isInt {
			return nil, fmt.Errorf("a storage is not described as float32")
		}
		return load(key, values)
	}
	return u.Load()
}
