package app

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
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
	Health      string // what is wrong with the lab, or ""
	Notices     []lab.Notice
}

func (a *App) dashboardPage(w http.ResponseWriter, r *http.Request) error {
	return a.showDashboard(w, r, http.StatusOK, "")
}

func (a *App) showDashboard(w http.ResponseWriter, r *http.Request, status int, importError string) error {
	lessons, err := a.lessons()
	if err != nil {
		return err
	}
	d := dashboardView{Picture: web.NewPicture(), Lessons: lessons, ImportError: importError, Health: troubled(a.lab.Health(r.Context()))}
	for _, m := range a.lab.Models() {
		d.Models = append(d.Models, modelCard(m))
	}
	if len(d.Models) > 0 {
		d.First = d.Models[0].ID
	}
	runs, err := a.lab.Runs(r.Context())
	if err != nil {
		return err
	}
	d.Runs = rowsOf(runs[:min(len(runs), runsOnDashboard)])
	if d.Notices, err = a.lab.Notices(r.Context()); err != nil {
		return err
	}
	return a.render(w, r, status, web.View{Name: "dashboard", Data: d})
}

// dismissForm forgets a notice; one that is gone already is no matter.
func (a *App) dismissForm(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(chi.URLParam(r, "id"), 10, 64)
	if err != nil {
		return absent("path.id", "no notice has the number %q", chi.URLParam(r, "id"))
	}
	if err := a.lab.Dismiss(r.Context(), id); err != nil && ProblemOf(err).Status != http.StatusNotFound {
		return err
	}
	redirect(w, r, "/", http.StatusSeeOther)
	return nil
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
