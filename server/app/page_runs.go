package app

import (
	"context"
	"net/http"

	"unmixlab/web"
)

// runsView is the page of all runs.
type runsView struct{ Runs []runRow }

func (a *App) runsPage(w http.ResponseWriter, r *http.Request) error {
	runs, err := a.runRows(r.Context())
	if err != nil {
		return err
	}
	return a.render(w, r, http.StatusOK, web.View{Name: "runs", Data: runsView{runs}})
}

func (a *App) runRows(ctx context.Context) ([]runRow, error) {
	runs, err := a.lab.Runs(ctx)
	rows := make([]runRow, len(runs))
	for i, run := range runs {
		rows[i] = newRunRow(run)
	}
	return rows, err
}
