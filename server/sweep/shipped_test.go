package sweep

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	trainedmodels "unmixlab/trained_models"
)

// Every figure of the table comes with the lab: its results are those of its definition,
// each view is one that they have, and each expectation is judged by networks that are there.
func TestShippedSweeps(t *testing.T) {
	t.Parallel()
	for _, p := range Papers {
		definition, err := fs.ReadFile(trainedmodels.FS, "sweeps/"+p.Name+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		b, err := fs.ReadFile(trainedmodels.FS, "sweeps/"+p.Name+".json")
		if err != nil {
			t.Fatal(err)
		}
		r, err := ReadResults(b)
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		defined, err := Parse(definition)
		if err != nil || !bytes.Equal(defined.JSON(), r.Sweep.JSON()) || r.Sweep.Name != p.Name {
			t.Errorf("%s: results of another sweep than its definition, %v", p.Name, err)
		}
		if n := CountOf(r.Points); n.By[Done] != n.Points || len(r.Sweep.Seeds) < 3 {
			t.Errorf("%s: of %d points %v, %d seeds", p.Name, n.Points, n.By, len(r.Sweep.Seeds))
		}
		for _, v := range p.Views {
			if r.Settle(v.View) != v.View {
				t.Errorf("%s has no view %v, it becomes %v", p.Name, v, r.Settle(v.View))
			}
		}
		for _, a := range p.Answers(r) {
			if strings.Contains(a.Found, "NaN") || a.Found == "" {
				t.Errorf("%s: %q is judged by nothing: %s", p.Name, a.Text, a.Found)
			}
		}
	}
	files, err := fs.Glob(trainedmodels.FS, "sweeps/*.json")
	if err != nil || len(files) != len(Papers) {
		t.Errorf("%v for %d rows of the table, %v", files, len(Papers), err)
	}
}
