package web

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	"unmixlab/templates"
)

// samples are views of every page, full enough to run through its whole template.
func samples() map[string]any {
	sp := spec.Default(spec.Spatial)
	card := NewModelCard("spatial-chords", false, sp, modelfile.Provenance{
		Title: "Diffuse <chords>", Origin: modelfile.Trained, Losses: [][2]float64{{1, 90}, {10000, 3}}, Numbers: map[string]float64{"clarity_y": 0.94, "contexts": 20},
	})
	run := RunRow{ID: "abc", Title: "spatial · chords", State: "running", Batch: 40, Batches: 100, Loss: 12, Eta: "2 min", Created: time.Now(), ModelID: "m"}
	figures := []FigureLink{{ID: "fig1", Title: "Figure 1", Applies: true, About: "About."}, {ID: "fig6", Title: "Figure 6", Why: "needs a Dalean network"}}
	form := TypedRunForm(FormValues(sp), spec.Errors{{Field: "tau", Message: "is odd"}}, []SourceFile{{"f1", "bell.wav", 2}})
	return map[string]any{
		"dashboard": Dashboard{Picture: NewPicture(), First: "m", Models: []ModelCard{card}, Runs: []RunRow{run}},
		"runs":      Runs{Runs: []RunRow{run}},
		"run_new":   form,
		"compare":   NewComparison([]ComparedRun{{RunRow: run, Over: 3}, {RunRow: run}}, []spec.Spec{sp, spec.Default(spec.Dale)}),
		"run":       RunPage{Run: run, Settings: Settings(sp), ModulationTitle: "Modulation", ModulationSee: "See.", Client: map[string]any{"id": "abc", "text": "</script>"}},
		"model":     ModelPage{ModelCard: card, Figures: figures, Unfit: figures[1:], HasLosses: true, Settings: Settings(sp), Created: time.Now(), Batches: 10000, Client: 1},
		"figure":    FigurePage{ID: "m", Title: "M", Figure: figures[0], Figures: figures, Parameters: []Parameter{{Name: "seed", Label: "Seed"}}, Client: 1},
		"live":      LivePage{ID: "m", Title: "M", Square: true, Client: 1},
		"lesson":    LessonPage{Lesson: Lessons[0], ModelTitle: "M", Seed: 1, Others: Lessons[1:], Client: 1},
		"error":     ErrorPage{Status: 404, Heading: "There is nothing here", Message: "Nothing."},
	}
}

func renderer(t *testing.T) *Renderer {
	t.Helper()
	r, err := NewRenderer(templates.FS, func(name string) string { return "/static/v/" + name })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var (
	inline  = regexp.MustCompile(`(?i)\s(style|on[a-z]+)=|<style|javascript:`)
	scripts = regexp.MustCompile(`<script([^>]*)>`)
	assets  = regexp.MustCompile(`"/static/v/([^"]+)"`)
	ids     = regexp.MustCompile(`\sid="([^"]*)"`)
	refs    = regexp.MustCompile(`\s(?:for|aria-labelledby|aria-describedby)="([^"]*)"`)
	outside = regexp.MustCompile(`(?:src|href)="(?:https?:)?//`)
)

// Every page renders whole, with nothing that its policy would block, nothing from
// elsewhere, and no label that leads nowhere.
func TestPages(t *testing.T) {
	r, views := renderer(t), samples()
	for _, p := range Pages {
		data, ok := views[p.Name]
		if !ok {
			t.Errorf("there is no sample of page %s", p.Name)
			continue
		}
		var b bytes.Buffer
		if err := r.Render(&b, View{Page: p, Data: data, Site: Site{ChartScripts: []string{"vendor/echarts.min.js"}}}); err != nil {
			t.Error(err)
			continue
		}
		html := b.String()
		if !strings.HasSuffix(strings.TrimSpace(html), "</html>") || strings.Count(html, "<h1") != 1 {
			t.Errorf("%s is not whole, or has not one heading", p.Name)
		}
		if m := inline.FindString(html); m != "" {
			t.Errorf("%s has %q, which the policy blocks", p.Name, m)
		}
		if m := outside.FindString(html); m != "" {
			t.Errorf("%s loads from elsewhere: %q", p.Name, m)
		}
		for _, m := range scripts.FindAllStringSubmatch(html, -1) {
			if !strings.Contains(m[1], "src=") && !strings.Contains(m[1], "application/json") {
				t.Errorf("%s has a script in the page: %s", p.Name, m[0])
			}
		}
		checkReferences(t, p.Name, html)
		for _, m := range assets.FindAllStringSubmatch(html, -1) {
			if _, err := os.Stat(filepath.Join("..", "static", m[1])); err != nil && !strings.HasPrefix(m[1], "vendor/") {
				t.Errorf("%s asks for %s, which is not there", p.Name, m[1])
			}
		}
	}
	for name := range views {
		PageNamed(name)
	}
}

func checkReferences(t *testing.T, page, html string) {
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

// No template, style sheet or module is without a use.
func TestNothingIsOrphaned(t *testing.T) {
	files, err := fs.Glob(templates.FS, "pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(f, "pages/"), ".html")
		if !slices.ContainsFunc(Pages, func(p Page) bool { return p.Name == name }) {
			t.Errorf("the template %s belongs to no page", f)
		}
	}
	var all strings.Builder
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == "vendor" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if ext := filepath.Ext(path); ext == ".html" || ext == ".js" || path == "pages.go" {
			b, err := os.ReadFile(path)
			all.Write(b)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pages.go", "standalone.go"} {
		b, _ := os.ReadFile(name)
		all.Write(b)
	}
	for _, pattern := range []string{"../static/js/*.js", "../static/css/*.css", "../templates/partials/*.html"} {
		found, _ := filepath.Glob(pattern)
		for _, f := range found {
			name := filepath.Base(f)
			if filepath.Ext(f) == ".html" {
				name = `{{template "` + strings.TrimSuffix(name, ".html")
			}
			if !strings.Contains(all.String(), name) && !strings.Contains(all.String(), strings.Replace(name, "run_row", "run_table", 1)) {
				t.Errorf("nothing uses %s", f)
			}
		}
	}
	for _, p := range Pages {
		for _, m := range p.Modules {
			if _, err := os.Stat("../static/js/" + m); err != nil {
				t.Errorf("page %s asks for %s, which is not there", p.Name, m)
			}
		}
	}
}

// What goes into a page's data cannot leave its script element.
func TestClientDataAreEscaped(t *testing.T) {
	var b bytes.Buffer
	if err := renderer(t).Render(&b, View{Page: PageNamed("run"), Data: samples()["run"]}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), `"</script>"`) {
		t.Error("data end the script element they stand in")
	}
}

func TestMissingChartsAreSaid(t *testing.T) {
	var b bytes.Buffer
	view := View{Page: PageNamed("model"), Data: samples()["model"], Site: Site{ChartProblem: "ECharts is missing."}}
	if err := renderer(t).Render(&b, view); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "ECharts is missing.") {
		t.Error("the page does not say that charts are missing")
	}
}
