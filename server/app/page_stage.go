package app

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"unmixlab/web"
)

// sharedClient is what the script of a viewer's page starts from.
type sharedClient struct {
	liveClient
	Stage string `json:"stage"` // its id
}

// stagePage shows a stage to those who follow it.
func (a *App) stagePage(w http.ResponseWriter, r *http.Request) error {
	st := a.stages.Find(chi.URLParam(r, "id"))
	if st == nil {
		return noStage()
	}
	m, _, err := a.lab.FindModel(st.Model)
	if err != nil {
		return err
	}
	page, client := stageOf(m)
	client.Models = []liveOther{}
	page.Client = sharedClient{client, st.ID}
	return a.render(w, r, http.StatusOK, web.View{Name: "stage", Title: page.Title + ", followed", Data: page})
}
