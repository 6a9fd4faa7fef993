package modelfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/nlpodyssey/gopickle/types"
)

// magic begins what torch.save wrote before PyTorch 1.6: a pickle of this number, in
// bytes or, in pickles of protocol 0 and 1, in digits.
var magic = [][]byte{{0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19}, []byte("119547037146038801333356")}

func isLegacy(b []byte) bool {
	head := b[:min(len(b), 48)]
	return bytes.Contains(head, magic[0]) || bytes.Contains(head, magic[1])
}

// loadLegacy reads five pickles (the magic number, the protocol, the system, what was
// saved, the storages' keys), then the storages in the order of their keys: the number
// of values, as eight bytes, and the values, always little-endian.
func loadLegacy(b []byte) (any, error) {
	for range 3 {
		n, err := pickleLength(b)
		if err != nil {
			return nil, err
		}
		b = b[n:]
	}
	found := map[string]*storage{}
	root, n, err := unpickle(b, func(key string, kind storageType, values int) (*storage, error) {
		if found[key] == nil {
			found[key] = &storage{element: elements[string(kind)], kind: string(kind), values: values, order: binary.LittleEndian,
				read: func() ([]byte, error) { return nil, errors.New("its values are missing at the end of the file") }}
		}
		return found[key], nil
	})
	if err != nil {
		return nil, err
	}
	b = b[n:]
	keys, n, err := unpickle(b, func(string, storageType, int) (*storage, error) {
		return nil, errors.New("a list of keys is expected behind its first pickles")
	})
	if err != nil {
		return nil, err
	}
	list, ok := keys.(*types.List)
	if !ok {
		return nil, errors.New("a list of keys is expected behind its first pickles")
	}
	return root, placeStorages(b[n:], *list, found)
}

// placeStorages finds where each storage lies. One of a type whose size is not known
// ends the search: what lies behind it is said to be missing when it is needed.
func placeStorages(b []byte, keys []any, found map[string]*storage) error {
	for _, k := range keys {
		key, _ := k.(string)
		s := found[key]
		if s == nil {
			return fmt.Errorf("its storage %q belongs to no tensor", key)
		}
		if s.element == nil {
			return nil
		}
		if len(b) < 8 {
			return errCutOff
		}
		n := binary.LittleEndian.Uint64(b)
		b = b[8:]
		if n > uint64(len(b)/s.element.size) {
			return errCutOff
		}
		values := b[:int(n)*s.element.size]
		s.read = func() ([]byte, error) { return values, nil }
		b = b[len(values):]
	}
	return nil
}

var errCutOff = errors.New("its end is missing: the values of its tensors are cut off, copy it again")
