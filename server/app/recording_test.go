package app

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"testing"

	"unmixlab/sim/npy"
)

func arrayIn(t *testing.T, b []byte, name string) npy.Array {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name + ".npy")
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	a, err := npy.Read(bytes.NewReader(all), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A protocol with the contexts of a test run gives what the test run gives.
func TestRecordings(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	const path = "/api/models/ideal-spatial/recording"
	_, h, b := l.request("GET", path+"?contexts=2&samples=100&noise=0&freeze=50", "")
	y := arrayIn(t, b, "y")
	if !slices.Equal(y.Shape, []int{200, 2}) || h.Get("Content-Disposition") != `attachment; filename="ideal-spatial-recording.npz"` {
		t.Fatalf("y has shape %v, headers %v", y.Shape, h)
	}
	a := arrayIn(t, b, "contexts").Values
	body, err := json.Marshal(map[string]any{"noise": 0, "samples": 100, "freeze": 50, "signals": []string{"y"},
		"contexts": [][][]float64{{a[0:2], a[2:4]}, {a[4:6], a[6:8]}}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, again := l.request("POST", path, string(body))
	if got := arrayIn(t, again, "y"); !slices.Equal(got.Values, y.Values) {
		t.Error("the same contexts, posted, give other outputs")
	}
	l.refused("GET", path+"?samples=9", "", 422, "query.samples")
	l.refused("GET", path+"?bogus=1", "", 422, "query.bogus")
	l.refused("POST", path, `{"contexts":[[[1,2,3]]]}`, 422, "body.contexts[0]")
	l.refused("POST", path, `{"phases":[{"context":[[1,0],[0,1]],"samples":400001}]}`, 422, "body.phases[0].samples")
	l.refused("POST", path, `{"bogus":1}`, 422, "body")
	l.refused("GET", "/api/models/nothing/recording", "", 404, "path.id")
}
