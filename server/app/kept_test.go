package app

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"unmixlab/server/lab"
	"unmixlab/sim/modelfile"
)

// A model that cannot be kept gets the reason, not "something went wrong".
func TestAModelThatCannotBeKeptSaysWhy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(lab.ModelFolder(dir), nil, 0o600); err != nil { // a file where the folder would be
		t.Fatal(err)
	}
	l := boot(t, Config{Data: dir})
	ideal, err := modelfile.Ideal()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := modelfile.Write(&b, ideal); err != nil {
		t.Fatal(err)
	}
	body, kind := form(t, "file", "mine.safetensors", b.Bytes())
	status, _, answer := l.request("POST", "/api/models", body, "Content-Type", kind)
	if status != 507 || !strings.Contains(string(answer), "is a file") {
		t.Errorf("answered %d %s", status, answer)
	}
}
