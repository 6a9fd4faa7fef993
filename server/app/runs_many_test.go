package app

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"unmixlab/server/lab"
)

// Runs are named, found, tagged, deleted and brought back by the API.
func TestManyRuns(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	first := l.await(l.start(strings.Replace(tiny(2), `"hidden"`, `"seed":5,"tau":100,"hidden"`, 1)).ID)
	second := l.await(l.start(tiny(3)).ID)
	var run lab.RunInfo
	l.ask("PATCH", "/api/runs/"+first.ID, `{"name":"Slow one","tags":["Class","a"]}`, 200, &run)
	l.ask("PATCH", "/api/runs/"+first.ID, `{"note":"seen"}`, 200, &run)
	if run.Name != "Slow one" || run.Note != "seen" || !slices.Equal(run.Tags, []string{"class", "a"}) || run.Preset == "" || !slices.Contains(run.Differs, "hidden") {
		t.Errorf("labelled it is %+v", run)
	}
	l.refused("PATCH", "/api/runs/"+first.ID, `{"tags":["two words"]}`, 422, "body.tags")
	l.ask("POST", "/api/runs/tag", fmt.Sprintf(`{"ids":[%q,%q],"tag":"both"}`, first.ID, second.ID), 204, nil)

	found := func(query string) (out listBody) {
		l.ask("GET", "/api/runs/rows?"+query, "", 200, &out)
		return out
	}
	if got := found("q=" + url.QueryEscape("tau=100 tag=both seed=5")); got.Found != 1 || got.Runs[0].Label != "Slow one" || !strings.Contains(got.Runs[0].Line, "seed 5") {
		t.Errorf("found are %+v", got)
	}
	if got := found("sort=seed&offset=1&limit=1"); got.Found != 2 || len(got.Runs) != 1 || got.Runs[0].ID != first.ID {
		t.Errorf("the second by seed is %+v", got)
	}
	if got := found("offset=9"); got.Found != 2 || len(got.Runs) != 0 {
		t.Errorf("past the end are %+v", got)
	}
	l.refused("GET", "/api/runs?q=taux%3D1", "", 422, "query.q")
	l.refused("GET", "/api/runs/rows?sort=x", "", 422, "query.sort")

	both := fmt.Sprintf(`{"ids":[%q,%q]}`, first.ID, second.ID)
	l.refused("POST", "/api/runs/delete", `{"ids":["none"]}`, 404, "body.ids")
	l.ask("POST", "/api/runs/delete", both, 204, nil)
	l.refused("GET", "/api/runs/"+first.ID, "", 404, "path.id")
	if got := found("q=state%3Ddeleted"); got.Found != 2 || found("").Found != 0 {
		t.Errorf("deleted are %+v", got)
	}
	l.ask("POST", "/api/runs/restore", both, 204, nil)
	l.refused("POST", "/api/runs/purge", both, 409, "body.ids")
	if found("").Found != 2 {
		t.Error("what was restored is not there")
	}
}

// The page of runs does all of it without a script.
func TestRunsPageWithoutScripts(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	run := l.await(l.start(tiny(2)).ID)
	other := l.await(l.start(tiny(2)).ID)
	page := func(address string, status int) string {
		t.Helper()
		got, _, b := l.request("GET", address, "", "Accept", "text/html")
		if got != status {
			t.Fatalf("%s gave %d: %s", address, got, b)
		}
		return string(b)
	}
	post := func(form url.Values) string { // and on to where it leads
		t.Helper()
		_, _, b := l.request("POST", "/runs", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
		return string(b)
	}
	post(url.Values{"id": {run.ID}, "action": {"tag"}, "tag": {"mine, class"}})
	if b := page("/runs?q=tag%3Dmine", 200); !strings.Contains(b, run.ID) || strings.Contains(b, other.ID) || !strings.Contains(b, "class") {
		t.Errorf("the page of the tagged ones is %s", b)
	}
	if b := page("/runs?q=taux%3D3", 200); !strings.Contains(b, "nothing is called") {
		t.Errorf("a search for nothing says %s", b)
	}
	if b := post(url.Values{"id": {run.ID, other.ID}, "action": {"compare"}}); !strings.Contains(b, "<h1>Compare runs</h1>") || !strings.Contains(b, `data-run="`+other.ID) {
		t.Errorf("compare leads to %s", b)
	}
	if b := post(url.Values{"id": {run.ID}, "action": {"delete"}}); !strings.Contains(b, "can be restored") || strings.Contains(b, `href="./runs/`+run.ID) {
		t.Errorf("after a deletion the page is %s", b)
	}
	post(url.Values{"id": {run.ID}, "action": {"restore"}})
	if b := page("/runs", 200); !strings.Contains(b, "runs/"+run.ID) {
		t.Error("what was restored is not listed")
	}
	if b := post(url.Values{"id": {"none"}, "action": {"delete"}}); !strings.Contains(b, "there is no run none") {
		t.Errorf("deleting nothing says %s", b)
	}
}
