package app

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/web"
)

// row is a page with what answers its address, and the forms it sends.
type row struct {
	web.Page
	show  handler // nil for the error page, which has no address
	forms []post
}

// post is an address that a page's form is sent to. It works without scripts: what the
// form says is done, and the answer is the page to look at next.
type post struct {
	path string
	do   handler
}

// handler answers a request, or fails before it has answered.
type handler func(*App, http.ResponseWriter, *http.Request) error

// pages in the order of their addresses. The page X has its handler and its view in
// page_X.go and its template in templates/pages/X.html.
var pages = []row{
	{
		Page:  web.Page{Name: "dashboard", Path: "/", Title: "Models and runs", Nav: "dashboard", Modules: []string{"dashboard.js"}, Styles: []string{"runs.css"}, Runs: true},
		show:  (*App).dashboardPage,
		forms: []post{{"/models", (*App).importForm}, {"/notices/{id}", (*App).dismissForm}},
	},
	{
		Page:  web.Page{Name: "runs", Path: "/runs", Title: "Runs", Nav: "runs", Modules: []string{"runs.js", "queue.js"}, Styles: []string{"runs.css"}, Runs: true},
		show:  (*App).runsPage,
		forms: []post{{"/runs", (*App).runsForm}, {"/runs/import", (*App).importRunForm}},
	},
	{
		Page:  web.Page{Name: "run_new", Path: "/runs/new", Title: "Train a network", Nav: "new", Modules: []string{"run_form.js"}},
		show:  (*App).runNewPage,
		forms: []post{{"/runs/new", (*App).runForm}, {"/runs/new/check", (*App).checkForm}},
	},
	{
		Page: web.Page{Name: "compare", Path: "/runs/compare", Title: "Compare runs", Nav: "runs", Modules: []string{"compare.js"}, Styles: []string{"runs.css"}, Charts: true, Runs: true},
		show: (*App).comparePage,
	},
	{
		Page:  web.Page{Name: "run", Path: "/runs/{id}", Title: "Run", Nav: "runs", Modules: []string{"run.js"}, Styles: []string{"runs.css"}, Charts: true, Runs: true},
		show:  (*App).runPage,
		forms: []post{{"/runs/{id}", (*App).runControls}},
	},
	{
		Page:  web.Page{Name: "sweeps", Path: "/sweeps", Title: "Sweeps", Nav: "sweeps"},
		show:  (*App).sweepsPage,
		forms: []post{{"/sweeps", (*App).sweepsForm}},
	},
	{
		Page:  web.Page{Name: "sweep_new", Path: "/sweeps/new", Title: "New sweep", Nav: "sweeps", Modules: []string{"sweep_form.js"}},
		show:  (*App).sweepNewPage,
		forms: []post{{"/sweeps/new", (*App).sweepForm}},
	},
	{
		Page:  web.Page{Name: "sweep", Path: "/sweeps/{id}", Title: "Sweep", Nav: "sweeps", Modules: []string{"sweep.js"}, Charts: true},
		show:  (*App).sweepPage,
		forms: []post{{"/sweeps/{id}", (*App).sweepControls}},
	},
	{
		Page:  web.Page{Name: "model", Path: "/models/{id}", Title: "Model", Nav: "dashboard", Modules: []string{"model.js"}, Charts: true},
		show:  (*App).modelPage,
		forms: []post{{"/models/{id}", (*App).modelForm}},
	},
	{
		Page: web.Page{Name: "figure", Path: "/models/{id}/figures/{fig}", Title: "Figure", Nav: "dashboard", Modules: []string{"figure.js"}, Charts: true},
		show: (*App).figurePage,
	},
	{
		Page: web.Page{Name: "live", Path: "/models/{id}/live", Title: "Live", Nav: "dashboard", Modules: []string{"live.js"}, Styles: []string{"live.css"}},
		show: (*App).livePage,
	},
	{
		Page: web.Page{Name: "stage", Path: "/stages/{id}", Title: "A shared stage", Nav: "dashboard", Modules: []string{"stage.js"}, Styles: []string{"live.css"}},
		show: (*App).stagePage,
	},
	{
		Page: web.Page{Name: "lesson", Path: "/lessons/{slug}", Title: "Lesson", Nav: "dashboard", Modules: []string{"lesson.js"}, Charts: true},
		show: (*App).lessonPage,
	},
	{
		Page: web.Page{Name: "glossary", Path: "/glossary", Title: "Glossary", Nav: "dashboard"},
		show: (*App).glossaryPage,
	},
	{
		Page:  web.Page{Name: "enter", Path: "/enter", Title: "Come in"},
		show:  (*App).enterPage,
		forms: []post{{"/enter", (*App).enterForm}, {"/leave", (*App).leaveForm}},
	},
	{
		Page: web.Page{Name: "error", Title: "Something went wrong"},
	},
}

// templatePages are the pages as their templates know them.
func templatePages() []web.Page {
	list := make([]web.Page, len(pages))
	for i, p := range pages {
		list[i] = p.Page
	}
	return list
}

// pageRoutes are the addresses of the pages and of their forms.
func (a *App) pageRoutes(r chi.Router) {
	for _, p := range pages {
		if p.show != nil {
			r.Get(p.Path, a.page(p.show))
		}
		for _, f := range p.forms {
			r.Post(f.path, a.page(f.do))
		}
	}
}

// page makes a handler of one that renders a page or fails; failures become the
// error page, with the problem's status and words.
func (a *App) page(do handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(a, w, r); err != nil {
			a.refuse(w, r, err)
		}
	}
}

// render answers with a page; what every page shows of the lab is filled in here.
func (a *App) render(w http.ResponseWriter, r *http.Request, status int, v web.View) error {
	if v.Root == "" {
		v.Root = web.Root(r.URL.EscapedPath())
	}
	v.Site = web.Site{ChartScripts: a.Assets.Libraries(), ChartProblem: a.Assets.Missing, RunStates: runStates(), Reload: a.reloadScript(), May: a.may(r)}
	renderer, err := a.pages()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := renderer.Render(&b, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-cache")
	}
	w.WriteHeader(status)
	w.Write(b.Bytes()) // a client that left needs no answer
	return nil
}

// redirect answers with another address of the lab, written from its root. The browser
// gets it relative to the one it asked for, as what a proxy puts before both is unknown.
func redirect(w http.ResponseWriter, r *http.Request, address string, status int) {
	w.Header().Set("Location", web.Root(r.URL.EscapedPath())+strings.TrimPrefix(address, "/"))
	w.WriteHeader(status)
}

// formFile is an uploaded file of a form; its name is empty when none was chosen.
func formFile(r *http.Request, field string) (name string, b []byte, err error) {
	f, head, err := r.FormFile(field)
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case errors.Is(err, http.ErrMissingFile):
		return "", nil, nil
	case errors.Is(err, http.ErrNotMultipart):
		return "", nil, r.ParseForm()
	case errors.As(err, &tooLarge):
		return "", nil, err
	case err != nil:
		return "", nil, invalid("body", "cannot be read as a form: %v", err)
	}
	defer f.Close()
	b, err = io.ReadAll(f)
	return lab.CleanName(head.Filename), b, err
}
