package app

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"unmixlab/server/sweep"
	"unmixlab/sim/spec"
	"unmixlab/web"
)

// sweepNewView is the form of a sweep.
type sweepNewView struct {
	Values   url.Values // as typed
	Axes     []sweepAxis
	Presets  []spec.Preset
	Fields   []spec.Field // that a grid may have
	Measures []string     // names that may be typed
	Errors   spec.Errors
	Plan     *sweepPlanned // what the form asks for
	Workers  int           // cores of other machines that are connected
}

// sweepAxis is one row of the grid.
type sweepAxis struct {
	Number        int
	Field, Values string
}

// sweepPlanned is the preview of a sweep.
type sweepPlanned struct {
	Points  int
	Time    string
	Columns []string
	Rows    [][]string // the first points
	More    int        // that are not shown
}

const (
	formAxes  = 4
	planShown = 20
)

// gridFields are the settings that the form offers: those that one text says.
func gridFields() (fields []spec.Field) {
	for _, f := range spec.Fields {
		if f.Name != "seed" && f.Kind != spec.List && f.Kind != spec.Set && f.Kind != spec.Files {
			fields = append(fields, f)
		}
	}
	return fields
}

// firstSweep is what the form begins with: a small sweep of the time constant.
var firstSweep = url.Values{"name": {"tau"}, "preset": {"quick"}, "field": {"tau", "", "", ""}, "values": {"log 1..1000 x4", "", "", ""},
	"seeds": {"3"}, "measure": {"clarity_y, late_error"}, "learned": {"clarity_y > 0.9"}}

// sweepNewPage is the form, filled in with a sweep that the address names.
func (a *App) sweepNewPage(w http.ResponseWriter, r *http.Request) error {
	from := r.URL.Query().Get("from")
	if from == "" {
		return a.showSweepForm(w, r, firstSweep, nil, nil)
	}
	s, err := a.lab.FindSweep(r.Context(), from)
	if err != nil {
		return err
	}
	return a.showSweepForm(w, r, typedOf(s.Sweep), nil, nil)
}

// sweepForm starts the sweep that was typed, or shows it with what is wrong or what it is.
func (a *App) sweepForm(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return invalid("body", "cannot be read as a form: %v", err)
	}
	text, errs := sweepText(r.PostForm)
	if len(errs) > 0 {
		return a.showSweepForm(w, r, r.PostForm, nil, errs)
	}
	s, points, seconds, err := a.lab.PlanSweep(r.Context(), text)
	if action := r.PostForm.Get("action"); err == nil && action != "check" {
		start := a.lab.StartSweep
		if action == "send" {
			start = a.lab.StartSweepWithWorkers
		}
		if _, err = start(r.Context(), text); err == nil {
			redirect(w, r, "/sweeps/"+s.Name, http.StatusSeeOther)
			return nil
		}
	}
	if err != nil {
		p := ProblemOf(err)
		if p.Status >= http.StatusInternalServerError {
			return err
		}
		return a.showSweepForm(w, r, r.PostForm, nil, problemFields(p))
	}
	return a.showSweepForm(w, r, r.PostForm, planned(s, points, seconds), nil)
}

// problemFields are a problem's fields, or the problem itself.
func problemFields(p *Problem) (errs spec.Errors) {
	for _, e := range p.Errors {
		field := e.Location[strings.Index(e.Location, ".")+1:]
		errs = append(errs, spec.FieldError{Field: strings.TrimPrefix(field, "body"), Message: e.Message})
	}
	if len(errs) == 0 {
		errs = spec.Errors{{Message: p.Detail}}
	}
	return errs
}

func planned(s sweep.Sweep, points int, seconds float64) *sweepPlanned {
	fields := s.Fields()
	plan := &sweepPlanned{Points: points, Time: web.Duration(seconds), More: max(0, points-planShown)}
	for _, name := range append(fields, "seed") {
		f, _ := spec.FieldNamed(name)
		plan.Columns = append(plan.Columns, f.Label)
	}
	for _, p := range s.Points()[:min(points, planShown)] {
		row := []string{}
		for _, name := range fields {
			row = append(row, p.Values[name])
		}
		plan.Rows = append(plan.Rows, append(row, web.Count(int(p.Spec.Seed))))
	}
	return plan
}

