package app

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/server/sweep"
	"unmixlab/sim/spec"
	"unmixlab/web"
)

// sweepView is the page of one sweep.
type sweepView struct {
	sweepRow
	Problem  string // of a control that was refused
	View     sweep.View
	Axes     []sweepOption
	Measures []sweepOption
	Columns  []string // of the points, before their state
	Rows     []pointRow
	Kernel   string
	Trained  string // how many batches, by which recipe
	Seeds    int
	Paper    *sweep.Paper   // the figure that it repeats; nil for the lab's own
	Answers  []sweep.Answer // to what is expected of it
	Client   any            // what the page's script starts from
}

// sweepOption is what a view can show.
type sweepOption struct{ Name, Label string }

// pointRow is a point in the table.
type pointRow struct {
	Hash    string
	Values  []string
	Seed    uint64
	State   sweep.State
	Batch   int
	Batches int
	Value   float64 // of the view's measure
	Learned bool
	Error   string
}

// viewOf is the view that an address holds.
func viewOf(q url.Values) sweep.View {
	return sweep.View{Measure: q.Get("y"), X: q.Get("x"), By: q.Get("by"), Map: q.Get("map") != ""}
}

func (a *App) sweepPage(w http.ResponseWriter, r *http.Request) error {
	return a.showSweep(w, r, http.StatusOK, nil)
}

func (a *App) showSweep(w http.ResponseWriter, r *http.Request, status int, refused *Problem) error {
	s, err := a.lab.FindSweep(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	paper, of := sweep.PaperNamed(s.Info.Name)
	looked := viewOf(r.URL.Query())
	if of = of && s.Info.Shipped; of && looked == (sweep.View{}) {
		looked = paper.Views[0].View
	}
	shown, err := showing(s, looked)
	if err != nil {
		return err
	}
	view := sweepView{sweepRow: newSweepRow(s.Info), View: shown.View, Kernel: s.Sweep.Kernel, Seeds: len(s.Sweep.Seeds), Client: shown}
	if refused != nil {
		view.Problem = refused.Detail
	}
	for _, name := range s.Axes() {
		f, _ := spec.FieldNamed(name)
		view.Axes = append(view.Axes, sweepOption{name, f.Label})
	}
	for _, m := range s.Sweep.Measures() {
		view.Measures = append(view.Measures, sweepOption{m.Key, m.Label()})
	}
	fields := s.Sweep.Fields()
	for _, name := range fields {
		f, _ := spec.FieldNamed(name)
		view.Columns = append(view.Columns, f.Label)
	}
	for _, p := range s.Points {
		view.Rows = append(view.Rows, newPointRow(p, fields, shown.View.Measure))
	}
	title := "Sweep " + s.Info.Name
	if of {
		view.Paper, view.Answers, view.Trained, title = &paper, paper.Answers(s.Results), trainedHow(s.Points), paper.Title
	}
	return a.render(w, r, status, web.View{Name: "sweep", Title: title, Data: view})
}

func newPointRow(p sweep.Status, fields []string, measure string) pointRow {
	row := pointRow{Hash: p.Hash, Seed: p.Spec.Seed, State: p.State, Batch: p.Batch, Batches: p.Spec.Batches,
		Value: p.Value(measure), Learned: p.Learned, Error: p.Error}
	for _, name := range fields {
		row.Values = append(row.Values, p.Values[name])
	}
	return row
}

// trainedHow says how networks were trained that all were trained alike.
func trainedHow(points []sweep.Status) string {
	first := points[0].Spec
	return fmt.Sprintf("%s batches each, %s recipe", web.Count(first.Batches), first.Recipe())
}

// sweepControls does what a button of the page says.
func (a *App) sweepControls(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return invalid("body", "cannot be read as a form: %v", err)
	}
	name, ctx := chi.URLParam(r, "id"), r.Context()
	controls := map[string]func() (lab.SweepInfo, error){
		"pause":  func() (lab.SweepInfo, error) { return a.lab.PauseSweep(ctx, name) },
		"resume": func() (lab.SweepInfo, error) { return a.lab.ResumeSweep(ctx, name) },
		"retry":  func() (lab.SweepInfo, error) { return a.lab.RetrySweep(ctx, name) },
		"send":   func() (lab.SweepInfo, error) { return a.lab.SendSweep(ctx, name) },
	}
	var err error
	action := r.PostForm.Get("action")
	switch control, ok := controls[action]; {
	case ok:
		_, err = control()
	case action == "delete":
		if err = a.lab.DeleteSweep(name); err == nil {
			redirect(w, r, "/sweeps", http.StatusSeeOther)
			return nil
		}
	case action == "keep":
		m, keepErr := a.lab.KeepPoint(ctx, name, r.PostForm.Get("point"))
		if keepErr == nil {
			redirect(w, r, "/models/"+m.ID, http.StatusSeeOther)
			return nil
		}
		err = keepErr
	default:
		err = invalid("body.action", "%q is nothing that can be done with a sweep; it can be %v", action, slices.Sorted(maps.Keys(controls)))
	}
	if err != nil {
		p := ProblemOf(err)
		if p.Status == http.StatusNotFound {
			return err
		}
		return a.showSweep(w, r, p.Status, p)
	}
	redirect(w, r, "/sweeps/"+name, http.StatusSeeOther)
	return nil
}
