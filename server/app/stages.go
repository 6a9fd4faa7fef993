package app

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/hub"
	"unmixlab/server/live"
	"unmixlab/web"
)

func noStage() *Problem {
	return absent("path.id", "There is no such stage: its presenter has left, or shares it no longer.")
}

// followStage shows a presenter's session to one who has the stage's id.
func (a *App) followStage(w http.ResponseWriter, r *http.Request) {
	st := a.stages.Find(chi.URLParam(r, "id"))
	if st == nil {
		a.refuseSocket(w, r, noStage())
		return
	}
	shown, leave, ok := st.Follow()
	if !ok {
		a.refuseSocket(w, r, problem(http.StatusServiceUnavailable, "", "%d viewers follow this stage already, as many as there can be.", live.MostViewers))
		return
	}
	defer leave()
	a.socket(w, r, "stage", func(ctx context.Context, c conn) error {
		ctx = c.writeOnly(ctx)
		defer context.AfterFunc(a.serving, shown.Close)() // whether or not the presenter takes leave in time
		if err := c.send(ctx, hub.Group{st.Hello}); err != nil {
			return err
		}
		err := c.forward(ctx, shown)
		if errors.Is(err, hub.ErrClosed) && a.serving.Err() == nil {
			a.awaitLeave(ctx) // the stage ended, not the lab
			return nil
		}
		return err
	})
}

const longestLink = 500 // characters that a code holds at most

// stageCode draws the address of a stage's page, as its presenter's browser knows it, as
// a QR code.
func (a *App) stageCode(w http.ResponseWriter, r *http.Request) {
	id, link := chi.URLParam(r, "id"), r.URL.Query().Get("link")
	if a.stages.Find(id) == nil {
		writeProblem(w, noStage())
		return
	}
	if u, err := url.Parse(link); err != nil || len(link) > longestLink || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !strings.HasSuffix(u.Path, "/stages/"+id) {
		writeProblem(w, invalid("query.link", "must be the address of the stage's page, such as http://127.0.0.1:8080/stages/%s", id))
		return
	}
	code, err := web.QRCode(link)
	if err != nil {
		writeProblem(w, invalid("query.link", "does not fit into a code: %v", err))
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(code)
}
