package app

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/hub"
	"unmixlab/server/lab"
	"unmixlab/server/wire"
)

// streamRun shows a run to a browser: the run as it is, then what changes.
func (a *App) streamRun(w http.ResponseWriter, r *http.Request) {
	id := chi.URLParam(r, "id")
	if _, err := a.lab.FindRun(r.Context(), id); err != nil {
		a.refuseSocket(w, r, err)
		return
	}
	a.socket(w, r, "run", func(ctx context.Context, c conn) error {
		ctx = c.writeOnly(ctx)
		changes := a.hub.Subscribe(id)
		defer changes.Close()
		present, err := a.present(ctx, id)
		if err != nil {
			return err
		}
		if err := c.send(ctx, present); err != nil {
			return err
		}
		return c.forward(ctx, changes)
	})
}

// present greets and tells state and last metrics as the database has them: of a
// run that does not train now the hub may know nothing.
func (a *App) present(ctx context.Context, id string) (hub.Group, error) {
	run, err := a.lab.FindRun(ctx, id)
	if err != nil {
		return nil, err
	}
	last, err := a.lab.LastBatches(ctx, id, lab.RecentBatches)
	if err != nil {
		return nil, err
	}
	hello := wire.Hello(struct {
		Run string `json:"run"`
	}{id})
	return hub.Group{hello, wire.State(run), wire.Metrics(last)}, nil
}
