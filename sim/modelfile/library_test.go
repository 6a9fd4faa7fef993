package modelfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	trainedmodels "unmixlab/trained_models"
)

func library(t *testing.T, dir string) *modelfile.Library {
	t.Helper()
	shipped := fstest.MapFS{"README.md": {Data: []byte("text")}}
	for _, id := range []string{"spatial-sines", "another", "modulation-chords", "dale-chords"} {
		f := &modelfile.File{Network: network(t, spec.Modulation), Provenance: modelfile.Provenance{Title: id}}
		shipped[id+".safetensors"] = &fstest.MapFile{Data: written(t, f)}
	}
	l, err := modelfile.OpenLibrary(shipped, dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func ids(l *modelfile.Library) []string {
	var all []string
	for _, e := range l.List() {
		all = append(all, e.ID)
	}
	return all
}

func TestShippedModelsComeFirst(t *testing.T) {
	l := library(t, t.TempDir())
	if _, err := l.Save("A name of mine", &modelfile.File{Network: network(t, spec.Spatial)}); err != nil {
		t.Fatal(err)
	}
	want := []string{"modulation-chords", "spatial-sines", "dale-chords", "ideal-spatial", "another", "a-name-of-mine"}
	if got := ids(l); !slices.Equal(got, want) {
		t.Fatalf("models %v, want %v", got, want)
	}
	for i, e := range l.List() {
		if e.Err != nil || e.File == nil || e.Shipped != (i < 5) || (e.Size > 0) != (e.ID != "ideal-spatial") {
			t.Errorf("entry %+v", e)
		}
	}
}

func TestSavedModelsComeBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when absent")
	l := library(t, dir)
	n := network(t, spec.Dale)
	id, err := l.Save("  Größe τ=3: a/b ", &modelfile.File{Network: n, Provenance: modelfile.Provenance{Batches: 7}})
	if err != nil || id != "gr-e-tau-3-a-b" {
		t.Fatalf("id %q, error %v", id, err)
	}
	f, err := library(t, dir).Get(id)
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, f.Network, n)
	if f.Provenance.Title != "Größe τ=3: a/b" || f.Provenance.Batches != 7 || f.Provenance.Created.IsZero() {
		t.Errorf("provenance %+v", f.Provenance)
	}
	if again, _ := l.Get(id); again == nil {
		t.Error("the saving library does not see the model")
	} else if same, _ := l.Get(id); same != again {
		t.Error("an unchanged file is read twice")
	}
	files, _ := os.ReadDir(dir)
	if len(files) != 1 || files[0].Name() != id+".safetensors" {
		t.Errorf("the folder holds %v", files)
	}
}

func TestIDsAreUnique(t *testing.T) {
	l := library(t, t.TempDir())
	for title, want := range map[string]string{"another": "another-2", "Ideal spatial": "ideal-spatial-2", "τ": "tau", "???": "model"} {
		if id, err := l.Save(title, &modelfile.File{Network: network(t, spec.Direct)}); err != nil || id != want {
			t.Errorf("%q is saved as %q, want %q (%v)", title, id, want, err)
		}
	}
	var wait sync.WaitGroup
	f := &modelfile.File{Network: network(t, spec.Direct)}
	for range 8 {
		wait.Go(func() {
			if _, err := l.Save("", f); err != nil {
				t.Error(err)
			}
			l.List()
		})
	}
	wait.Wait()
	if got := ids(l); len(got) != 5+4+8 || !slices.Contains(got, "direct-chords-6-cells-8") {
		t.Errorf("models %v", got)
	}
}

