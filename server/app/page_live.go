package app

import (
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/web"
)

// liveView is the page that plays a model.
type liveView struct {
	ID, Title  string
	Square     bool // whether its contexts are points of the square
	Population bool // whether it has a population, with a plane over two outputs
	Seed       uint64
	Models     []web.ModelCard // others that can play beside it
	Client     any             // what the page's script starts from
}

// liveClient is what the live page's script starts from.
type liveClient struct {
	ID        string      `json:"id"`
	Title     string      `json:"title"`
	Model     string      `json:"model"`
	Dim       int         `json:"dim"`
	Threshold float64     `json:"threshold"`
	Models    []liveOther `json:"models"` // all that can be played
	Public    string      `json:"public"` // the lab's address for others
}

// liveOther is a model that can be played instead.
type liveOther struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// withPopulation are the models whose pathway has units between stimuli and outputs.
var withPopulation = []string{"spatial", "dale", "ideal"}

func (a *App) livePage(w http.ResponseWriter, r *http.Request) error {
	m, _, err := a.lab.FindModel(chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	page, client := stageOf(m)
	for _, other := range a.lab.Models() {
		card := modelCard(other)
		client.Models = append(client.Models, liveOther{other.ID, card.Title})
		if playsBeside(m, other) {
			page.Models = append(page.Models, card)
		}
	}
	client.Public = a.Public()
	page.Client = client
	return a.render(w, r, http.StatusOK, web.View{Name: "live", Title: page.Title + ", live", Data: page})
}

// stageOf is what the stage of a model has, whoever looks at it.
func stageOf(m lab.ModelInfo) (liveView, liveClient) {
	title := modelCard(m).Title
	square := m.Spec.Dim == 2
	client := liveClient{ID: m.ID, Title: title, Model: m.Spec.Model, Dim: m.Spec.Dim, Threshold: m.Spec.Threshold}
	return liveView{
		ID: m.ID, Title: title, Square: square, Seed: m.Spec.Seed,
		Population: square && slices.Contains(withPopulation, m.Spec.Model),
	}, client
}

// playsBeside tells whether a model can be the twin of another: it hears the same number
// of sources.
func playsBeside(m, other lab.ModelInfo) bool {
	return other.ID != m.ID && other.Spec.Dim == m.Spec.Dim && other.Spec.Model != "ideal"
}
