package app

import (
	"context"
	"slices"

	"unmixlab/server/lab"
)

func (a *App) getQueue(ctx context.Context, _ *struct{}) (*answer[lab.Queue], error) {
	q, err := a.lab.Queue(ctx)
	return &answer[lab.Queue]{q}, err
}

type arrangeInput struct {
	Body struct {
		IDs []string `json:"ids" maxItems:"1000" doc:"of runs that wait, in the order wanted; those left out come after them"`
	}
}

func (a *App) arrangeQueue(ctx context.Context, in *arrangeInput) (*answer[lab.Queue], error) {
	if err := a.lab.ArrangeQueue(ctx, in.Body.IDs); err != nil {
		return nil, err
	}
	return a.getQueue(ctx, nil)
}

// moveRun moves a run that waits by so many places in the queue, or as far as it goes.
func (a *App) moveRun(ctx context.Context, id string, by int) error {
	q, err := a.lab.Queue(ctx)
	if err != nil {
		return err
	}
	ids := make([]string, len(q.Queued))
	for i, r := range q.Queued {
		ids[i] = r.ID
	}
	from := slices.Index(ids, id)
	if from < 0 {
		return nil // it trains by now, or was stopped
	}
	ids = slices.Delete(ids, from, from+1)
	return a.lab.ArrangeQueue(ctx, slices.Insert(ids, max(0, min(len(ids), from+by)), id))
}
