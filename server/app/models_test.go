package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unmixlab/server/lab"
)

func TestAFileThatIsNoModelHidesNoOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(lab.ModelFolder(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lab.ModelFolder(dir), "Broken.v1.safetensors"), []byte("no"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := boot(t, Config{Data: dir})
	if _, _, b := l.request("GET", "/api/models", ""); !strings.Contains(string(b), `"ideal-spatial"`) || strings.Contains(string(b), "Broken") {
		t.Errorf("the models are %s", b)
	}
	l.refused("GET", "/api/models/Broken.v1", "", 422, "path.id")
	l.refused("GET", "/api/models/Broken.v1/weights.safetensors", "", 422, "path.id")
	l.ask("DELETE", "/api/models/Broken.v1", "", 204, nil)
	l.refused("GET", "/api/models/Broken.v1", "", 404, "path.id")
}