func TestBrokenFilesAreListed(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"broken.safetensors": "nothing of the kind", "bad name.safetensors": "x", ".hidden.safetensors": "x", "notes.txt": "x",
		"another.safetensors": "behind a shipped one",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	os.Mkdir(filepath.Join(dir, "folder.safetensors"), 0o755)
	os.Symlink(dir, filepath.Join(dir, "loop.safetensors"))
	l := library(t, dir)
	problems := map[string]string{"broken": "safetensors", "bad name": "rename", "loop": "not a file"}
	for _, e := range l.List()[5:] {
		want, ok := problems[e.ID]
		if !ok || e.Err == nil || !strings.Contains(e.Err.Error(), want) || e.File != nil || e.Shipped {
			t.Errorf("entry %+v", e)
		}
		delete(problems, e.ID)
	}
	if len(problems) > 0 {
		t.Errorf("not listed: %v", problems)
	}
	if _, err := l.Get("broken"); err == nil || errors.Is(err, modelfile.ErrNotFound) {
		t.Errorf("a broken file gives %v", err)
	}
	if f, err := l.Get("another"); err != nil || f.Provenance.Title != "another" {
		t.Errorf("a file of the user's hides a shipped model: %v", err)
	}
	// a repaired file is seen
	good := written(t, &modelfile.File{Network: network(t, spec.Spatial)})
	if err := os.WriteFile(filepath.Join(dir, "broken.safetensors"), good, 0o644); err != nil {
		t.Fatal(err)
	}
	if f, err := l.Get("broken"); err != nil || f.Network.Spec.Model != spec.Spatial {
		t.Errorf("the repaired file gives %v", err)
	}
	// and so is one of the same size
	other := network(t, spec.Spatial)
	other.Params.Flat[0] = 42
	path := filepath.Join(dir, "broken.safetensors")
	if err := os.WriteFile(path, written(t, &modelfile.File{Network: other}), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if f, err := l.Get("broken"); err != nil || f.Network.Params.Flat[0] != 42 {
		t.Errorf("the changed file gives the one before, or %v", err)
	}
	if _, err := l.Get(".hidden"); !errors.Is(err, modelfile.ErrNotFound) {
		t.Errorf("a hidden file gives %v", err)
	}
}

func TestDelete(t *testing.T) {
	l := library(t, t.TempDir())
	id, err := l.Save("mine", &modelfile.File{Network: network(t, spec.Direct)})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]error{"another": modelfile.ErrShipped, "ideal-spatial": modelfile.ErrShipped, "nobody": modelfile.ErrNotFound, id: nil} {
		if err := l.Delete(id); !errors.Is(err, want) {
			t.Errorf("deleting %s: %v, want %v", id, err, want)
		}
	}
	if _, err := l.Get(id); !errors.Is(err, modelfile.ErrNotFound) {
		t.Errorf("a deleted model gives %v", err)
	}
}

func TestIDsStayInTheirFolder(t *testing.T) {
	root := t.TempDir()
	good := written(t, &modelfile.File{Network: network(t, spec.Direct)})
	if err := os.WriteFile(filepath.Join(root, "secret.safetensors"), good, 0o644); err != nil {
		t.Fatal(err)
	}
	l := library(t, filepath.Join(root, "models"))
	outside := []string{"../secret", "..%2fsecret", "..", "", "/etc/passwd", "a/../../secret", "a\x00b", `..\secret`, ".hidden", strings.Repeat("a", 200)}
	for _, id := range outside {
		if _, err := l.Get(id); !errors.Is(err, modelfile.ErrNotFound) {
			t.Errorf("%q gives %v", id, err)
		}
		if err := l.Delete(id); !errors.Is(err, modelfile.ErrNotFound) {
			t.Errorf("deleting %q gives %v", id, err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "secret.safetensors")); err != nil {
		t.Error(err)
	}
}

func TestLibraryWithoutAFolder(t *testing.T) {
	l, err := modelfile.OpenLibrary(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(l); !slices.Equal(got, []string{"ideal-spatial"}) {
		t.Errorf("models %v", got)
	}
	if _, err := l.Save("x", &modelfile.File{Network: network(t, spec.Direct)}); err == nil {
		t.Error("a model is saved nowhere")
	}
}

func TestFailedSavesLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	l := library(t, dir)
	n := network(t, spec.Modulation)
	n.Params.Flat[0] = float32(inf())
	if _, err := l.Save("bad", &modelfile.File{Network: n}); err == nil {
		t.Error("infinite weights are saved")
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("the folder holds %v", files)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Save("gone", &modelfile.File{Network: network(t, spec.Modulation)}); err != nil {
		t.Errorf("saving into a folder that is gone, which is made again, gives %v", err)
	}
}

func TestOpeningALibraryMakesNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "share", "models")
	l := library(t, dir)
	l.List()
	if _, err := os.Stat(filepath.Dir(dir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading made the folder (%v)", err)
	}
}

func TestSavingSaysInWordsWhyNot(t *testing.T) {
	for want, cause := range map[string]error{
		"on a disk that is full":          syscall.ENOSPC,
		"on a disk that can only be read": syscall.EROFS,
		"no permission":                   syscall.EACCES,
		"by whom the lab runs as":         syscall.EPERM,
		"is a file, or in one":            syscall.ENOTDIR,
		"cannot be written":               errors.New("input/output error"),
	} {
		err := modelfile.NotKept("/home/models", &fs.PathError{Op: "open", Path: "/home/models/x", Err: cause})
		if !errors.Is(err, modelfile.ErrNotKept) || !errors.Is(err, cause) ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%v is %q, want %q", cause, err, want)
		}
	}
}

