package app

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unmixlab/web/figure"
)

func TestBadRequestsNameTheFieldAndChangeNothing(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	run := l.start(tiny(2))
	finished(t, l.await(run.ID))
	before := l.everything()
	big := strings.Repeat(" ", maxSpec+1)
	for _, c := range []struct {
		method, path, body string
		status             int
		field              string
	}{
		{"GET", "/api/models/none", "", 404, "path.id"},
		{"GET", "/api/models/none/weights.safetensors", "", 404, "path.id"},
		{"GET", "/api/models/none/figures/fig1", "", 404, "path.id"},
		{"GET", "/api/models/ideal-spatial/figures/fig99", "", 404, "path.fig"},
		{"GET", "/api/models/ideal-spatial/figures/fig1.exe", "", 404, "path.fig"},
		{"GET", "/api/models/ideal-spatial/figures/fig1?seed=-1", "", 422, "query.seed"},
		{"GET", "/api/models/ideal-spatial/figures/fig1?colour=red", "", 422, "query.colour"},
		{"GET", "/api/models/..%2F..%2Fetc", "", 422, "path.id"},
		{"DELETE", "/api/models/none", "", 404, "path.id"},
		{"DELETE", "/api/models/ideal-spatial", "", 409, "path.id"},
		{"GET", "/api/runs/none", "", 404, "path.id"},
		{"GET", "/api/runs/none/metrics", "", 404, "path.id"},
		{"GET", "/api/runs/none/metrics.csv", "", 404, "path.id"},
		{"GET", "/api/runs/none/events.tfevents", "", 404, "path.id"},
		{"GET", "/api/runs/none/checkpoint.safetensors", "", 404, "path.id"},
		{"GET", "/api/runs/none/stream", "", 404, "path.id"},
		{"POST", "/api/runs/none/pause", "", 404, "path.id"},
		{"POST", "/api/runs/none/resume", "", 404, "path.id"},
		{"POST", "/api/runs/none/stop", "", 404, "path.id"},
		{"POST", "/api/runs/none/save", "", 404, "path.id"},
		{"POST", "/api/runs/" + run.ID + "/pause", "", 409, "path.id"},
		{"POST", "/api/runs/" + run.ID + "/stop", "", 409, "path.id"},
		{"POST", "/api/runs/" + run.ID + "/resume", "", 409, "path.id"},
		{"POST", "/api/runs/" + run.ID + "/save?title=" + strings.Repeat("a", 81), "", 422, "query.title"},
		{"POST", "/api/runs/" + run.ID + "/save", `{"titel":"x"}`, 422, "body"},
		{"GET", "/api/runs/" + run.ID + "/metrics?points=1", "", 422, "query.points"},
		{"GET", "/api/runs/" + run.ID + "/metrics?points=many", "", 422, "query.points"},
		{"GET", "/api/runs/" + run.ID + "/metrics?point=3", "", 422, "query.point"},
		{"POST", "/api/runs", `{"model":"modulation","tau":-1}`, 422, "body.tau"},
		{"POST", "/api/runs", `{"model":"modulation","tau":"slow"}`, 422, "body.tau"},
		{"POST", "/api/runs", `{"model":"modulation","taus":1}`, 422, "body.taus"},
		{"POST", "/api/runs", `{"model":"brain"}`, 422, "body.model"},
		{"POST", "/api/runs", `{"model":"ideal"}`, 422, "body.model"},
		{"POST", "/api/runs", `{"model":"direct"} {}`, 422, "body"},
		{"POST", "/api/runs", `{"model":"modulation","sources":"wav","wav":["none","none2"]}`, 422, "body.wav"},
		{"POST", "/api/runs", `{"model":"modulation","dim":3,"mixing":"constant"}`, 422, "body.mixing"},
		{"POST", "/api/runs", `{"model":"modulation","batch":256,"steps":10000,"hidden":1024}`, 422, "body.steps"},
		{"POST", "/api/runs", strings.Repeat("[", 20000), 422, "body"},
		{"POST", "/api/runs", "not JSON", 422, "body"},
		{"POST", "/api/runs", "", 400, ""},
		{"POST", "/api/runs", big, 413, ""},
		{"POST", "/api/models", "not a form", 422, "body"},
		{"POST", "/api/sources", "not a form", 422, "body"},
		{"GET", "/api/live", "", 422, "query.model"},
		{"GET", "/api/live?model=none", "", 404, "path.id"},
		{"GET", "/api/nothing", "", 404, "path"},
		{"PUT", "/api/runs", "", 405, "method"},
	} {
		l.refused(c.method, c.path, c.body, c.status, c.field, "Content-Type", "application/json")
	}
	if after := l.everything(); after != before {
		t.Errorf("something was changed:\n%s\nbecame\n%s", before, after)
	}
}

