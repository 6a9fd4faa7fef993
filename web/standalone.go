package web

import (
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"unmixlab/web/figure"
)

// Standalone is a figure as one file that loads nothing from anywhere.
type Standalone struct {
	Figure  *figure.Figure
	About   string // one sentence
	Command string // that makes it again
	Date    string
}

// What a standalone page holds of the static files.
var (
	standaloneStyles  = []string{"css/base.css", "css/parts.css", "css/pages.css"}
	standaloneModules = []string{"js/format.js", "js/palette.js", "js/chart.js", "js/panels.js", "js/standalone.js"}
)

// Write writes the page. read gives a static file, and libraries names ECharts' files
// among them; without any the page shows tables.
func (s Standalone) Write(w io.Writer, files fs.FS, read func(name string) ([]byte, error), libraries []string) error {
	page, err := template.New("standalone.html").Funcs(functions).ParseFS(files, "standalone.html", "partials/panel.html")
	if err != nil {
		return fmt.Errorf("web: standalone page: %w", err)
	}
	style, err := joined(standaloneStyles, read)
	if err != nil {
		return err
	}
	script, err := joined(standaloneModules, read)
	if err != nil {
		return err
	}
	var scripts []template.JS
	for _, name := range libraries {
		b, err := read(name)
		if err != nil {
			return err
		}
		scripts = append(scripts, template.JS(strings.ReplaceAll(string(b), "</script", `<\/script`)))
	}
	return page.Execute(w, map[string]any{
		"Title": s.Figure.Title, "Model": s.Figure.Model, "Training": s.Figure.Training, "About": s.About,
		"Params": parameterTexts(s.Figure.Params), "Date": s.Date, "Command": s.Command,
		"Style": template.CSS(style), "Libraries": scripts, "Data": s.Figure, "Script": template.JS(oneModule(script)),
	})
}

func joined(names []string, read func(string) ([]byte, error)) (string, error) {
	var b strings.Builder
	for _, name := range names {
		part, err := read(name)
		if err != nil {
			return "", err
		}
		b.Write(part)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

var (
	importLine = regexp.MustCompile(`(?m)^import .* from "\./[a-z_]+\.js";\n`)
	exportWord = regexp.MustCompile(`(?m)^export `)
)

// oneModule makes one module of several that stand in the order in which they need
// each other.
func oneModule(modules string) string {
	return exportWord.ReplaceAllString(importLine.ReplaceAllString(modules, ""), "")
}

func parameterTexts(params map[string]any) []string {
	var out []string
	for name, v := range params {
		out = append(out, fmt.Sprintf("%s %v", name, v))
	}
	slices.Sort(out)
	return out
}
