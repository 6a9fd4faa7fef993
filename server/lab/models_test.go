package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A lab keeps so many models, and says so instead of taking one more.
func TestTooManyModels(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(ModelFolder(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range maxModels {
		if err := os.WriteFile(filepath.Join(ModelFolder(dir), fmt.Sprintf("m%d.safetensors", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := Open(t.Context(), Config{Data: dir}, &witness{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	weights, err := os.ReadFile("../../trained_models/modulation-chords.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.AddModel(t.Context(), "one.safetensors", weights); Refusal(err) == nil || Refusal(err).Kind != Conflict {
		t.Errorf("one more gave %v", err)
	}
	if err := l.DeleteModel("m0"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.AddModel(t.Context(), "one.safetensors", weights); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
