package modelfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/nlpodyssey/gopickle/types"
)

// maxPickle bounds the description of a network in a .pt file; published ones have 2 kB.
const maxPickle = 256 << 10

// ReadTorch reads a published network, saved whole by torch.save (PyTorch 1.6 or
// later): an UnmixingModel, ModulationNet, SpatialNet, DaleRateNet or DirectDemixNet.
// It reads attributes and weights and runs nothing of the file. What the file does
// not tell is set to the default: above all the sources, taken to be chords.
func ReadTorch(b []byte) (*File, error) { return readTorch("", b) }

// batchesInName finds the number of batches in a published file's name.
var batchesInName = regexp.MustCompile(`(\d{1,7})batch`)

// readTorch guesses the sources, and how long it was trained, from the file's name.
func readTorch(name string, b []byte) (*File, error) {
	root, err := loadTorch(b)
	if err != nil {
		return nil, err
	}
	module, ok := root.(*object)
	if !ok || published[module.class] == nil {
		return nil, fmt.Errorf("it holds no network of the published classes, saved whole")
	}
	sources := "chords"
	if strings.Contains(strings.ToLower(name), "sines") {
		sources = "sines"
	}
	n, err := published[module.class](&attributes{module: module, sources: sources})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", module.class, err)
	}
	f := &File{Network: n, Provenance: Provenance{
		Title:  n.Spec.String(),
		Origin: Imported,
		Note:   fmt.Sprintf("Imported from a PyTorch %s. The file does not tell its sources; %s are assumed.", module.class, sources),
	}}
	if m := batchesInName.FindStringSubmatch(name); m != nil {
		f.Provenance.Batches, _ = strconv.Atoi(m[1])
	}
	return f, nil
}

// loadTorch opens the zip archive and unpickles its data.pkl.
func loadTorch(b []byte) (any, error) {
	if len(b) > MaxSize {
		return nil, fmt.Errorf("the file is larger than %d MB", MaxSize>>20)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("not a PyTorch file as torch.save writes it since version 1.6: %w", err)
	}
	a := &torchArchive{files: map[string]*zip.File{}, loaded: map[string]*storage{}, budget: MaxSize}
	for _, f := range z.File {
		a.files[f.Name] = f
		if path.Base(f.Name) == "data.pkl" && strings.Count(f.Name, "/") == 1 {
			a.root = path.Dir(f.Name)
		}
	}
	if a.root == "" {
		return nil, errors.New("not a PyTorch file: it has no data.pkl")
	}
	description, err := a.read("data.pkl", maxPickle)
	if err != nil {
		return nil, err
	}
	if order, err := a.read("byteorder", 16); err == nil && string(order) != "little" {
		return nil, fmt.Errorf("its byte order is %q, must be little", order)
	}
	return unpickle(description, a.storage)
}

// torchArchive reads a zip archive within a budget of unpacked bytes.
type torchArchive struct {
	root   string
	files  map[string]*zip.File
	loaded map[string]*storage
	budget int64
}

// read unpacks a file of at most limit bytes.
func (a *torchArchive) read(name string, limit int64) ([]byte, error) {
	f := a.files[a.root+"/"+name]
	if f == nil {
		return nil, fmt.Errorf("it has no %s", name)
	}
	limit = min(limit, a.budget)
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("its %s: %w", name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("its %s: %w", name, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("its %s has more than %d bytes", name, limit)
	}
	a.budget -= int64(len(b))
	return b, nil
}

// storage reads the values with that key, once.
func (a *torchArchive) storage(key string, values int) (*storage, error) {
	if s := a.loaded[key]; s != nil {
		return s, nil
	}
	if values < 0 || values > MaxSize/4 {
		return nil, fmt.Errorf("a storage has %d values, at most %d are read", values, MaxSize/4)
	}
	b, err := a.read("data/"+key, int64(values)*4)
	if err != nil {
		return nil, err
	}
	if len(b) != values*4 {
		return nil, fmt.Errorf("storage %q has %d bytes, %d values need %d", key, len(b), values, 4*values)
	}
	s := &storage{data: make([]float32, values)}
	for i := range s.data {
		s.data[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	a.loaded[key] = s
	return s, nil
}

// attributes reads a module's attributes.
type attributes struct {
	module  *object
	sources string
}

// tensor finds a tensor by its dotted name, among attributes, parameters and buffers.
func (a *attributes) tensor(name string) (*tensor, error) {
	module := a.module
	if inner, rest, ok := strings.Cut(name, "."); ok {
		m, _ := entry(module.state["_modules"], inner).(*object)
		if m == nil {
			return nil, fmt.Errorf("it has no module %q", inner)
		}
		module, name = m, rest
	}
	for _, v := range []any{module.state[name], entry(module.state["_parameters"], name), entry(module.state["_buffers"], name)} {
		if t, ok := v.(*tensor); ok {
			return t, nil
		}
	}
	return nil, fmt.Errorf("it has no tensor %q", name)
}

// entry looks a name up in a Python dictionary; nil where there is none.
func entry(dict any, name string) any {
	switch d := dict.(type) {
	case *types.OrderedDict:
		v, _ := d.Get(name)
		return v
	case *types.Dict:
		for _, e := range *d {
			if e.Key == name {
				return e.Value
			}
		}
	}
	return nil
}

// number reads a number or truth value; fallback where the attribute is absent.
func (a *attributes) number(name string, fallback float64) (float64, error) {
	switch v := a.module.state[name].(type) {
	case nil:
		return fallback, nil
	case int:
		return float64(v), nil
	case float64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	default:
		return 0, fmt.Errorf("its %s is a %T, not a number", name, v)
	}
}
