package app

import (
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/server/sweep"
	"unmixlab/sim/spec"
	"unmixlab/web"
	"unmixlab/web/figure"
)

// figureView is one figure of one model.
type figureView struct {
	ID, Title  string // of the model
	Figure     figureLink
	Figures    []figureLink
	Parameters []parameter
	Errors     []wrongParameter // all of them, also of parameters that it does not have
	Places     []figure.Place   // of the panels to come
	Measures   []figure.Reading // the numbers to come
	Training   string           // what was trained for them
	Sweeps     []sweep.Paper    // of networks that were trained for the figure
	Query      string           // as in the address, with its question mark
	Client     any              // what the page's script starts from
}

// parameter is a setting of a figure that stands in its address.
type parameter struct{ Name, Label, Value, Unit, Default, Help, Error string }

// wrongParameter is what is wrong with a parameter, by the label that it has on the page,
// or else by its name in the address.
type wrongParameter struct{ Name, Label, Message string }

// figureLink is a figure of the table and whether it can be made of a model.
type figureLink struct {
	lab.FigureInfo
	About string // one sentence
}

// figureLinks are all figures, and those that do not apply to the spec.
func figureLinks(sp spec.Spec) (all, unfit []figureLink) {
	for _, f := range lab.FiguresFor(sp) {
		link := figureLink{FigureInfo: f}
		if e, ok := figure.Named(f.ID); ok {
			link.About = e.About
		}
		all = append(all, link)
		if !f.Applies {
			unfit = append(unfit, link)
		}
	}
	return all, unfit
}

// figureClient is what a figure's script starts from.
type figureClient struct {
	Model  string `json:"model"`
	Figure string `json:"figure"`
	Query  string `json:"query"`
}

func (a *App) figurePage(w http.ResponseWriter, r *http.Request) error {
	m, _, err := a.lab.FindModel(chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	entry, ok := figure.Named(chi.URLParam(r, "fig"))
	if !ok {
		return absent("path.fig", "there is no figure %s", chi.URLParam(r, "fig"))
	}
	page := figureView{ID: m.ID, Title: modelCard(m).Title, Training: figure.Training(m.Spec, m.Provenance), Sweeps: a.lab.TrainedFor(entry.ID)}
	page.Figures, _ = figureLinks(m.Spec)
	for _, f := range page.Figures {
		if f.ID == entry.ID {
			page.Figure = f
		}
	}
	if page.Figure.Applies {
		page.Places, page.Measures = entry.Places(m.Spec, r.URL.Query()), entry.Measures(m.Spec)
	}
	if r.URL.RawQuery != "" {
		page.Query = "?" + r.URL.Query().Encode()
	}
	for _, p := range entry.All() {
		page.Parameters = append(page.Parameters, figureParameter(p, m.Spec, r.URL.Query()))
	}
	status := http.StatusOK
	if errs := entry.Check(r.URL.Query()); len(errs) > 0 {
		status = http.StatusUnprocessableEntity
		page.refuse(errs)
	}
	page.Client = figureClient{m.ID, entry.ID, page.Query}
	return a.render(w, r, status, web.View{Name: "figure", Title: page.Figure.Title, Data: page})
}

// refuse writes errors beside their parameters, and all of them in a list.
func (v *figureView) refuse(errs spec.Errors) {
	for _, e := range errs {
		wrong := wrongParameter{Label: e.Field, Message: e.Message}
		for i, p := range v.Parameters {
			if p.Name == e.Field {
				v.Parameters[i].Error = e.Message
				wrong.Name, wrong.Label = p.Name, p.Label
			}
		}
		v.Errors = append(v.Errors, wrong)
	}
}

func figureParameter(p figure.Parameter, sp spec.Spec, query url.Values) parameter {
	return parameter{Name: p.Name, Label: p.Label, Value: query.Get(p.Name), Unit: p.Unit, Help: p.Help, Default: p.Usual(sp, query)}
}
