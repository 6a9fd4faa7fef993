package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"regexp"
	"strings"
)

// Page is one address at which the lab shows HTML.
type Page struct {
	Name    string   // its template is pages/Name.html
	Path    string   // as the router writes it; empty for the error page, which has none
	Title   string   // of the window, unless the view has one of its own
	Nav     string   // the entry of the header that stands for it
	Modules []string // ES modules in static/js that the page starts
	Styles  []string // style sheets in static/css besides those of every page
	Charts  bool     // whether it draws with ECharts
	Runs    bool     // whether its scripts follow runs
}

// View is what a page shows: Data is for its own template, the rest for the layout.
type View struct {
	Name  string // of the page
	Title string // of the window; empty for the page's own
	Root  string // the way from the page to the lab's root, see Root
	Site  Site
	Data  any
}

// Site is what every page shows of the lab's state.
type Site struct {
	ChartScripts []string // static files of ECharts, in the order of loading
	ChartProblem string   // why there are none, and what to do; empty when all is well
	RunStates    any      // by name, what scripts need to know of the states of runs
	May          May      // what whoever looks may do
	Reload       string   // script that loads the page again when one of its files changes; empty without --dev
}

// May is what whoever looks at a page may do, so that it shows nothing else.
type May struct {
	View, Work, Lead bool   // look; play and compute; everything
	Role, Words      string // of the link that they came by; "" where the lab asks for none
}

// Renderer holds one set of templates a page, parsed once.
type Renderer struct {
	pages map[string]page
}

type page struct {
	Page
	templates *template.Template
}

// NewRenderer parses layout, partials and every page; a page without a template is an
// error. asset gives the address of a static file such as "js/run.js", imports the scripts
// that one imports.
func NewRenderer(files fs.FS, pages []Page, asset func(name string) string, imports func(script string) []string) (*Renderer, error) {
	base := template.New("layout.html").Funcs(functions).Funcs(template.FuncMap{"asset": asset, "imports": imports})
	base, err := base.ParseFS(files, "layout.html", "partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: layout: %w", err)
	}
	r := &Renderer{pages: map[string]page{}}
	for _, p := range pages {
		set, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("web: page %s: %w", p.Name, err)
		}
		if set, err = set.ParseFS(files, "pages/"+p.Name+".html"); err != nil {
			return nil, fmt.Errorf("web: page %s: %w", p.Name, err)
		}
		r.pages[p.Name] = page{p, set}
	}
	return r, nil
}

// Root is the way from an address of the lab to its root, such as "../" from /runs/new
// and "./" from /runs. Pages name the lab's addresses by it, so that the lab may stand
// below any path of a proxy's without knowing which.
func Root(path string) string {
	if up := strings.Count(path, "/") - 1; up > 0 {
		return strings.Repeat("../", up)
	}
	return "./"
}

// fromRoot finds the addresses that templates write from the lab's root. A text cannot
// look like one: its quotation marks are escaped.
var fromRoot = regexp.MustCompile(`(\s(?:href|src|action)=")/([^/])`)

// Render writes the page's HTML to w, all of it or, on an error, nothing. Addresses from
// the lab's root become ones by the view's way to it.
func (r *Renderer) Render(w io.Writer, v View) error {
	p, ok := r.pages[v.Name]
	if !ok {
		return fmt.Errorf("web: no page is called %q", v.Name)
	}
	if v.Title == "" {
		v.Title = p.Title
	}
	var b bytes.Buffer
	if err := p.templates.Execute(&b, struct {
		View
		Page Page
	}{v, p.Page}); err != nil {
		return fmt.Errorf("web: page %s: %w", v.Name, err)
	}
	_, err := w.Write(fromRoot.ReplaceAll(b.Bytes(), []byte("${1}"+v.Root+"${2}")))
	return err
}
