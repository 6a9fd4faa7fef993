package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unmixlab/sim/spec"
)

// What is not there, and what cannot be read, is said in a page.
func TestPagesAnswer(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	for path, status := range map[string]int{
		"/": 200, "/runs": 200, "/runs/new": 200, "/runs/new?preset=fig6": 200, "/runs/new?from=ideal-spatial": 200,
		"/models/ideal-spatial": 200, "/models/ideal-spatial/live": 200, "/models/ideal-spatial/figures/fig1": 200,
		"/runs/compare": 200, "/lessons/mixtures": 200, "/lessons/mixtures?seed=soon": 422, "/lessons/none": 404,
		"/runs/new?preset=none": 404, "/models/none": 404, "/runs/none": 404, "/models/ideal-spatial/figures/none": 404, "/nowhere": 404,
	} {
		got, head, body := l.request("GET", path, "", "Accept", "text/html")
		if got != status || !strings.HasPrefix(head.Get("Content-Type"), "text/html") || !strings.Contains(string(body), "</html>") {
			t.Errorf("%s gave %d and %s, want %d as a page", path, got, head.Get("Content-Type"), status)
		}
	}
}

// wrongs are the errors that a page shows.
func wrongs(page string) []string {
	return regexp.MustCompile(`(?s)(class="error"|role="alert"|<h1)[^>]*>[^<]+`).FindAllString(page, -1)
}

func TestFormsWorkWithoutScripts(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	post := func(path, form string, status int) string {
		t.Helper()
		got, _, body := l.request("POST", path, form, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
		if got != status {
			t.Fatalf("POST %s %s gave %d, want %d: %s", path, form, got, status, wrongs(string(body)))
		}
		return string(body)
	}
	page := post("/runs/new", "model=modulation&tau=soon&hidden=77&action=start", 422)
	for _, part := range []string{`value="soon"`, `value="77"`, "must be a number", `aria-invalid="true"`} {
		if !strings.Contains(page, part) {
			t.Errorf("the refused form lacks %s", part)
		}
	}
	page = post("/runs/new", "model=modulation&hidden=77&action=check", 200)
	if !strings.Contains(page, `value="77"`) || !strings.Contains(page, "10,000 batches") {
		t.Error("the checked form lacks its value or its estimate")
	}
	page = post("/runs/new", "model=modulation&mixing=constant&threshold=0.9&action=start", 422)
	if !strings.Contains(page, `id="error-threshold"`) || strings.Contains(page, `id="error-threshold"></p>`) {
		t.Error("a threshold out of reach is not named")
	}
	page = post("/runs/new", "model=modulation&hidden=4&steps=20&batch=16&batches=100000&action=start", 200)
	if !strings.Contains(page, `data-page="run"`) {
		t.Fatal("a started run is not shown")
	}
	runs, err := l.lab.Runs(t.Context())
	if err != nil || len(runs) != 1 {
		t.Fatalf("there are %d runs, %v", len(runs), err)
	}
	run := "/runs/" + runs[0].ID
	l.awaitBatches(runs[0].ID)
	if page = post(run, "action=pause", 200); !strings.Contains(page, `data-state="paused"`) {
		t.Error("a paused run is not shown as paused")
	}
	if page = post(run, "action=dance", 422); !strings.Contains(page, "nothing that can be done") {
		t.Error("an unknown action is not refused in words")
	}
	if page = post(run, "action=save&title=By+form", 200); !strings.Contains(page, `<h1>By form</h1>`) {
		t.Error("a saved model is not shown")
	}
	if page = post("/models/by-form", "action=delete", 200); strings.Contains(page, "By form") {
		t.Error("a deleted model is still on the first page")
	}
	if page = post("/models/ideal-spatial", "action=delete", 409); !strings.Contains(page, "comes with the lab") {
		t.Error("a shipped model's deletion is not refused in words")
	}
}

// What the page's script asks about what was typed: a comma that may stand before
// decimals is refused, and what is read comes back as settings.
func TestTheFormIsReadInOnePlace(t *testing.T) {
	l := boot(t, Config{})
	check := func(form string) (answer struct {
		Errors spec.Errors
		Spec   *spec.Spec
	}) {
		t.Helper()
		status, _, b := l.request("POST", "/runs/new/check", form, "Content-Type", "application/x-www-form-urlencoded")
		if err := json.Unmarshal(b, &answer); status != 200 || err != nil {
			t.Fatalf("%s gave %d %s", form, status, b)
		}
		return answer
	}
	a := check("model=modulation&dim=2&sources=chords&frequencies=100,5%3B+200,25&lr=0,001&batches=1,5&seed=9007199254740993&tau=1&tau=2")
	if a.Spec != nil || len(a.Errors) != 5 {
		t.Errorf("five wrong fields gave %v and %+v", a.Errors, a.Spec)
	}
	a = check("model=modulation&frequencies=100.5%3B+125%3B+200.25%3B+300&lr=1e-2&batches=1,000&seed=9007199254740991")
	if len(a.Errors) > 0 || a.Spec == nil || a.Spec.Frequencies[2] != 200.25 || a.Spec.Batches != 1000 || a.Spec.Seed != spec.MaxSeed {
		t.Errorf("what was typed is read as %+v, %v", a.Spec, a.Errors)
	}
	l.refused("POST", "/api/runs", `{"model":"modulation","seed":9007199254740993}`, 422, "body.seed")
	l.refused("GET", "/api/models/ideal-spatial/figures/fig3?seed=9007199254740993", "", 422, "query.seed")
	l.refused("GET", "/api/models/ideal-spatial/figures/fig3?noise=0,001", "", 422, "query.noise")
	l.refused("GET", "/api/models/ideal-spatial/figures/fig3?seed=1&seed=2", "", 422, "query.seed")
}

func TestRunsAreComparedByWhatDiffers(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	var query []string
	for _, tau := range []int{1, 30} {
		r := l.start(strings.Replace(tiny(3), `"hidden"`, `"tau":`+strconv.Itoa(tau)+`,"hidden"`, 1))
		finished(t, l.await(r.ID))
		query = append(query, "id="+r.ID)
	}
	compare := func(query ...string) string {
		t.Helper()
		status, _, page := l.request("GET", "/runs/compare?"+strings.Join(query, "&"), "", "Accept", "text/html")
		if status != 200 {
			t.Fatalf("comparing %v gave %d", query, status)
		}
		return string(page)
	}
	page := compare(query...)
	for _, part := range []string{">τ 30, seed 1</a>", ">τ 1, seed 1</a>", "mean of 3", "are the same in all of them", `<td>30</td>`} {
		if !strings.Contains(page, part) {
			t.Errorf("the comparison lacks %q", part)
		}
	}
	_, _, b := l.request("GET", "/api/runs/compare.csv?"+strings.Join(query, "&"), "")
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) != 3 || rows[0][10] != "tau" || rows[1][10] != "30" || rows[2][10] != "1" || rows[1][1] != "τ 30, seed 1" || rows[1][7] == "" {
		t.Errorf("the table is %v, %v", rows, err)
	}
	if page := compare(append(query, "id=nobody00")...); !strings.Contains(page, "Not here any longer: 1 of the runs") {
		t.Error("a run that is not there is passed over in silence")
	}
	if page := compare(query[0]); !strings.Contains(page, "Choose another run") {
		t.Error("one run is compared with itself")
	}
}
