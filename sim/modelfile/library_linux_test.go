package modelfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// asAnybody runs a test in a folder of its own by somebody whom the system asks for
// permission, as it does not ask root.
func asAnybody(t *testing.T, f func(dir string)) {
	t.Helper()
	const nobody = 65534
	dir := t.TempDir()
	if os.Geteuid() != 0 {
		f(dir)
		return
	}
	for d := dir; d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with its user
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Error(err)
			return
		}
		f(dir)
	}()
	<-done
}

// A folder that cannot be opened for syncing, as on Windows, still has the model once.
func TestFoldersThatCannotBeSyncedKeepModels(t *testing.T) {
	asAnybody(t, func(dir string) {
		models := filepath.Join(dir, "models")
		if err := os.Mkdir(models, 0o300); err != nil { // may be written, not read
			t.Error(err)
			return
		}
		defer os.Chmod(models, 0o700)
		if _, err := os.Open(models); err == nil {
			t.Error("the folder can be opened: the test shows nothing")
		}
		l := library(t, models)
		id, err := l.Save("mine", &modelfile.File{Network: network(t, spec.Direct)})
		if err != nil || id != "mine" {
			t.Errorf("id %q, error %v", id, err)
		}
		if _, err := l.Get(id); err != nil {
			t.Errorf("the kept model gives %v", err)
		}
		os.Chmod(models, 0o700)
		if files, err := os.ReadDir(models); err != nil || len(files) != 1 {
			t.Errorf("the folder holds %v (%v)", files, err)
		}
	})
}

// Without a folder to write in, shipped models can be read, and saving says why not.
func TestShippedModelsNeedNoFolder(t *testing.T) {
	asAnybody(t, func(dir string) {
		locked := filepath.Join(dir, "home")
		if err := os.Mkdir(locked, 0o500); err != nil {
			t.Error(err)
			return
		}
		file := filepath.Join(dir, "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Error(err)
		}
		for home, want := range map[string]string{
			filepath.Join(locked, "share", "models"): "no permission",
			locked:                                   "no permission",
			filepath.Join(file, "models"):            "is a file",
			file:                                     "is a file",
		} {
			l := library(t, home)
			if got := ids(l); len(got) != 5 {
				t.Errorf("%s: models %v", home, got)
			}
			if f, err := l.Get("spatial-sines"); err != nil || f.Network == nil {
				t.Errorf("%s: a shipped model gives %v", home, err)
			}
			_, err := l.Save("mine", &modelfile.File{Network: network(t, spec.Direct)})
			if !errors.Is(err, modelfile.ErrNotKept) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), home) {
				t.Errorf("%s: saving gives %v, want %q", home, err, want)
			}
			if want == "no permission" && !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s: the system's own error is lost: %v", home, err)
			}
		}
		if entries, err := os.ReadDir(locked); err != nil || len(entries) > 0 {
			t.Errorf("the locked folder holds %v (%v)", entries, err)
		}
	})
}
