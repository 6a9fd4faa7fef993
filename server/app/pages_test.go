package app

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"unmixlab/server/job"
	"unmixlab/server/lab"
	"unmixlab/static"
	"unmixlab/templates"
	trainedmodels "unmixlab/trained_models"
	"unmixlab/web"
)

// No row is without a handler, its file and its modules; no template, and no file of a
// page, without a row.
func TestEveryPageIsWhole(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for _, p := range pages {
		named[p.Name] = true
		if (p.show == nil) != (p.Path == "") {
			t.Errorf("page %s has the path %q, but a handler: %t", p.Name, p.Path, p.show != nil)
		}
		for _, f := range p.forms {
			if f.do == nil {
				t.Errorf("the form %s of page %s has no handler", f.path, p.Name)
			}
		}
		for _, file := range append(prefixed("js/", p.Modules), prefixed("css/", p.Styles)...) {
			if _, err := fs.Stat(static.FS, file); err != nil {
				t.Errorf("page %s asks for %s, which is not there", p.Name, file)
			}
		}
		if _, err := os.Stat("page_" + p.Name + ".go"); err != nil {
			t.Errorf("page %s has no file: %v", p.Name, err)
		}
		if _, err := fs.Stat(templates.FS, "pages/"+p.Name+".html"); err != nil {
			t.Errorf("page %s has no template: %v", p.Name, err)
		}
	}
	if len(named) != len(pages) {
		t.Errorf("%d pages have %d names", len(pages), len(named))
	}
	for pattern, files := range map[string]fs.FS{"pages/*.html": templates.FS, "page_*.go": os.DirFS(".")} {
		found, err := fs.Glob(files, pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		for _, f := range found {
			name := strings.TrimPrefix(strings.TrimSuffix(filepath.Base(f), filepath.Ext(f)), "page_")
			if !named[name] {
				t.Errorf("%s belongs to no page of the table", f)
			}
		}
	}
}

func prefixed(prefix string, names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = prefix + name
	}
	return out
}

// No style sheet, module or partial is without a use: each is named in a row, a
// template, another module or the page that stands alone.
func TestNothingIsOrphaned(t *testing.T) {
	t.Parallel()
	var uses strings.Builder
	for _, p := range pages {
		uses.WriteString(strings.Join(append(p.Modules, p.Styles...), "\n") + "\n")
	}
	read := func(_ string, b []byte) { uses.Write(b) }
	everyFile(t, templates.FS, ".", ".html", read)
	everyFile(t, static.FS, "js", ".js", read)
	everyFile(t, os.DirFS("../../web"), ".", "standalone.go", read)
	all := uses.String()
	for dir, suffix := range map[string]string{"js": ".js", "css": ".css"} {
		everyFile(t, static.FS, dir, suffix, func(file string, _ []byte) {
			if !strings.Contains(all, filepath.Base(file)) {
				t.Errorf("nothing uses %s", file)
			}
		})
	}
	defines := regexp.MustCompile(`{{define "([^"]+)"`)
	everyFile(t, templates.FS, "partials", ".html", func(file string, b []byte) {
		for _, m := range defines.FindAllSubmatch(b, -1) {
			if !strings.Contains(all, `{{template "`+string(m[1])+`"`) {
				t.Errorf("nothing uses %s of %s", m[1], file)
			}
		}
	})
}

func everyFile(t *testing.T, files fs.FS, dir, suffix string, visit func(file string, content []byte)) {
	t.Helper()
	visited := 0
	err := fs.WalkDir(files, dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) {
			return err
		}
		visited++
		b, err := fs.ReadFile(files, path)
		visit(path, b)
		return err
	})
	if err != nil || visited == 0 {
		t.Fatalf("%d files *%s in %s, %v", visited, suffix, dir, err)
	}
}

var (
	inline  = regexp.MustCompile(`(?i)\s(style|on[a-z]+)=|<style|javascript:`)
	scripts = regexp.MustCompile(`<script([^>]*)>`)
	ids     = regexp.MustCompile(`\sid="([^"]*)"`)
	refs    = regexp.MustCompile(`\s(?:for|aria-labelledby|aria-describedby)="([^"]*)"`)
	outside = regexp.MustCompile(`(?:src|href)="(?:https?:)?//`)
)

