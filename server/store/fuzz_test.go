package store

import (
	"os"
	"path/filepath"
	"testing"
)

// Whatever a database's bytes are, rows that are found in it are such as the lab writes.
func FuzzSalvage(f *testing.F) {
	dir := f.TempDir()
	s, err := Open(f.Context(), dir)
	if err != nil {
		f.Fatal(err)
	}
	if err := s.Add(f.Context(), Run{ID: "r1", Spec: []byte(spread("r1")), State: "paused"}); err != nil {
		f.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, database+"-wal"))
	if err != nil {
		f.Fatal(err)
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, database))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, log)
	f.Add(whole, []byte(nil))
	f.Add(whole[:usualPage/2], log)
	f.Fuzz(func(t *testing.T, file, log []byte) {
		path := filepath.Join(t.TempDir(), database)
		os.WriteFile(path, file, 0o600)
		os.WriteFile(path+"-wal", log, 0o600)
		found, err := salvageFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range found.runs {
			if !runID.MatchString(r.ID) || r.State == "" {
				t.Errorf("a run is %+v", r)
			}
		}
		for id, metrics := range found.metrics {
			if !runID.MatchString(id) || metrics[0].Batch < 1 {
				t.Errorf("metrics of %q are %+v", id, metrics)
			}
		}
	})
}
