package modelfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"

	"unmixlab/sim/model"
)

// ErrDamaged is for a file whose bytes are not those that the lab wrote.
var ErrDamaged = errors.New("the file is damaged")

// checksumKey is where a file's metadata hold the checksum of everything else in it.
const checksumKey = "checksum"

// checksum is taken over the arrays, in the order of their names, and the metadata, in
// the order of theirs: what a file means, however its header is laid out.
type checksum struct{ sum hash.Hash }

func newChecksum() checksum { return checksum{sha256.New()} }

// tensor takes in an array: little-endian bytes of float32.
func (c checksum) tensor(name string, shape []uint64, data []byte) {
	fmt.Fprintf(c.sum, "%q %v\n", name, shape)
	c.sum.Write(data)
}

// WeightsHash tells the weights of two networks apart: SHA-256 over names, shapes and
// float32 values, little-endian, in the order of the names. Files that differ in title or
// numbers alone have the same.
func WeightsHash(n *model.Network) string {
	c := newChecksum()
	tensors := slices.Clone(n.Params.Tensors)
	slices.SortFunc(tensors, func(a, b model.Tensor) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range tensors {
		shape, data := stored(t.Shape, t.Data)
		c.tensor(t.Name, shape, data)
	}
	return c.with(nil)
}

// with gives the checksum once the metadata are taken in too, its own place apart.
func (c checksum) with(meta map[string]string) string {
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		if key != checksumKey {
			fmt.Fprintf(c.sum, "%q: %q\n", key, meta[key])
		}
	}
	return "sha256:" + hex.EncodeToString(c.sum.Sum(nil))
}

// errChanged says what may have happened to a file that is not what it was written as.
var errChanged = fmt.Errorf("%w: what it holds is not what was written (its %s differs). "+
	"If it was changed on purpose, leave %q out of its metadata", ErrDamaged, checksumKey, checksumKey)

// undamaged compares the checksum in a file's metadata with that of what was read, and
// gives the metadata without it. Files without one are older than checksums.
func undamaged(tensors []rawTensor, meta map[string]string) (map[string]string, error) {
	want, ok := meta[checksumKey]
	if !ok {
		return meta, nil
	}
	c := newChecksum()
	slices.SortFunc(tensors, func(a, b rawTensor) int { return strings.Compare(a.name, b.name) })
	for _, t := range tensors {
		c.tensor(t.name, t.shape, t.data)
	}
	if c.with(meta) != want {
		return nil, errChanged
	}
	rest := map[string]string{}
	for key, value := range meta {
		if key != checksumKey {
			rest[key] = value
		}
	}
	return rest, nil
}

// rawTensor is an array as a file has it.
type rawTensor struct {
	name  string
	shape []uint64
	data  []byte
}