// everything is what the lab has, as its API tells.
func (l *testLab) everything() string {
	all := ""
	for _, path := range []string{"/api/models", "/api/runs", "/api/sources"} {
		_, _, b := l.request("GET", path, "")
		all += string(b)
	}
	return all
}

func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	body := tiny(1)
	l.refused("GET", "/api/runs", "", 421, "header.Host", "Host", "evil.example")
	l.refused("POST", "/api/runs", body, 403, "header.Origin", "Origin", "http://evil.example")
	l.refused("POST", "/api/runs", body, 403, "header.Origin", "Sec-Fetch-Site", "cross-site")
	l.refused("DELETE", "/api/models/ideal-spatial", "", 403, "header.Origin", "Sec-Fetch-Site", "same-site")
	if runs, _ := l.lab.Runs(t.Context()); len(runs) != 0 {
		t.Errorf("%d runs were started", len(runs))
	}
	if status, _, _ := l.request("GET", "/healthz", "", "Host", "localhost:1"); status != 200 {
		t.Errorf("localhost gave %d", status)
	}
	status, _, _ := l.request("POST", "/api/runs", body, "Origin", l.Address(), "Sec-Fetch-Site", "same-origin")
	if status != http.StatusCreated {
		t.Errorf("the lab's own page gave %d", status)
	}
}

// form is a body with one file, and its content type.
func form(t *testing.T, field, name string, content []byte) (string, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	part.Write(content)
	w.Close()
	return b.String(), w.FormDataContentType()
}

func TestBadUploadsAreRefused(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	before := l.everything()
	for _, path := range []string{"/api/models", "/api/sources"} {
		for name, content := range map[string]string{"a.pt": "PK\x03\x04 not", "a.safetensors": "\xff\xff\xff\xff\xff\xff\xff\x7f{}", "a.wav": "RIFF", "empty": ""} {
			body, kind := form(t, "file", name, []byte(content))
			l.refused("POST", path, body, 422, "body.file", "Content-Type", kind)
		}
		body, kind := form(t, "other", "a.pt", []byte("x"))
		l.refused("POST", path, body, 422, "file", "Content-Type", kind)
	}
	if after := l.everything(); after != before {
		t.Errorf("something was changed:\n%s\nbecame\n%s", before, after)
	}
}

func TestTooLargeUploadsAreRefused(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	body, kind := form(t, "file", "a.wav", make([]byte, maxUpload))
	l.refused("POST", "/api/sources", body, 413, "body", "Content-Type", kind)
}

func TestSpecDescribesTheForm(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	var s specAnswer
	l.ask("GET", "/api/spec", "", 200, &s)
	if len(s.Fields) == 0 || len(s.Presets) == 0 || s.Defaults["dale"].Tau != 100 || s.Seconds["modulation"] <= 0 {
		t.Errorf("got %d fields, %d presets, %v", len(s.Fields), len(s.Presets), s.Seconds)
	}
}

func TestOpenAPIHasEveryAddress(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}
	l.ask("GET", "/api/openapi.json", "", 200, &doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("it is version %s", doc.OpenAPI)
	}
	for _, path := range []string{"/api/models", "/api/models/{id}/figures/{fig}", "/api/runs/{id}/stream", "/api/live", "/api/spec"} {
		if doc.Paths[path]["get"] == nil {
			t.Errorf("GET %s is not described", path)
		}
	}
	settings, _ := json.Marshal(doc.Paths["/api/runs"]["post"])
	if !bytes.Contains(settings, []byte("tau")) {
		t.Errorf("the settings of a run are not described: %s", settings)
	}
}

