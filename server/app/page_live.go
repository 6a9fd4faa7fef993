package app

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"unmixlab/web"
)

// liveView is the page that plays a model.
type liveView struct {
	ID, Title string
	Square    bool // whether its contexts are points of the square
	Seed      uint64
	Client    any // what the page's script starts from
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
	page := liveView{
		ID: m.ID, Title: title, Square: m.Spec.Dim == 2, Seed: m.Spec.Seed,
		Client: liveClient{m.ID, m.Spec.Model, m.Spec.Dim, m.Spec.Threshold},
	}
	return a.render(w, r, http.StatusOK, web.View{Name: "live", Title: title + ", live", Data: page})
}
