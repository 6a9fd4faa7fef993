package sweep

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"unmixlab/server/store"
	"unmixlab/sim/modelfile"
)

// MaxPack bounds the files of a point as one, in bytes.
const MaxPack = 3 * maxCurve

// packed are a point's files that go from machine to machine, in the order in which they
// are written: what others count on first, what says that the point is done last.
var packed = []struct {
	name  string
	limit int64
}{
	{specFile, maxRecord}, {curveFile, maxCurve}, {alongFile, maxCurve}, {checkpoint, 4 * modelfile.MaxSize}, {progressFile, maxRecord},
	{modelFile, modelfile.MaxSize}, {doneFile, maxRecord}, {failedFile, maxRecord},
}

// Single is a sweep of one point alone, which has the point's name there and is measured
// as here.
func (f *Folder) Single(p Point) Sweep {
	s := Sweep{Name: f.Sweep.Name, Base: map[string]json.RawMessage{}, Seeds: []uint64{p.Spec.Seed}, Measure: f.Sweep.Measure,
		Every: f.Sweep.Every, Kernel: f.Sweep.Kernel}
	json.Unmarshal(p.Spec.JSON(), &s.Base) // its own
	delete(s.Base, "seed")
	return s
}

// ReadSingle reads what the JSON of a Single says, and judges it as every sweep.
func ReadSingle(b []byte) (Sweep, Point, error) {
	if len(b) > maxRecord {
		return Sweep{}, Point{}, fmt.Errorf("a point's settings have at most %d MB", maxRecord>>20)
	}
	s, err := parseKept(b)
	if err != nil {
		return s, Point{}, err
	}
	points := s.Points()
	if len(points) != 1 {
		return s, Point{}, fmt.Errorf("settings of %d points, one is expected", len(points))
	}
	return s, points[0], nil
}

// Pack is what is there of a point, as one tar file.
func (f *Folder) Pack(p Point) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, file := range packed {
		content, err := readLimited(f.path(p, file.name), file.limit)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := w.WriteHeader(&tar.Header{Name: file.name, Mode: 0o644, Size: int64(len(content)), Format: tar.FormatUSTAR}); err != nil {
			return nil, err
		}
		if _, err := w.Write(content); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), w.Close()
}

// PackError is for files that are not those of the point that they are given for.
type PackError struct {
	Point string
	Why   error
}

func (e PackError) Error() string { return fmt.Sprintf("the files of point %s: %v", e.Point, e.Why) }

// Unpack brings a point's files in, as Pack gave them on another machine. What the folder
// has stays where it is further. Files that do not belong to the point are a PackError,
// before anything is written; ErrElsewhere means that the point is being trained here.
func (f *Folder) Unpack(p Point, pack []byte) error {
	files, err := unpack(pack)
	if err == nil {
		err = check(p, files)
	}
	if err != nil {
		return PackError{p.Hash, err}
	}
	lock, err := f.hold(p)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	if f.further(p, files) {
		return nil
	}
	for _, file := range packed {
		content, ok := files[file.name]
		if !ok {
			continue
		}
		if err := writeBytes(f.path(p, file.name), content); err != nil {
			return err
		}
	}
	if files[doneFile] != nil {
		return f.tidy(p)
	}
	return nil
}

// further tells whether the folder has more of a point than the files.
func (f *Folder) further(p Point, files map[string][]byte) bool {
	have := f.Status(p)
	switch {
	case files[doneFile] != nil:
		return have.State == Done
	case files[failedFile] != nil || files[modelFile] != nil:
		return have.State == Done || have.State == Failed || have.State == Trained
	}
	var so progress
	json.Unmarshal(files[progressFile], &so) // of none it is 0
	return have.State != Missing && have.Batch >= so.Batch
}

// unpack reads a tar file that has nothing but a point's files, each once.
func unpack(pack []byte) (map[string][]byte, error) {
	if len(pack) > MaxPack {
		return nil, fmt.Errorf("have more than %d MB", MaxPack>>20)
	}
	files := map[string][]byte{}
	in := tar.NewReader(bytes.NewReader(pack))
	for {
		head, err := in.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("cannot be read: %w", err)
		}
		limit := int64(-1)
		for _, file := range packed {
			if file.name == head.Name {
				limit = file.limit
			}
		}
		if head.Typeflag != tar.TypeReg || limit < 0 || files[head.Name] != nil {
			return nil, fmt.Errorf("%.80q is no file of a point, or is there twice", head.Name)
		}
		if head.Size > limit {
			return nil, fmt.Errorf("%s has more than %d MB", head.Name, limit>>20)
		}
		if files[head.Name], err = io.ReadAll(in); err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", head.Name, err)
		}
	}
}

// check tells whether files are those of a point.
func check(p Point, files map[string][]byte) error {
	if b := files[specFile]; string(bytes.TrimSpace(b)) != string(p.Spec.JSON()) {
		return errors.New("spec.json has other settings")
	}
	if b := files[modelFile]; b != nil {
		m, err := modelfile.Read(b)
		if err != nil {
			return fmt.Errorf("%s: %w", modelFile, err)
		}
		if string(m.Network.Spec.JSON()) != string(p.Spec.JSON()) || m.Provenance.Batches != p.Spec.Batches {
			return fmt.Errorf("%s is another network", modelFile)
		}
	}
	for name, v := range map[string]any{progressFile: &progress{}, failedFile: &failure{}, doneFile: &struct {
		done
		Numbers map[string]*float64 `json:"numbers"`
	}{}} {
		if b := files[name]; b != nil && json.Unmarshal(b, v) != nil {
			return fmt.Errorf("%s cannot be read", name)
		}
	}
	if files[doneFile] != nil && (files[modelFile] == nil || files[curveFile] == nil || files[failedFile] != nil) {
		return errors.New("a point that is done has a model and a curve, and has not failed")
	}
	return nil
}

// Fail records that a point cannot be trained, for a reason that no training has given.
func (f *Folder) Fail(p Point, why string) error {
	if err := os.MkdirAll(f.path(p, ""), 0o755); err != nil {
		return store.Explain(err)
	}
	s := f.Status(p)
	if err := writeBytes(f.path(p, specFile), append(p.Spec.JSON(), '\n')); err != nil {
		return err
	}
	return writeJSON(f.path(p, failedFile), failure{Error: why, Batch: s.Batch, Kernels: []string{}, Ended: now()})
}