// Titles of any length are kept in a line that a page can show.
func TestTitlesAreCut(t *testing.T) {
	n := network(t, spec.Direct)
	for title, want := range map[string]string{
		strings.Repeat("A", 5000):           strings.Repeat("A", 199) + "…",
		strings.Repeat("é ", 5000):          strings.TrimSpace(strings.Repeat("é ", 99)) + " é…",
		strings.Repeat("A", 200):            strings.Repeat("A", 200),
		"two\nlines\tand\x00 a \x1b[1mcode": "two lines and a [1mcode",
		"not \xff UTF-8":                    "not \uFFFD UTF-8",
	} {
		f, err := modelfile.Read(written(t, &modelfile.File{Network: n, Provenance: modelfile.Provenance{Title: title, Kernel: title, Origin: title}}))
		if err != nil {
			t.Fatal(err)
		}
		if p := f.Provenance; p.Title != want || p.Kernel != want || p.Origin != want {
			t.Errorf("%.20q is read as %q, want %q", title, p.Title, want)
		}
		l := library(t, t.TempDir())
		id, err := l.Save(title, &modelfile.File{Network: n})
		if err != nil {
			t.Fatal(err)
		}
		if f, err := l.Get(id); err != nil || f.Provenance.Title != want {
			t.Errorf("%.20q is saved as %q (%v)", title, f.Provenance.Title, err)
		}
	}
}

func inf() float64 { x := 0.0; return 1 / x }

// The models that come with the lab can all be read, and the ideal one unmixes.
func TestShippedModels(t *testing.T) {
	l, err := modelfile.OpenLibrary(trainedmodels.FS, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range l.List() {
		if e.Err != nil {
			t.Errorf("%s: %v", e.ID, e.Err)
		} else if e.File.Provenance.Title == "" || e.File.Provenance.Origin == "" {
			t.Errorf("%s: provenance %+v", e.ID, e.File.Provenance)
		}
	}
	f, err := l.Get("ideal-spatial")
	if err != nil {
		t.Fatal(err)
	}
	sp, p := f.Network.Spec, f.Network.Params
	if sp.Model != spec.Ideal || sp.Tau != 1 || sp.Feedback != 4 || sp.Width != 0.2 || f.Provenance.Origin != modelfile.ClosedForm {
		t.Errorf("ideal-spatial is %+v, %+v", sp, f.Provenance)
	}
	signals := model.IdealFeedback(p.Tensor("W_x").Data, p.Tensor("W_ro").Data, p.Tensor("K").Data, 2, []float64{2, -1, -1, 2})
	if len(signals) != 4 {
		t.Fatalf("%d feedback signals", len(signals))
	}
	for _, v := range signals {
		if v > 100 || v < -100 {
			t.Errorf("feedback signals %v are huge: another seed would do better", signals)
		}
	}
}
