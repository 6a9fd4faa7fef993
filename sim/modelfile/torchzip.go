package modelfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// maxEntries bounds the files in a zip archive: a network has some ten.
const maxEntries = 10_000

// torchArchive reads the zip archive of torch.save since PyTorch 1.6, within a budget
// of unpacked bytes.
type torchArchive struct {
	root   string // folder of data.pkl, with a slash at its end
	files  map[string]*zip.File
	loaded map[string]*storage
	order  binary.ByteOrder
	budget int64
}

// loadZip unpickles the archive's data.pkl.
func loadZip(b []byte) (any, error) {
	if bytes.Count(b, []byte("PK\x01\x02")) > maxEntries {
		return nil, fmt.Errorf("it is a zip archive of more than %d files", maxEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, errors.New("it begins as a zip archive, which torch.save writes, but its end is missing or damaged: copy it again")
	}
	a := &torchArchive{files: map[string]*zip.File{}, loaded: map[string]*storage{}, order: binary.LittleEndian, budget: MaxSize}
	depth := -1 // of the data.pkl that is nearest to the top
	for _, f := range z.File {
		a.files[f.Name] = f
		if n := strings.Count(f.Name, "/"); path.Base(f.Name) == "data.pkl" && (depth < 0 || n < depth) {
			depth, a.root = n, strings.TrimSuffix(f.Name, "data.pkl")
		}
	}
	if err := foreignArchive(a.files, a.root, depth >= 0); err != nil {
		return nil, err
	}
	description, err := a.read("data.pkl", maxPickle)
	if err != nil {
		return nil, err
	}
	if order, err := a.read("byteorder", 16); err == nil && string(order) == "big" {
		a.order = binary.BigEndian
	}
	root, _, err := unpickle(description, a.storage)
	return root, err
}

// read unpacks a file of at most limit bytes.
func (a *torchArchive) read(name string, limit int64) ([]byte, error) {
	f := a.files[a.root+name]
	if f == nil {
		return nil, fmt.Errorf("it has no %s", name)
	}
	limit = min(limit, a.budget)
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("its %s cannot be unpacked: %w", name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("its %s cannot be unpacked: %w", name, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("its %s has more than %d bytes", name, limit)
	}
	a.budget -= int64(len(b))
	return b, nil
}

// storage is the values with that key, unpacked when they are needed.
func (a *torchArchive) storage(key string, kind storageType, values int) (*storage, error) {
	if s := a.loaded[key]; s != nil {
		return s, nil
	}
	s := &storage{element: elements[string(kind)], kind: string(kind), values: values, order: a.order}
	s.read = func() ([]byte, error) { return a.read("data/"+key, int64(values)*int64(s.element.size)) }
	a.loaded[key] = s
	return s, nil
}
