package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
)

// View is what a page's template takes: the page, what the layout shows, and the
// page's own Data.
type View struct {
	Page  Page
	Title string // of the window; empty for the page's own
	Site  Site
	Data  any
}

// Site is what every page shows of the lab's state.
type Site struct {
	ChartScripts []string // static files of ECharts, in the order of loading
	ChartProblem string   // why there are none, and what to do; empty when all is well
}

// Renderer holds one set of templates a page, parsed once.
type Renderer struct {
	sets map[string]*template.Template
}

// NewRenderer parses layout, partials and every page of the table; a page without
// a template is an error. asset gives the address of a static file such as
// "js/run.js".
func NewRenderer(files fs.FS, asset func(name string) string) (*Renderer, error) {
	base := template.New("layout.html").Funcs(functions).Funcs(template.FuncMap{"asset": asset})
	base, err := base.ParseFS(files, "layout.html", "partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: layout: %w", err)
	}
	r := &Renderer{sets: map[string]*template.Template{}}
	for _, p := range Pages {
		set, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("web: page %s: %w", p.Name, err)
		}
		if r.sets[p.Name], err = set.ParseFS(files, "pages/"+p.Name+".html"); err != nil {
			return nil, fmt.Errorf("web: page %s: %w", p.Name, err)
		}
	}
	return r, nil
}

// Render writes the page's HTML to w, all of it or, on an error, nothing.
func (r *Renderer) Render(w io.Writer, v View) error {
	set, ok := r.sets[v.Page.Name]
	if !ok {
		return fmt.Errorf("web: no page is called %q", v.Page.Name)
	}
	if v.Title == "" {
		v.Title = v.Page.Title
	}
	var b bytes.Buffer
	if err := set.Execute(&b, v); err != nil {
		return fmt.Errorf("web: page %s: %w", v.Page.Name, err)
	}
	_, err := b.WriteTo(w)
	return err
}
