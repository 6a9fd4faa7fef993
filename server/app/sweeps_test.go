package app

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/lab"
	"unmixlab/server/sweep"
)

// tinySweep is the form of a sweep that takes a moment.
func tinySweep(changes ...string) url.Values {
	v := url.Values{"name": {"tiny"}, "preset": {"quick"}, "base": {"hidden = 4\nsteps = 20\nwindow = 0\nbatch = 3\nbatches = 10"},
		"field": {"tau", "input", "", ""}, "values": {"log 1..100 x3", "xy, y", "", ""}, "seeds": {"2"}, "every": {"5"},
		"measure": {"late_error, clarity_y"}, "learned": {"late_error < 100"}}
	for i := 0; i < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return v
}

func (l *testLab) postForm(path string, values url.Values) (int, string) {
	l.t.Helper()
	status, _, b := l.request("POST", path, values.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
	return status, string(b)
}

// sweep has a lab do the tiny sweep.
func (l *testLab) sweep() {
	l.t.Helper()
	if status, b := l.postForm("/sweeps/new", tinySweep()); status != http.StatusOK || !strings.Contains(b, `data-page="sweep"`) {
		l.t.Fatalf("the form was answered with %d: %s", status, b)
	}
	if err := l.lab.WaitSweep(l.t.Context(), "tiny"); err != nil {
		l.t.Fatal(err)
	}
}

func TestASweepFromItsFormToItsResults(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	l.sweep()
	var s lab.SweepInfo
	l.ask("GET", "/api/sweeps/tiny?y=clarity_y&x=tau&by=input", "", http.StatusOK, &s)
	if s.State != job.Finished || s.Count.By[sweep.Done] != 12 || s.Count.Learned != 12 {
		t.Fatalf("the sweep is %+v", s)
	}
	status, _, page := l.request("GET", "/sweeps/tiny?y=clarity_y&x=tau&by=input&map=1", "", "Accept", "text/html")
	for _, want := range []string{"12 of 12 networks are measured", "Learned (late_error &lt; 100): 12 of 12 (4 of 4 at 1, 4 of 4 at 10, 4 of 4 at 100)", "heatmap", `value="clarity_y" selected`, "Keep as a model"} {
		if status != http.StatusOK || !strings.Contains(string(page), want) {
			t.Errorf("the page (%d) lacks %s", status, want)
		}
	}
	_, _, table := l.request("GET", "/api/sweeps/tiny/results.csv", "")
	rows, err := csv.NewReader(strings.NewReader(string(table))).ReadAll()
	if err != nil || len(rows) != 1+12*(10+2*2+3) {
		t.Errorf("%v, %d rows", err, len(rows))
	}
	if status, h, b := l.request("GET", "/api/sweeps/tiny/results.npz", ""); status != http.StatusOK || h.Get("Content-Type") != "application/zip" || len(b) < 1000 {
		t.Errorf("the NPZ is %d, %d bytes", status, len(b))
	}
	if _, _, list := l.request("GET", "/sweeps", "", "Accept", "text/html"); !strings.Contains(string(list), "12 of 12") {
		t.Error("the list does not say how far the sweep is")
	}
	status, kept := l.postForm("/sweeps/tiny", url.Values{"action": {"keep"}, "point": {rows[1][0]}})
	var models []lab.ModelInfo
	l.ask("GET", "/api/models", "", http.StatusOK, &models)
	if status != http.StatusOK || !strings.Contains(kept, `data-page="model"`) || len(models) != 2 || !strings.Contains(models[1].Title+models[0].Title, rows[1][0]) {
		t.Errorf("after %d there are %d models", status, len(models))
	}
}

func TestASweepIsPreviewedAndRefusedByName(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := boot(t, Config{Data: data})
	if status, page := l.postForm("/sweeps/new", tinySweep("action", "check")); status != http.StatusOK || !strings.Contains(page, "12 networks, about") {
		t.Errorf("the preview is %d: %s", status, page)
	}
	for _, wrong := range [][2]string{
		{"name", "../etc"}, {"name", "new"}, {"base", "hidden = 0"}, {"base", "nothing = 1"}, {"base", "hidden"}, {"seeds", "0"}, {"seeds", "x"}, {"values", "0..1"},
		{"values", "1..99999"}, {"measure", "nothing"}, {"learned", "what"}, {"every", "-1"}, {"field", "nothing"},
	} {
		status, page := l.postForm("/sweeps/new", tinySweep(wrong[0], wrong[1]))
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, "This sweep cannot be done") {
			t.Errorf("%v was answered with %d", wrong, status)
		}
	}
	l.refused("POST", "/api/sweeps", `{"name": "a", "grid": {"tau": [0], "foo": [1]}}`, http.StatusUnprocessableEntity, "grid.foo")
	l.refused("GET", "/api/sweeps/absent", "", http.StatusNotFound, "path.id")
	l.refused("POST", "/api/sweeps/absent/resume", "", http.StatusNotFound, "path.id")
	l.refused("POST", "/api/sweeps/absent/pause", "", http.StatusNotFound, "path.id")
	if left, _ := os.ReadDir(filepath.Join(data, "sweeps")); len(left) > 0 {
		t.Errorf("what was refused has left %v", left)
	}
}

