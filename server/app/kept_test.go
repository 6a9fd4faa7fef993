package app

import (
	"os"
	"strings"
	"testing"

	"unmixlab/sim/modelfile"
)

// A model that cannot be kept gets the reason, not "something went wrong".
func TestAModelThatCannotBeKeptSaysWhy(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(ModelFolder(dir), nil, 0o600); err != nil { // a file where the folder would be
		t.Fatal(err)
	}
	l := boot(t, Config{Data: dir})
	ideal, err := modelfile.Ideal()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := modelfile.Write(&b, ideal); err != nil {
		t.Fatal(err)
	}
	f, err := modelfile.Read([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.models.Save("mine", f)
	if p := ProblemOf(err); p.Status != 507 || !strings.Contains(p.Detail, "is a file") {
		t.Errorf("answered %d %q", p.Status, p.Detail)
	}
}
