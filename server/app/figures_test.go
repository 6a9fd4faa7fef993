package app

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"unmixlab/server/lab"
	"unmixlab/web/figure"
)

// Every figure that applies to the ideal network is JSON, CSV and NPZ.
func TestFiguresAndTheirFiles(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	var model lab.ModelInfo
	l.ask("GET", "/api/models/ideal-spatial", "", 200, &model)
	if len(model.Figures) != len(figure.Figures) {
		t.Fatalf("%d figures of %d are listed", len(model.Figures), len(figure.Figures))
	}
	for _, f := range model.Figures {
		path := "/api/models/ideal-spatial/figures/" + f.ID
		if !f.Applies {
			if f.Why == "" {
				t.Errorf("%s does not apply and no reason is given", f.ID)
			}
			l.refused("GET", path, "", 422, "path.fig")
			continue
		}
		if f.ID != "fig1" {
			continue // one is enough here: web/figure tests them all
		}
		l.checkFigure(path, "?contexts=3&samples=200&seed=5")
	}
}

func (l *testLab) checkFigure(path, query string) {
	l.t.Helper()
	_, h, b := l.request("GET", path+query, "")
	var f struct {
		Figure, Model string
		Params        map[string]any
		Panels        []json.RawMessage
	}
	if err := json.Unmarshal(b, &f); err != nil || f.Figure != "fig1" || f.Params["seed"] != 5.0 || len(f.Panels) == 0 {
		l.t.Errorf("%s is %s, %v, %d panels", path, f.Figure, f.Params, len(f.Panels))
	}
	if h.Get("Content-Disposition") != "" {
		l.t.Error("a figure's JSON is offered as a file")
	}
	if _, _, again := l.request("GET", path+query, ""); !bytes.Equal(b, again) {
		l.t.Error("asked again it differs")
	}
	_, h, b = l.request("GET", path+".csv"+query, "")
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) < 100 || !strings.Contains(h.Get("Content-Disposition"), "ideal-spatial-fig1.csv") {
		l.t.Errorf("the CSV has %d rows, %v, %v", len(rows), err, h)
	}
	_, _, b = l.request("GET", path+".npz"+query, "")
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err != nil || len(z.File) == 0 {
		l.t.Errorf("the NPZ cannot be read: %v", err)
	}
}
