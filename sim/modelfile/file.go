package modelfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// Format names the layout of the lab's files, in their metadata. It changes when a
// reader of today could not read the files of tomorrow.
const Format = "unmixlab/1"

// Origins of a network.
const (
	Trained    = "trained"
	Imported   = "imported"
	ClosedForm = "closed form"
)

// Provenance tells where a network comes from.
type Provenance struct {
	Title   string             `json:"title"`
	Origin  string             `json:"origin"` // Trained, Imported or ClosedForm
	Created time.Time          `json:"created,omitzero"`
	Version string             `json:"version,omitempty"` // of the program that trained it
	Commit  string             `json:"commit,omitempty"`  // that the program was built of
	Weights string             `json:"weights,omitempty"` // their hash: see WeightsHash
	Kernel  string             `json:"kernel,omitempty"`  // that trained it, or those, in order
	Batches int                `json:"batches,omitempty"` // trained
	Recipe  string             `json:"recipe,omitempty"`  // how: spec.Paper or spec.Fast
	Losses  [][2]float64       `json:"losses,omitempty"`  // thinned curve: batch, loss
	Numbers map[string]float64 `json:"numbers,omitempty"` // headline results
	Note    string             `json:"note,omitempty"`
}

// File is a network and where it comes from.
type File struct {
	Network    *model.Network
	Provenance Provenance
}

// Write writes a safetensors file whose metadata hold the format, the spec and the
// provenance as JSON. Weights that are not finite are an error, as they are in Read.
func Write(w io.Writer, f *File) error {
	known := f.Provenance
	known.Weights = WeightsHash(f.Network)
	provenance, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("provenance: %w", err)
	}
	var tensors []NamedTensor
	for _, t := range f.Network.Params.Tensors {
		if i := notFinite(t.Data); i >= 0 {
			return notFiniteError(t.Name, t.Data[i], i)
		}
		tensors = append(tensors, NamedTensor{t.Name, t.Shape, t.Data})
	}
	return WriteTensors(w, tensors, map[string]string{
		"format": Format, "spec": string(f.Network.Spec.JSON()), "provenance": string(provenance),
	})
}

// Read reads what Write wrote, and refuses everything else: another format, a spec
// out of range, tensors that are missing, unknown, of another shape or not finite.
func Read(b []byte) (*File, error) {
	if len(b) > MaxSize {
		return nil, fmt.Errorf("the file is larger than %d MB", MaxSize>>20)
	}
	if err := foreign(b); err != nil {
		return nil, err
	}
	tensors, meta, err := ReadTensors(b)
	if err != nil {
		return nil, err
	}
	switch format, ok := meta["format"]; {
	case !ok || !strings.HasPrefix(format, "unmixlab/"):
		return nil, errNoFormat
	case format != Format:
		return nil, fmt.Errorf("its format is %q, this lab reads %s", format, Format)
	}
	f := &File{}
	if p := meta["provenance"]; p != "" {
		if f.Provenance, err = readProvenance(p); err != nil {
			return nil, fmt.Errorf("its provenance is not understood: %w", err)
		}
	}
	sp, err := readSpec(meta["spec"])
	if err != nil {
		return nil, fmt.Errorf("its spec is refused: %w", err)
	}
	if f.Network, err = assemble(sp, tensors); err == nil {
		f.Provenance.Weights = WeightsHash(f.Network)
	}
	return f, err
}

// errNoFormat is for a safetensors file that the lab did not write.
var errNoFormat = fmt.Errorf("not a model of this lab: its metadata name no format (%s is expected). In Python, save_file(tensors, path, metadata=…) "+
	"with the metadata of the file that was loaded, but its checksum, keeps them", Format)

// Import reads a file of either kind, told apart by its first bytes. Its name is
// only used to guess what a published network was trained on.
func Import(name string, b []byte) (*File, error) {
	b, err := unwrapped(b)
	if err != nil {
		return nil, err
	}
	f, err := read(name, b)
	if err == nil {
		f.Provenance.Weights = WeightsHash(f.Network)
	}
	return f, err
}

func read(name string, b []byte) (*File, error) {
	if isTorch(b) {
		return readTorch(name, b)
	}
	f, err := Read(b)
	if errors.Is(err, errNoFormat) {
		return readState(name, b)
	}
	return f, err
}

// assemble builds the network of a spec with the given weights, all of them.
func assemble(sp spec.Spec, tensors []NamedTensor) (*model.Network, error) {
	n, err := model.New(sp)
	if err != nil {
		return nil, fmt.Errorf("its spec is refused: %w", err)
	}
	var problems []error
	found := map[string]bool{}
	for _, t := range tensors {
		found[t.Name] = true
		problems = append(problems, set(n, t))
	}
	for _, t := range n.Params.Tensors {
		if !found[t.Name] {
			problems = append(problems, fmt.Errorf("tensor %q is missing (shape %v)", t.Name, t.Shape))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return n, nil
}

func set(n *model.Network, t NamedTensor) error {
	want := n.Params.Tensor(t.Name)
	if want == nil {
		return fmt.Errorf("tensor %q does not belong to a %s model", t.Name, n.Spec.Model)
	}
	if !slices.Equal(t.Shape, want.Shape) {
		return fmt.Errorf("tensor %q has shape %v, must have %v", t.Name, t.Shape, want.Shape)
	}
	if i := notFinite(t.Data); i >= 0 {
		return notFiniteError(t.Name, t.Data[i], i)
	}
	return n.Params.Set(t.Name, t.Data)
}

func notFiniteError(name string, v float32, at int) error {
	return fmt.Errorf("tensor %q holds %v at index %d: weights must be finite", name, v, at)
}

// notFinite is the index of the first NaN or infinity, or -1.
func notFinite(data []float32) int {
	return slices.IndexFunc(data, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) })
}
