package app

import (
	"net/http"

	"unmixlab/web"
)

// runsOnDashboard is how many of the newest runs the first page shows.
const runsOnDashboard = 6

// dashboardView is what the first page shows.
type dashboardView struct {
	Picture     web.Picture
	First       string // id of the model to begin with
	Lessons     []web.Lesson
	Models      []web.ModelCard
	Runs        []runRow
	ImportError string
}

func (a *App) dashboardPage(w http.ResponseWriter, r *http.Request) error {
	return a.showDashboard(w, r, http.StatusOK, "")
}

func (a *App) showDashboard(w http.ResponseWriter, r *http.Request, status int, importError string) error {
	d := dashboardView{Picture: web.NewPicture(), Lessons: web.Lessons, ImportError: importError}
	for _, m := range a.lab.Models() {
		d.Models = append(d.Models, modelCard(m))
	}
	if len(d.Models) > 0 {
		d.First = d.Models[0].ID
	}
	runs, err := a.runRows(r.Context())
	if err != nil {
		return err
	}
	d.Runs = runs[:min(len(runs), runsOnDashboard)]
	return a.render(w, r, status, web.View{Name: "dashboard", Data: d})
}

// importForm adds the model of an uploaded file and shows it.
func (a *App) importForm(w http.ResponseWriter, r *http.Request) error {
	name, b, err := formFile(r, "file")
	if err != nil {
		return err
	}
	m, err := a.lab.AddModel(r.Context(), name, b)
	if err != nil {
		p := ProblemOf(err)
		return a.showDashboard(w, r, p.Status, name+": "+p.Detail)
	}
	redirect(w, r, "/models/"+m.ID, http.StatusSeeOther)
	return nil
}