func TestHealthMetricsAndHeaders(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	finished(t, l.await(l.start(tiny(3)).ID))
	status, h, b := l.request("GET", "/metrics", "")
	for _, line := range []string{`unmixlab_runs{state="finished"} 1`, `unmixlab_runs{state="failed"} 0`, "unmixlab_batches_total 3",
		"unmixlab_batch_seconds_count 3", `unmixlab_http_seconds_count{method="POST",route="/api/runs",status="201"} 1`} {
		if !strings.Contains(string(b), line) {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	if status != 200 || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'self'") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("status %d, headers %v", status, h)
	}
}

func TestHeadAndOddMethods(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	if status, h, b := l.request("HEAD", "/api/runs", ""); status != 200 || len(b) != 0 || h.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD gave %d, %v", status, h)
	}
	l.refused("PROPFIND", "/api/runs", "", 405, "method")
	if _, _, b := l.request("GET", "/metrics", ""); strings.Contains(string(b), "PROPFIND") {
		t.Error("a method of the client's own makes a label")
	}
}

// On an address that others can reach, any name for it is let in, and a link is asked for.
func TestOpenToTheNetwork(t *testing.T) {
	t.Parallel()
	a, err := New(t.Context(), Config{Listen: "0.0.0.0:0", Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if a.Private() || !strings.HasPrefix(a.Address(), "http://127.0.0.1:") {
		t.Errorf("private %v at %s", a.Private(), a.Address())
	}
	w := httptest.NewRecorder()
	a.server.Handler.ServeHTTP(w, httptest.NewRequest("GET", "http://lecture-room/healthz", nil))
	if w.Code != 200 {
		t.Errorf("another name gave %d", w.Code)
	}
	w = httptest.NewRecorder()
	a.server.Handler.ServeHTTP(w, httptest.NewRequest("GET", "http://lecture-room/api/models", nil))
	if w.Code != 401 || len(a.Links()) != 3 {
		t.Errorf("without a link it gave %d; the links are %d", w.Code, len(a.Links()))
	}
}

// The description has each parameter of each figure with its range, and what a figure is.
func TestTheDescriptionHasFigures(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name, In string
				Schema   struct {
					Type             string
					Minimum, Maximum *float64
				}
			}
			Responses map[string]struct {
				Content map[string]struct {
					Schema struct {
						Ref string `json:"$ref"`
					}
				}
			}
		}
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage
			}
		}
	}
	_, _, b := l.request("GET", "/api/openapi.json", "")
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	get := doc.Paths["/api/models/{id}/figures/{fig}"]["get"]
	described := map[string]bool{}
	for _, p := range get.Parameters {
		described[p.Name] = p.In == "path" || p.Schema.Type == "string" || p.Schema.Minimum != nil && p.Schema.Maximum != nil
	}
	for _, e := range figure.Figures {
		for _, p := range e.All() {
			if !described[p.Name] {
				t.Errorf("%s's parameter %s is not described", e.ID, p.Name)
			}
		}
	}
	name := strings.TrimPrefix(get.Responses["200"].Content["application/json"].Schema.Ref, "#/components/schemas/")
	var f map[string]any
	l.ask("GET", "/api/models/ideal-spatial/figures/fig1?contexts=2&samples=100", "", 200, &f)
	for field := range f {
		if doc.Components.Schemas[name].Properties[field] == nil {
			t.Errorf("a figure's %s is not in the schema %q", field, name)
		}
	}
	if numbers := string(doc.Components.Schemas["Reading"].Properties["value"]); !strings.Contains(numbers, "null") {
		t.Errorf("a number that is none is not described: %s", numbers)
	}
	if doc.Components.Schemas["Protocol"].Properties["phases"] == nil || doc.Paths["/api/models/{id}/recording"]["post"].Responses == nil {
		t.Error("a recording's protocol is not described")
	}
}
