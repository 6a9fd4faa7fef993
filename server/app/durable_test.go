package app

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/lab"
)

// stopped is a run at rest that has trained, and the folder with its checkpoints.
func (l *testLab) stopped(data string) (r lab.RunInfo, checkpoints string) {
	l.t.Helper()
	r = l.start(tiny(1e6))
	l.awaitBatches(r.ID)
	l.ask("POST", "/api/runs/"+r.ID+"/stop", "", 200, &r)
	return r, filepath.Join(data, "checkpoints")
}

// What cannot be kept is told to whoever asks how the lab is, and on its pages, until
// there is room again.
func TestHealthTellsTheTruth(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := boot(t, Config{Data: data})
	asked := func() (int, map[string]string) {
		status, h, b := l.request("GET", "/healthz", "")
		var said map[string]string
		if err := json.Unmarshal(b, &said); err != nil || h.Get("Content-Type") != "application/json" {
			t.Fatalf("/healthz says %s, %v", b, err)
		}
		return status, said
	}
	if status, said := asked(); status != 200 || said["database"] != "ok" || said["disk"] != "ok" || said["trainer"] != "ok" {
		t.Errorf("well it is %d, %v", status, said)
	}
	checkpoints := filepath.Join(data, "checkpoints")
	if err := os.Rename(checkpoints, checkpoints+"-away"); err != nil {
		t.Fatal(err)
	}
	r := l.start(tiny(2))
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(20 * time.Millisecond) { // a look at the disk is as old as two seconds
		l.ask("GET", "/api/runs/"+r.ID, "", 200, &r)
		if _, said := asked(); r.State == job.Waiting && said["disk"] != "ok" {
			break
		}
	}
	status, said := asked()
	if status != http.StatusServiceUnavailable || said["disk"] == "ok" || said["database"] != "ok" ||
		!strings.Contains(said["trainer"], "cannot record") || said["detail"] == "" {
		t.Errorf("without a place for checkpoints it is %d, %v", status, said)
	}
	for _, page := range []string{"/", "/runs/" + r.ID} {
		if _, _, b := l.request("GET", page, ""); !strings.Contains(string(b), `id="health" role="status"><p>`) || !strings.Contains(string(b), "cannot record") {
			t.Errorf("%s does not say that the run cannot record", page)
		}
	}
	if err := os.Rename(checkpoints+"-away", checkpoints); err != nil {
		t.Fatal(err)
	}
	finished(t, l.await(r.ID))
}

func TestBeginningAgainIsAskedFor(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := boot(t, Config{Data: data, Yield: 90}).calm()
	r, checkpoints := l.stopped(data)
	if err := os.RemoveAll(checkpoints); err != nil {
		t.Fatal(err)
	}
	os.Mkdir(checkpoints, 0o700)
	l.refused("POST", "/api/runs/"+r.ID+"/resume", "", 409, "query.anew")
	status, _, b := l.request("POST", "/runs/"+r.ID, "action=resume", "Content-Type", "application/x-www-form-urlencoded")
	if page := string(b); status != 409 || !strings.Contains(page, `id="again">`) || !strings.Contains(page, "begin again") {
		t.Errorf("the page gives %d and does not ask", status)
	}
	if _, _, b := l.request("GET", "/runs/"+r.ID, ""); !strings.Contains(string(b), `id="again" hidden>`) {
		t.Error("the page offers to begin again without a reason")
	}
	l.ask("POST", "/api/runs/"+r.ID+"/resume?anew=true", "", 200, &r)
	l.awaitBatches(r.ID)
	l.ask("POST", "/api/runs/"+r.ID+"/stop", "", 200, &r)
	if _, _, b := l.request("GET", "/runs/"+r.ID, ""); !strings.Contains(string(b), "began again at its first batch") {
		t.Error("the page does not say that the run began again")
	}
}

func TestTheDashboardSaysWhatHappenedUntilItIsDismissed(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := boot(t, Config{Data: data})
	r, _ := l.stopped(data)
	l.stop()
	if err := os.WriteFile(filepath.Join(data, "unmixlab.db"), make([]byte, 20000), 0o600); err != nil {
		t.Fatal(err)
	}
	l = boot(t, Config{Data: data})
	var again lab.RunInfo
	l.ask("GET", "/api/runs/"+r.ID, "", 200, &again)
	if again.Batch != r.Batch || again.Spec.Hidden != 4 {
		t.Errorf("the run is %+v, it was %+v", again, r)
	}
	_, _, b := l.request("GET", "/", "")
	for _, word := range []string{"database was damaged", "found again from their checkpoints"} {
		if !strings.Contains(string(b), word) {
			t.Errorf("the dashboard does not say %q", word)
		}
	}
	for _, id := range []string{"1", "2", "2"} {
		if status, _, _ := l.request("POST", "/notices/"+id, ""); status != 200 { // having been sent on to the dashboard
			t.Errorf("dismissing notice %s gave %d", id, status)
		}
	}
	if _, _, b := l.request("GET", "/", ""); strings.Contains(string(b), "/notices/") {
		t.Error("what was dismissed is shown")
	}
	if status, _, _ := l.request("POST", "/notices/none", ""); status != 404 {
		t.Errorf("a notice that is none gave %d", status)
	}
}

// A run's page says at once that it cannot know how the run stands, and asks before the
// run begins again.
func TestBrowserTellsOfLosses(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := boot(t, Config{Data: data, Yield: 90})
	r, checkpoints := l.stopped(data)
	if err := os.RemoveAll(checkpoints); err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t, l.calm())
	b.open("/runs/" + r.ID)
	b.click(`#controls [value="resume"]`)
	b.text("#control-status", "begin again")
	b.refused()
	b.text("#health", "no such file")
	b.picture("begin-again")
	os.Mkdir(checkpoints, 0o700)
	b.click("#again")
	b.text("#run-notice", "began again")
	b.text("#state", "running")
	b.until("the curve begins again", painted("#chart-loss canvas"))
	b.until("the disk is well again", `document.getElementById("health").hidden`)
	l.stop()
	b.text("#state", "unknown")
	b.text("#state-text", "cannot be reached")
	b.picture("unknown")
}