// Every page, with a run and models to show, comes whole, with nothing that its policy
// would block, nothing from elsewhere, no label that leads nowhere.
func TestPages(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	run, other := l.await(l.start(tiny(3)).ID), l.await(l.start(strings.Replace(tiny(3), `"hidden"`, `"tau":30,"hidden"`, 1)).ID)
	var model lab.ModelInfo
	l.ask("POST", "/api/runs/"+run.ID+"/save?title=Mine+%3Cb%3E", "", 200, &model)
	l.sweep()

	addresses := []string{"/nowhere", "/runs/compare?id=" + run.ID + "&id=" + other.ID, "/runs/new?from=" + model.ID, "/runs/new?run=" + run.ID,
		"/models/ideal-spatial", "/models/ideal-spatial/live", "/models/ideal-spatial/figures/fig6"}
	for _, p := range alone() {
		if p.show != nil {
			addresses = append(addresses, addressOf(p.Path, model.ID, run.ID))
		}
	}
	for _, address := range addresses {
		status, _, page := l.request("GET", address, "", "Accept", "text/html")
		if want := map[bool]int{true: 404, false: 200}[address == "/nowhere"]; status != want {
			t.Errorf("%s gave %d, want %d", address, status, want)
		}
		l.checkPage(address, string(page))
	}
	status, _, page := l.request("POST", "/runs/new", "model=dale&tau=soon&batches=-1", "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
	if status != 422 {
		t.Errorf("a form with errors gave %d", status)
	}
	l.checkPage("the form with its errors", string(page))
}

// alone are the pages that need no presenter, as that of a stage does.
func alone() []row {
	return slices.DeleteFunc(slices.Clone(pages), func(p row) bool { return p.Name == "stage" })
}

// addressOf is an address of a path: of the run, the tiny sweep, or else of the model, and
// of the first figure and lesson.
func addressOf(path, model, run string) string {
	id := model
	switch {
	case strings.HasPrefix(path, "/runs/"):
		id = run
	case strings.HasPrefix(path, "/sweeps/"):
		id = "tiny"
	}
	return strings.NewReplacer("{id}", id, "{fig}", "fig1", "{slug}", "cocktail").Replace(path)
}

func (l *testLab) checkPage(name, html string) {
	l.t.Helper()
	if !strings.HasSuffix(strings.TrimSpace(html), "</html>") || strings.Count(html, "<h1") != 1 {
		l.t.Errorf("%s is not whole, or has more than one heading, or none", name)
	}
	if m := inline.FindString(html); m != "" {
		l.t.Errorf("%s has %q, which the policy blocks", name, m)
	}
	if m := outside.FindString(html); m != "" {
		l.t.Errorf("%s loads from elsewhere: %q", name, m)
	}
	for _, m := range scripts.FindAllStringSubmatch(html, -1) {
		if !strings.Contains(m[1], "src=") && !strings.Contains(m[1], "application/json") {
			l.t.Errorf("%s has a script in the page: %s", name, m[0])
		}
	}
	checkReferences(l.t, name, html)
	for _, m := range regexp.MustCompile(`"(?:\./|(?:\.\./)+)`+l.Assets.URL("")[1:]+`([^"]+)"`).FindAllStringSubmatch(html, -1) {
		if _, err := l.Assets.Read(m[1]); err != nil {
			l.t.Errorf("%s asks for %s, which is not there", name, m[1])
		}
	}
}

func checkReferences(t testing.TB, page, html string) {
	t.Helper()
	have := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(html, -1) {
		if have[m[1]] {
			t.Errorf("%s has the id %s twice", page, m[1])
		}
		have[m[1]] = true
	}
	for _, m := range refs.FindAllStringSubmatch(html, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !have[id] {
				t.Errorf("%s refers to #%s, which is not there", page, id)
			}
		}
	}
}

func rendered(t *testing.T, v web.View) string {
	t.Helper()
	r, err := web.NewRenderer(templates.FS, templatePages(), func(name string) string { return "/static/v/" + name }, func(string) []string { return nil })
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Render(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What goes into a page's data cannot leave its script element.
func TestClientDataAreEscaped(t *testing.T) {
	t.Parallel()
	page := rendered(t, web.View{Name: "run", Data: runView{Client: map[string]any{"text": "</script>"}}})
	if strings.Contains(page, `"</script>"`) || !strings.Contains(page, "run-data") {
		t.Error("data end the script element they stand in")
	}
}

func TestMissingChartsAreSaid(t *testing.T) {
	t.Parallel()
	view := web.View{Name: "model", Data: modelView{}, Site: web.Site{ChartProblem: "ECharts is missing."}}
	if !strings.Contains(rendered(t, view), "ECharts is missing.") {
		t.Error("the page does not say that charts are missing")
	}
}

// Every state has its words, and the pages' scripts know all of them from the page.
func TestStatesHaveWords(t *testing.T) {
	t.Parallel()
	page := rendered(t, web.View{Name: "runs", Data: runsView{}, Site: web.Site{RunStates: runStates()}})
	for _, s := range job.States {
		if stateTexts[s] == "" || !strings.Contains(page, `"`+string(s)+`":{"text":`) {
			t.Errorf("the state %s is not told to the scripts of a page, or has no words", s)
		}
	}
	if len(stateTexts) != len(job.States) {
		t.Errorf("%d states have words, there are %d", len(stateTexts), len(job.States))
	}
	css, err := fs.ReadFile(static.FS, "css/parts.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\.state\[data-state="(\w+)"\]`).FindAllSubmatch(css, -1) {
		if !slices.Contains(job.States, job.State(m[1])) {
			t.Errorf("a style is for the state %s, which no run has", m[1])
		}
	}
}
