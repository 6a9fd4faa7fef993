package app

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
	"unmixlab/web"
	"unmixlab/web/figure"
)

// modelClient is what the page's script starts from.
type modelClient struct {
	ID     string       `json:"id"`
	Losses [][2]float64 `json:"losses"`
}

func (a *App) modelPage(w http.ResponseWriter, r *http.Request) error {
	return a.showModel(w, r, http.StatusOK, "")
}

func (a *App) showModel(w http.ResponseWriter, r *http.Request, status int, refusal string) error {
	m, _, err := a.lab.FindModel(chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	p := m.Provenance
	page := web.ModelPage{
		ModelCard: modelCard(m), Problem: refusal, Settings: web.Settings(m.Spec), HasLosses: len(p.Losses) > 1,
		Created: p.Created, Batches: p.Batches, Kernel: p.Kernel, Note: p.Note, Client: modelClient{m.ID, p.Losses},
	}
	page.Figures, page.Unfit = figureLinks(m.Spec)
	return a.render(w, status, pageView("model", page.Title, page))
}

// figureLinks are all figures, and those that do not apply to the spec.
func figureLinks(sp spec.Spec) (all, unfit []web.FigureLink) {
	for _, f := range lab.FiguresFor(sp) {
		link := web.FigureLink{ID: f.ID, Title: f.Title, Applies: f.Applies, Why: f.Why}
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

// modelForm deletes a model of the user's.
func (a *App) modelForm(w http.ResponseWriter, r *http.Request) error {
	if action := r.FormValue("action"); action != "delete" {
		return problem(http.StatusUnprocessableEntity, "body.action", "%q is nothing that can be done with a model", action)
	}
	if err := a.lab.DeleteModel(chi.URLParam(r, "id")); err != nil {
		p := ProblemOf(err)
		if p.Status == http.StatusNotFound {
			return err
		}
		return a.showModel(w, r, p.Status, p.Detail)
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
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
		return problem(http.StatusNotFound, "path.fig", "there is no figure %s", chi.URLParam(r, "fig"))
	}
	page := web.FigurePage{ID: m.ID, Title: modelCard(m).Title}
	page.Figures, _ = figureLinks(m.Spec)
	for _, f := range page.Figures {
		if f.ID == entry.ID {
			page.Figure = f
		}
	}
	if r.URL.RawQuery != "" {
		page.Query = "?" + r.URL.Query().Encode()
	}
	for _, p := range entry.All() {
		page.Parameters = append(page.Parameters, figureParameter(p, m.Spec, r.URL.Query().Get(p.Name)))
	}
	page.Client = figureClient{m.ID, entry.ID, page.Query}
	return a.render(w, http.StatusOK, pageView("figure", page.Figure.Title, page))
}

func figureParameter(p figure.Parameter, sp spec.Spec, typed string) web.Parameter {
	usual := strconv.FormatFloat(p.Default, 'g', -1, 64)
	switch {
	case p.Text:
		usual = ""
	case p.Name == "noise":
		usual = strconv.FormatFloat(sp.Noise, 'g', -1, 64)
	}
	return web.Parameter{Name: p.Name, Label: p.Label, Value: typed, Unit: p.Unit, Help: p.Help, Default: usual}
}

// liveClient is what the live page's script starts from.
type liveClient struct {
	ID        string  `json:"id"`
	Model     string  `json:"model"`
	Dim       int     `json:"dim"`
	Threshold float64 `json:"threshold"`
}

func (a *App) livePage(w http.ResponseWriter, r *http.Request) error {
	m, _, err := a.lab.FindModel(chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	title := modelCard(m).Title
	page := web.LivePage{
		ID: m.ID, Title: title, Square: m.Spec.Dim == 2, Seed: m.Spec.Seed,
		Client: liveClient{m.ID, m.Spec.Model, m.Spec.Dim, m.Spec.Threshold},
	}
	return a.render(w, http.StatusOK, pageView("live", title+", live", page))
}
