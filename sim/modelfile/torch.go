package modelfile

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nlpodyssey/gopickle/types"
)

// ReadTorch reads a published network that torch.save wrote: an UnmixingModel,
// ModulationNet, SpatialNet, DaleRateNet or DirectDemixNet, whole, inside of a wrapper
// or a checkpoint, or as a state_dict. It reads attributes and weights and runs nothing
// of the file. What the file does not tell is set to the default, and the note says so:
// above all the sources, taken to be chords.
func ReadTorch(b []byte) (*File, error) {
	b, err := unwrapped(b)
	if err != nil {
		return nil, err
	}
	return readTorch("", b)
}

// isTorch tells whether torch.save may have written the file.
func isTorch(b []byte) bool {
	return !isSafetensors(b) && (bytes.HasPrefix(b, []byte("PK\x03\x04")) || isLegacy(b))
}

// batchesInName finds the number of batches in a published file's name.
var batchesInName = regexp.MustCompile(`(\d{1,7})batch`)

// readTorch guesses the sources, and how long it was trained, from the file's name.
func readTorch(name string, b []byte) (*File, error) {
	root, err := loadTorch(b)
	if err != nil {
		return nil, err
	}
	c, err := findNetwork(root)
	if err != nil {
		return nil, err
	}
	return c.file(name)
}

// loadTorch gives what torch.save saved.
func loadTorch(b []byte) (any, error) {
	switch {
	case isLegacy(b):
		return loadLegacy(b)
	case isTorch(b):
		return loadZip(b)
	}
	if err := foreign(b); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("not a file that torch.save wrote: save the network again, %s", saveWhole)
}

// file builds the candidate's network and tells where it comes from.
func (c candidate) file(name string) (*File, error) {
	a := &attributes{values: c.values, module: c.module, sources: "chords"}
	if strings.Contains(strings.ToLower(name), "sines") {
		a.sources = "sines"
	}
	class := c.class
	if class == "" {
		var err error
		if class, err = a.infer(); err != nil {
			return nil, err
		}
	}
	n, err := published[class](a)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", class, err)
	}
	f := &File{Network: n, Provenance: Provenance{Title: n.Spec.String(), Origin: Imported, Note: a.note(class)}}
	if m := batchesInName.FindStringSubmatch(name); m != nil {
		f.Provenance.Batches, _ = strconv.Atoi(m[1])
	}
	return f, nil
}

// readState reads a state_dict that Python's save_file kept in a safetensors file.
// Texts in its metadata stand for what a checkpoint has beside a state_dict.
func readState(name string, b []byte) (*File, error) {
	tensors, meta, err := ReadTensors(b)
	if err != nil {
		return nil, err
	}
	state, checkpoint := types.NewDict(), types.NewDict()
	for _, t := range tensors {
		state.Set(t.Name, floatTensor(t))
	}
	checkpoint.Set("state_dict", state)
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		if v, err := strconv.ParseFloat(meta[key], 64); err == nil {
			checkpoint.Set(key, v)
		} else {
			checkpoint.Set(key, meta[key])
		}
	}
	if !isState(entries(state)) {
		return nil, errNoFormat
	}
	c, err := findNetwork(checkpoint)
	if err != nil {
		return nil, err
	}
	return c.file(name)
}
