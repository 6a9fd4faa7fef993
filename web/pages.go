package web

// Page is one address at which the lab shows HTML.
type Page struct {
	Name    string   // its template is pages/Name.html
	Path    string   // as the router writes it; empty for the error page, which has none
	Title   string   // of the window, unless the view has one of its own
	Nav     string   // the entry of the header that stands for it
	Modules []string // ES modules in static/js that the page starts
	Charts  bool     // whether it draws with ECharts
}

// Pages in the order of their addresses.
var Pages = []Page{
	{Name: "dashboard", Path: "/", Title: "Models and runs", Nav: "dashboard", Modules: []string{"dashboard.js"}},
	{Name: "runs", Path: "/runs", Title: "Runs", Nav: "runs", Modules: []string{"runs.js"}},
	{Name: "run_new", Path: "/runs/new", Title: "Train a network", Nav: "new", Modules: []string{"run_form.js"}},
	{Name: "compare", Path: "/runs/compare", Title: "Compare runs", Nav: "runs", Modules: []string{"compare.js"}, Charts: true},
	{Name: "run", Path: "/runs/{id}", Title: "Run", Nav: "runs", Modules: []string{"run.js"}, Charts: true},
	{Name: "model", Path: "/models/{id}", Title: "Model", Nav: "dashboard", Modules: []string{"model.js"}, Charts: true},
	{Name: "figure", Path: "/models/{id}/figures/{fig}", Title: "Figure", Nav: "dashboard", Modules: []string{"figure.js"}, Charts: true},
	{Name: "live", Path: "/models/{id}/live", Title: "Live", Nav: "dashboard", Modules: []string{"live.js"}},
	{Name: "lesson", Path: "/lessons/{slug}", Title: "Lesson", Nav: "dashboard", Modules: []string{"lesson.js"}, Charts: true},
	{Name: "error", Title: "Something went wrong"},
}

// PageNamed finds a page; it panics on a name that is not in the table, which only
// a handler's spelling can cause.
func PageNamed(name string) Page {
	for _, p := range Pages {
		if p.Name == name {
			return p
		}
	}
	panic("web: no page is called " + name)
}
