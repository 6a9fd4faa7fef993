package app

import (
	"context"
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
)

// archive is all that there is of a run, as a zip; with figures=0 without its figures,
// which take their time.
func (a *App) archive(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	begun := false
	err := a.lab.ExportRun(r.Context(), id, lab.ArchiveOptions{Figures: r.URL.Query().Get("figures") != "0"}, func() io.Writer {
		begun = true
		attach(w, "application/zip", "unmixlab-"+id+".zip")
		return w
	})
	if err != nil && begun {
		panic(http.ErrAbortHandler) // so that nobody takes what was sent for the whole
	}
	return err
}

func (a *App) importRun(ctx context.Context, in *upload) (*answer[lab.RunInfo], error) {
	f := in.RawBody.Data().File
	if !f.IsSet {
		return nil, invalid("body.file", "is missing: send a form with a file in its field \"file\"")
	}
	defer f.Close()
	run, err := a.lab.ImportRun(ctx, f, f.Size)
	return &answer[lab.RunInfo]{run}, err
}

// importRunForm adds the run of an uploaded archive and shows it.
func (a *App) importRunForm(w http.ResponseWriter, r *http.Request) error {
	f, head, err := r.FormFile("file")
	if err != nil {
		return a.showRuns(w, r, http.StatusUnprocessableEntity, "Choose a zip that was downloaded from a run's page.")
	}
	defer r.MultipartForm.RemoveAll()
	defer f.Close()
	run, err := a.lab.ImportRun(r.Context(), f, head.Size)
	if err != nil {
		p := ProblemOf(err)
		return a.showRuns(w, r, p.Status, lab.CleanName(head.Filename)+": "+p.Detail)
	}
	redirect(w, r, "/runs/"+run.ID, http.StatusSeeOther)
	return nil
}