// The form says what it asks for while one types.
func TestBrowserPreviewsASweep(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, boot(t, Config{}))
	b.open("/sweeps/new")
	b.text("#preview h2", "12 networks")
	b.set("#sweep-seeds", "2")
	b.text("#summary", "8 networks")
	b.set("#sweep-values-1", "0..1")
	b.text("#preview", "This sweep cannot be done")
	b.refused()
	b.lookAt("sweep-wrong", "a sweep that cannot be")
	b.set("#sweep-values-1", "1, 10")
	b.text("#preview h2", "4 networks")
	b.lookAt("sweep-preview", "the preview of a sweep")
	b.size(390, "dark")
	b.lookAt("sweep-preview-390", "the preview of a sweep")
	b.clean("previewing a sweep")
}

// A sweep that is deleted comes back whole within a day, and is gone for good after it.
func TestADeletedSweepComesBack(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := boot(t, Config{Data: data})
	l.sweep()
	_, _, before := l.request("GET", "/api/sweeps/tiny/results.csv", "")
	if status, page := l.postForm("/sweeps/tiny", url.Values{"action": {"delete"}}); status != http.StatusOK || !strings.Contains(page, "The sweep tiny is deleted") {
		t.Errorf("deleting was answered with %d: %s", status, page)
	}
	l.refused("GET", "/api/sweeps/tiny", "", http.StatusNotFound, "path.id")
	l.refused("DELETE", "/api/sweeps/tiny", "", http.StatusNotFound, "path.id")
	l.refused("POST", "/api/sweeps/..%2Fruns/restore", "", http.StatusUnprocessableEntity, "path.id")
	if status, page := l.postForm("/sweeps", url.Values{"restore": {"tiny"}}); status != http.StatusOK || !strings.Contains(page, `data-page="sweep"`) {
		t.Errorf("undoing it was answered with %d", status)
	}
	if _, _, after := l.request("GET", "/api/sweeps/tiny/results.csv", ""); string(after) != string(before) || len(before) == 0 {
		t.Error("its results are others")
	}
	l.ask("DELETE", "/api/sweeps/tiny", "", http.StatusNoContent, nil)
	l.sweep()
	l.refused("POST", "/api/sweeps/tiny/restore", "", http.StatusConflict, "path.id")
	old := time.Now().Add(-lab.Undo - time.Minute)
	if err := os.Chtimes(filepath.Join(data, "sweeps", ".deleted", "tiny"), old, old); err != nil {
		t.Fatal(err)
	}
	if status, page := l.postForm("/sweeps", url.Values{"restore": {"tiny"}}); status != http.StatusConflict || strings.Contains(page, "is deleted. For a day") {
		t.Errorf("a day later it was answered with %d", status)
	}
	l.ask("DELETE", "/api/sweeps/tiny", "", http.StatusNoContent, nil)
	l.ask("POST", "/api/sweeps/tiny/restore", "", http.StatusOK, nil)
	const long = `{"name": "long", "base": {"hidden": 4, "steps": 20, "batch": 3, "batches": 1000000}, "measure": ["late_error"]}`
	l.ask("POST", "/api/sweeps", long, http.StatusCreated, nil)
	l.refused("DELETE", "/api/sweeps/long", "", http.StatusConflict, "path.id")
}

// A sweep that is paused, and one whose lab ends, goes on where it was.
func TestASweepOutlastsItsLab(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := boot(t, Config{Data: dir})
	const long = `{"name": "long", "base": {"hidden": 4, "steps": 20, "batch": 3, "batches": 1000000}, "measure": ["late_error"]}`
	var s lab.SweepInfo
	l.ask("POST", "/api/sweeps", long, http.StatusCreated, &s)
	if s.State != job.Running {
		t.Errorf("begun, it is %s", s.State)
	}
	l.refused("POST", "/api/sweeps", long, http.StatusConflict, "name")
	l.ask("POST", "/api/sweeps/long/pause", "", http.StatusOK, &s)
	if s.State != job.Paused {
		t.Errorf("paused, it is %s", s.State)
	}
	l.refused("POST", "/api/sweeps/long/pause", "", http.StatusConflict, "path.id")
	l.ask("POST", "/api/sweeps/long/resume", "", http.StatusOK, &s)
	l.stop()

	l = boot(t, Config{Data: dir})
	l.ask("GET", "/api/sweeps/long", "", http.StatusOK, &s)
	if s.State != job.Interrupted {
		t.Errorf("after the lab's end it is %s", s.State)
	}
	if _, _, page := l.request("GET", "/sweeps/long", "", "Accept", "text/html"); !strings.Contains(string(page), "The lab ended while it was being done") {
		t.Error("the page does not say what has happened")
	}
	l.ask("POST", "/api/sweeps/long/resume", "", http.StatusOK, &s)
	if s.State != job.Running {
		t.Errorf("gone on with, it is %s", s.State)
	}
}
