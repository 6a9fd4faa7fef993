package app

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/web"
)

// modelView is the page of one model.
type modelView struct {
	web.ModelCard
	Problem   string
	Figures   []figureLink
	Unfit     []figureLink // those that do not apply
	HasLosses bool
	Settings  []web.SettingGroup
	Created   time.Time
	Batches   int
	Kernel    string
	Note      string
	Client    any // what the page's script starts from
}

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
	page := modelView{
		ModelCard: modelCard(m), Problem: refusal, Settings: web.Settings(m.Spec), HasLosses: len(p.Losses) > 1,
		Created: p.Created, Batches: p.Batches, Kernel: p.Kernel, Note: p.Note, Client: modelClient{m.ID, p.Losses},
	}
	page.Figures, page.Unfit = figureLinks(m.Spec)
	return a.render(w, r, status, web.View{Name: "model", Title: page.Title, Data: page})
}

// modelForm deletes a model of the user's.
func (a *App) modelForm(w http.ResponseWriter, r *http.Request) error {
	if action := r.FormValue("action"); action != "delete" {
		return invalid("body.action", "%q is nothing that can be done with a model", action)
	}
	if err := a.lab.DeleteModel(chi.URLParam(r, "id")); err != nil {
		p := ProblemOf(err)
		if p.Status == http.StatusNotFound {
			return err
		}
		return a.showModel(w, r, p.Status, p.Detail)
	}
	redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// modelCard is a model in short, as several pages show it.
func modelCard(m lab.ModelInfo) web.ModelCard {
	return web.NewModelCard(m.ID, m.Shipped, m.Spec, m.Provenance)
}
