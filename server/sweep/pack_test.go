package sweep

import (
	"archive/tar"
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A point that is packed and unpacked elsewhere is the same, and stays when it comes again.
func TestPackedPoints(t *testing.T) {
	t.Parallel()
	f := finished(t, created(t, two))
	g := created(t, two)
	for _, p := range f.Points {
		s, q, err := ReadSingle(f.Single(p).JSON())
		if err != nil || q.Hash != p.Hash || s.Kernel != f.Sweep.Kernel || s.Every != f.Sweep.Every {
			t.Fatalf("alone the point %s is %s: %v", p.Hash, q.Hash, err)
		}
		pack, err := f.Pack(p)
		if err == nil {
			err = errors.Join(g.Unpack(p, pack), g.Unpack(p, pack))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	equal(t, results(t, g), results(t, f))
}

// tarOf is a tar file of files with regular names and others.
func tarOf(files map[string]string, kind byte) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for name, text := range files {
		if kind == tar.TypeSymlink {
			w.WriteHeader(&tar.Header{Name: name, Typeflag: kind, Linkname: text})
			continue
		}
		w.WriteHeader(&tar.Header{Name: name, Typeflag: kind, Size: int64(len(text)), Mode: 0o777})
		w.Write([]byte(text))
	}
	w.Close()
	return b.Bytes()
}

func TestForeignPacksAreRefused(t *testing.T) {
	t.Parallel()
	f := created(t, two)
	p := f.Points[0]
	own := map[string]string{specFile: string(p.Spec.JSON())}
	with := func(name, text string) map[string]string {
		files := maps.Clone(own)
		files[name] = text
		return files
	}
	for what, pack := range map[string][]byte{
		"no tar":          []byte(strings.Repeat("x", 2000)),
		"nothing":         {},
		"another point":   tarOf(map[string]string{specFile: string(f.Points[1].Spec.JSON())}, tar.TypeReg),
		"a path":          tarOf(with("../../"+doneFile, "{}"), tar.TypeReg),
		"another file":    tarOf(with("lock", "x"), tar.TypeReg),
		"a link":          tarOf(map[string]string{specFile: "/etc/passwd"}, tar.TypeSymlink),
		"no model":        tarOf(with(modelFile, "x"), tar.TypeReg),
		"done of nothing": tarOf(with(doneFile, `{"batches": 12}`), tar.TypeReg),
		"a long record":   tarOf(with(failedFile, strings.Repeat(" ", maxRecord+1)), tar.TypeReg),
		"no record":       tarOf(with(failedFile, "x"), tar.TypeReg),
	} {
		if err := f.Unpack(p, pack); !errors.As(err, new(PackError)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if made, _ := filepath.Glob(filepath.Join(f.Dir, "points", "*")); len(made) > 0 {
		t.Errorf("what was refused left %v", made)
	}
}

func FuzzUnpack(f *testing.F) {
	s, err := Parse([]byte(two))
	if err != nil {
		f.Fatal(err)
	}
	folder, err := Create(f.TempDir(), s, nil)
	if err != nil {
		f.Fatal(err)
	}
	p := folder.Points[0]
	f.Add(tarOf(map[string]string{specFile: string(p.Spec.JSON()), failedFile: `{"error": "x"}`}, tar.TypeReg))
	f.Add(tarOf(map[string]string{"../x": "y"}, tar.TypeReg))
	f.Fuzz(func(t *testing.T, pack []byte) {
		folder.Unpack(p, pack)
		entries, err := os.ReadDir(folder.Dir)
		if err != nil || len(entries) > 4 { // lock, points, points.txt, sweep.json
			t.Errorf("%v: %v", entries, err)
		}
	})
}
