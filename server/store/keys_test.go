package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Keys outlive the lab that made them, for their owner's eyes alone.
func TestKeysAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, keysFile)
	var made [2]Keys
	for i := range made {
		s, err := Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if made[i], err = s.Keys(); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("the keys' file: %v, %v", info.Mode(), err)
		}
		os.Chmod(path, 0o644) // as an editor may leave it
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	k := made[0]
	if k != made[1] || len(k.Lead) < 22 || k.Lead == k.Work || k.Work == k.View || k.Lead == k.View {
		t.Errorf("the keys are %v, then %v", made[0], made[1])
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if anew, err := s.Keys(); err != nil || anew == k {
		t.Errorf("without their file they are %v, %v", anew, err)
	}
	left, err := fs.Glob(os.DirFS(dir), strings.TrimSuffix(temporary, "*")+"*")
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// A file of keys that is none is named, with what to do, and stays as it is.
func TestKeysThatAreNone(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	long := strings.Repeat("a", 22)
	for _, wrong := range []string{"", "{", "[]", "null", "{}", `{"lead":"` + long + `"}`, `{"lead":"a","work":"b","view":"c"}`,
		`{"lead":"` + long + `","work":"` + long + `","view":"` + long + `b"}`,
		`{"lead":"` + long + `","work":"` + long + `c","view":"` + long + ` b"}`,
		`{"lead":1,"work":2,"view":3}`} {
		if err := os.WriteFile(s.path(keysFile), []byte(wrong), 0o600); err != nil {
			t.Fatal(err)
		}
		if k, err := s.Keys(); err == nil || k != (Keys{}) || !strings.Contains(err.Error(), "delete the file") || !strings.Contains(err.Error(), keysFile) {
			t.Errorf("%s gave %v, %v", wrong, k, err)
		}
		if b, err := os.ReadFile(s.path(keysFile)); err != nil || string(b) != wrong {
			t.Errorf("%s became %s, %v", wrong, b, err)
		}
	}
}

func FuzzKeys(f *testing.F) {
	f.Add([]byte(`{"lead":"aaaaaaaaaaaaaaaaaaaaaa","work":"bbbbbbbbbbbbbbbbbbbbbb","view":"cccccccccccccccccccccc"}`))
	f.Add([]byte(`{"lead":"a"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := readKeys(b)
		if (err == nil) != (k != Keys{}) {
			t.Errorf("%q gave %v, %v", b, k, err)
		}
	})
}
