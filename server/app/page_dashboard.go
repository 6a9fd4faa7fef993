package app

import (
	"context"
	"errors"
	"io"
	"net/http"

	"unmixlab/server/lab"
	"unmixlab/web"
)

// runsOnDashboard is how many of the newest runs the first page shows.
const runsOnDashboard = 6

func (a *App) dashboardPage(w http.ResponseWriter, r *http.Request) error {
	return a.showDashboard(w, r, http.StatusOK, "")
}

func (a *App) showDashboard(w http.ResponseWriter, r *http.Request, status int, importError string) error {
	d := web.Dashboard{Picture: web.NewPicture(), Lessons: web.Lessons, ImportError: importError}
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
	return a.render(w, status, pageView("dashboard", "", d))
}

func modelCard(m lab.ModelInfo) web.ModelCard {
	return web.NewModelCard(m.ID, m.Shipped, m.Spec, m.Provenance)
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
	http.Redirect(w, r, "/models/"+m.ID, http.StatusSeeOther)
	return nil
}

// formFile is an uploaded file of a form; its name is empty when none was chosen.
func formFile(r *http.Request, field string) (name string, b []byte, err error) {
	f, head, err := r.FormFile(field)
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case errors.Is(err, http.ErrMissingFile):
		return "", nil, nil
	case errors.Is(err, http.ErrNotMultipart):
		return "", nil, r.ParseForm()
	case errors.As(err, &tooLarge):
		return "", nil, err
	case err != nil:
		return "", nil, problem(http.StatusUnprocessableEntity, "body", "cannot be read as a form: %v", err)
	}
	defer f.Close()
	b, err = io.ReadAll(f)
	return lab.CleanName(head.Filename), b, err
}

func (a *App) runsPage(w http.ResponseWriter, r *http.Request) error {
	runs, err := a.runRows(r.Context())
	if err != nil {
		return err
	}
	return a.render(w, http.StatusOK, pageView("runs", "", web.Runs{Runs: runs}))
}

func (a *App) runRows(ctx context.Context) ([]web.RunRow, error) {
	runs, err := a.lab.Runs(ctx)
	rows := make([]web.RunRow, len(runs))
	for i, run := range runs {
		rows[i] = runRow(run)
	}
	return rows, err
}