func (a *App) showSweepForm(w http.ResponseWriter, r *http.Request, typed url.Values, plan *sweepPlanned, errs spec.Errors) error {
	view := sweepNewView{Values: typed, Presets: spec.Presets, Fields: gridFields(), Measures: sweep.Known(), Errors: errs, Plan: plan, Workers: a.lab.WorkerCores(r.Context())}
	for i := range formAxes {
		view.Axes = append(view.Axes, sweepAxis{i + 1, nth(typed["field"], i), nth(typed["values"], i)})
	}
	status := http.StatusOK
	if len(errs) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.render(w, r, status, web.View{Name: "sweep_new", Data: view})
}

func nth(texts []string, i int) string {
	if i < len(texts) {
		return strings.TrimSpace(texts[i])
	}
	return ""
}

// sweepText is what was typed as a sweep's file. What the file's reader judges is left to
// it.
func sweepText(typed url.Values) ([]byte, spec.Errors) {
	base, errs := typedBase(typed)
	grid, more := typedGrid(typed)
	errs = append(errs, more...)
	file := map[string]any{"name": strings.TrimSpace(typed.Get("name")), "base": base, "grid": grid, "learned": strings.TrimSpace(typed.Get("learned"))}
	if measures := split(typed.Get("measure")); len(measures) > 0 {
		file["measure"] = measures
	}
	for _, name := range []string{"seeds", "every"} {
		if v := typedValue(spec.Field{Kind: spec.Int}, typed.Get(name)); v != "" {
			file[name] = v
		}
	}
	if text, ok := file["seeds"].(string); ok && strings.Contains(text, ",") {
		file["seeds"] = numbersIn(text)
	}
	b, err := json.Marshal(file)
	if err != nil {
		errs = append(errs, spec.FieldError{Message: err.Error()})
	}
	return b, errs
}

// typedBase are the settings of all points: a preset, and lines such as hidden = 32.
func typedBase(typed url.Values) (map[string]any, spec.Errors) {
	base := map[string]any{}
	var errs spec.Errors
	if preset := typed.Get("preset"); preset != "" {
		base["preset"] = preset
	}
	for line := range strings.Lines(typed.Get("base")) {
		name, text, ok := strings.Cut(strings.TrimSpace(line), "=")
		if name = strings.TrimSpace(name); name == "" && !ok {
			continue
		}
		f, known := spec.FieldNamed(name)
		if !ok || !known {
			errs = append(errs, spec.FieldError{Field: "base", Message: "has the line " + strings.TrimSpace(line) + ": write a setting and its value, such as hidden = 32"})
			continue
		}
		base[name] = typedValue(f, text)
	}
	return base, errs
}

// typedGrid are the rows of the grid: values with commas between them, or ranges.
func typedGrid(typed url.Values) (map[string]any, spec.Errors) {
	grid := map[string]any{}
	var errs spec.Errors
	for i := range formAxes {
		name, text := nth(typed["field"], i), nth(typed["values"], i)
		f, known := spec.FieldNamed(name)
		switch {
		case name == "" && text == "":
		case !known:
			errs = append(errs, spec.FieldError{Field: "grid", Message: "has values " + text + " without a setting: choose one"})
		case text == "":
			errs = append(errs, spec.FieldError{Field: "grid." + name, Message: "has no values: give some, such as 1, 10, 100"})
		case grid[name] != nil:
			errs = append(errs, spec.FieldError{Field: "grid." + name, Message: "is given twice: put its values into one row"})
		case strings.Contains(text, ".."):
			grid[name] = text
		default:
			var values []any
			for _, part := range split(text) {
				values = append(values, typedValue(f, part))
			}
			grid[name] = values
		}
	}
	return grid, errs
}

// split parts a text at commas.
func split(text string) (parts []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// typedValue is a text as the field's JSON has it; what cannot be read stays a text, which
// is refused by name.
func typedValue(f spec.Field, text string) any {
	text = strings.TrimSpace(text)
	switch f.Kind {
	case spec.Int, spec.Float:
		if _, problem := spec.ReadNumber(text, ""); problem == "" {
			return json.Number(text)
		}
	case spec.Bool:
		if text == "true" || text == "false" {
			return text == "true"
		}
	case spec.List:
		return numbersIn(text)
	case spec.Set, spec.Files:
		return split(text)
	}
	return text
}

func numbersIn(text string) any {
	list := []any{}
	for _, part := range split(text) {
		list = append(list, typedValue(spec.Field{Kind: spec.Float}, part))
	}
	return list
}
