package modelfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// object is an instance of a class, or what a function gave, that the file names: its
// attributes and arguments, none of its code.
type object struct {
	named
	args  []any
	state map[string]any
}

// named is a class or function that the file names. It stands for it without being
// one: to call it gives an object.
type named struct{ module, name string }

func (n named) String() string { return n.module + "." + n.name }

// PyNew makes an instance.
func (n named) PyNew(args ...any) (any, error) {
	return &object{named: n, args: args, state: map[string]any{}}, nil
}

// Call is what a class or function gives.
func (n named) Call(args ...any) (any, error) { return n.PyNew(args...) }

// PySetState takes an object's attributes; a state of another kind tells nothing.
func (o *object) PySetState(state any) error {
	if dict, ok := state.(*types.Dict); ok {
		for _, e := range *dict {
			o.Set(e.Key, e.Value)
		}
	}
	return nil
}

// Set keeps an entry of a class that is a dictionary, as an attribute.
func (o *object) Set(key, value any) {
	if name, ok := key.(string); ok {
		o.state[name] = value
	}
}

// Append and Add let entries of a class that is a list or a set pass.
func (o *object) Append(any) {}

// Add is Append for sets.
func (o *object) Add(any) {}

// caller is a function that the file calls, by what the lab does instead.
type caller func(args ...any) (any, error)

// Call does it.
func (c caller) Call(args ...any) (any, error) { return c(args...) }

// storageType is a class of storages, by PyTorch's name.
type storageType string

// meanings are the names in a file that tell something about a network, besides
// classes. collections.OrderedDict is gopickle's own.
var meanings = map[string]any{
	"torch._utils._rebuild_tensor":               caller(rebuildTensor),
	"torch._utils._rebuild_tensor_v2":            caller(rebuildTensor),
	"torch._utils._rebuild_parameter":            caller(firstArgument),
	"torch._utils._rebuild_parameter_with_state": caller(firstArgument),
	"torch.nn.parameter.Parameter":               caller(firstArgument),
	"torch._tensor._rebuild_from_type_v2":        caller(rebuildFromType),
	"_codecs.encode":                             caller(encodeLatin1),
	"numpy.dtype":                                caller(newArrayType),
	"numpy.core.multiarray.scalar":               caller(arrayScalar),
	"numpy.core.multiarray._reconstruct":         caller(newArray),
	"numpy.core.numeric._frombuffer":             caller(arrayFromBuffer),
}

// dangerous are modules and functions by which a file would act on the computer that
// opens it in Python. Nothing of a file is ever run here: they are refused to warn
// whoever would open it there.
var dangerous = []string{
	"posix.", "nt.", "os.", "sys.", "subprocess.", "importlib.", "runpy.", "socket.", "shutil.", "pty.", "commands.", "webbrowser.",
	"ctypes.", "code.", "codeop.", "pdb.", "timeit.", "multiprocessing.", "asyncio.", "urllib.", "requests.", "pip.", "torch.hub.",
	"builtins.eval", "builtins.exec", "builtins.compile", "builtins.open", "builtins.__import__", "builtins.input", "builtins.breakpoint",
	"builtins.apply", "builtins.execfile", "builtins.file", "io.open", "_io.open",
}

// findClass tells what a name in a file stands for. What has no meaning here becomes
// a named: it can hold attributes, and do nothing.
func findClass(module, name string) (any, error) {
	plain := strings.Replace(module, "numpy._core", "numpy.core", 1) // since numpy 2
	full := strings.Replace(plain, "__builtin__", "builtins", 1) + "." + name
	if slices.ContainsFunc(dangerous, func(d string) bool { return strings.HasPrefix(full, d) }) {
		return nil, fmt.Errorf("it names %q.%q, which could run a program where Python opens the file: nothing of it was run, "+
			"do not open it with torch.load", module, name)
	}
	if meaning, ok := meanings[full]; ok {
		return meaning, nil
	}
	if strings.HasSuffix(name, "Storage") && strings.HasPrefix(module, "torch") {
		return storageType(name), nil
	}
	return named{module, name}, nil
}

// storages finds the storage of a key, for the tensors that view it.
type storages func(key string, kind storageType, values int) (*storage, error)

// unpickle interprets the pickle that begins b, and returns what it describes and its
// length. Nothing in it is run.
func unpickle(b []byte, find storages) (v any, length int, err error) {
	if length, err = pickleLength(b); err != nil {
		return nil, 0, err
	}
	defer func() {
		if r := recover(); r != nil { // gopickle panics on some malformed pickles
			v, err = nil, errMalformed
		}
	}()
	var refused error // by the lab; the library's own errors are about its types
	refuse := func(v any, err error) (any, error) {
		if refused == nil {
			refused = err
		}
		return v, err
	}
	u := pickle.NewUnpickler(bytes.NewReader(b[:length]))
	u.FindClass = func(module, name string) (any, error) { return refuse(findClass(module, name)) }
	u.PersistentLoad = func(id any) (any, error) { return refuse(persistent(id, find)) }
	v, err = u.Load()
	if refused != nil {
		err = refused
	} else if err != nil {
		err = errMalformed
	}
	return v, length, err
}

var errMalformed = errors.New("its pickle is malformed: the file is damaged, or no network that torch.save wrote")

// persistent gives what a pickle refers to: ("storage", type, key, place, values) or,
// before PyTorch 1.6, also ("module", class, file, source) and views of storages.
func persistent(id any, find storages) (any, error) {
	t, ok := id.(*types.Tuple)
	if ok && t.Len() >= 2 && t.Get(0) == "module" {
		return t.Get(1), nil
	}
	if !ok || t.Len() < 5 || t.Get(0) != "storage" {
		return nil, errors.New("it refers to something that is no storage of a tensor")
	}
	kind, isType := t.Get(1).(storageType)
	key, isKey := t.Get(2).(string)
	values, isInt := t.Get(4).(int)
	if !isType || !isKey || !isInt {
		return nil, errors.New("one of its storages is not described as torch.save does it")
	}
	if t.Len() > 5 {
		if view, ok := t.Get(5).(*types.Tuple); ok {
			return viewOf(view, key, kind, values, find)
		}
	}
	return find(key, kind, values)
}

// viewOf is a storage that is a part of another: (key of its own, first, values).
func viewOf(view *types.Tuple, key string, kind storageType, values int, find storages) (*storage, error) {
	whole, err := find(key, kind, values)
	if err != nil || view.Len() != 3 || whole.element == nil {
		return whole, err
	}
	first, ok := view.Get(1).(int)
	n, ok2 := view.Get(2).(int)
	if !ok || !ok2 || first < 0 || n < 0 || first > whole.values || n > whole.values-first {
		return nil, errors.New("one of its storages is no part of the one that it is said to be")
	}
	part := *whole
	part.values, part.bytes = n, nil
	part.read = func() ([]byte, error) {
		if err := whole.check(); err != nil {
			return nil, err
		}
		b, err := whole.load()
		if err != nil {
			return nil, err
		}
		return b[first*whole.element.size : (first+n)*whole.element.size], nil
	}
	return &part, nil
}
