package app

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"unmixlab/server/lab"
)

// A run is downloaded as a zip from one lab and added to another, by the API and by a form.
func TestARunMovesToAnotherLab(t *testing.T) {
	t.Parallel()
	here, there := boot(t, Config{}), boot(t, Config{})
	run := here.await(here.start(tiny(4)).ID)
	status, h, zipped := here.request("GET", "/api/runs/"+run.ID+"/run.zip", "")
	if status != 200 || h.Get("Content-Type") != "application/zip" || !strings.Contains(h.Get("Content-Disposition"), run.ID) {
		t.Fatalf("the zip gave %d, %v", status, h)
	}
	z, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	for _, want := range []string{"run.json", "metrics.csv", "checkpoint.safetensors", "figures/fig1.json", "figures/fig1.csv"} {
		if !slices.Contains(names, want) {
			t.Errorf("the zip has %v, and lacks %s", names, want)
		}
	}
	if slices.Contains(names, "figures/fig6.json") {
		t.Error("the zip has a figure that is not for its model")
	}
	here.refused("GET", "/api/runs/nobody00/run.zip", "", 404, "path.id")
	body, kind := form(t, "file", "run.zip", zipped)
	if status, _, b := there.request("POST", "/api/runs/import", body, "Content-Type", kind); status != 201 || !strings.Contains(string(b), run.ID) {
		t.Errorf("added it gave %d, %s", status, b)
	}
	var got lab.RunInfo
	there.ask("GET", "/api/runs/"+run.ID, "", 200, &got)
	if got.Batch != 4 || got.Loss == nil || *got.Loss != *run.Loss {
		t.Errorf("elsewhere it is %+v", got)
	}
	body, kind = form(t, "file", "run.zip", zipped)
	if _, _, b := there.request("POST", "/runs/import", body, "Content-Type", kind, "Accept", "text/html"); !strings.Contains(string(b), "Has trained all its batches") {
		t.Errorf("the form leads to %s", b)
	}
	body, kind = form(t, "file", "bad.zip", zipped[:100])
	there.refused("POST", "/api/runs/import", body, 422, "body.file", "Content-Type", kind)
	body, kind = form(t, "file", "bad.zip", zipped[:100])
	if status, _, b := there.request("POST", "/runs/import", body, "Content-Type", kind, "Accept", "text/html"); status != 422 || !strings.Contains(string(b), "bad.zip: this is no run that can be read") {
		t.Errorf("a bad file gave %d, %s", status, b)
	}
}
