package app

import (
	"context"

	"unmixlab/server/lab"
)

type keptBody struct {
	Batch []int `json:"batch" doc:"at whose ends the run's state is kept: 0, its start, and its milestones; besides these there is its newest"`
}

func (a *App) listKept(ctx context.Context, in *IDPath) (*answer[keptBody], error) {
	if _, err := a.lab.FindRun(ctx, in.ID); err != nil {
		return nil, err
	}
	return &answer[keptBody]{keptBody{a.lab.Kept(in.ID)}}, nil
}

type forkInput struct {
	IDPath
	KeepInput
	At      int    `query:"at" minimum:"-1" default:"-1" doc:"the batch at whose end to begin, one whose checkpoint is kept; -1: its newest state"`
	RawBody []byte `contentType:"application/json" required:"false" doc:"the settings to change; those left out stay"`
}

func (a *App) forkRun(ctx context.Context, in *forkInput) (*answer[lab.RunInfo], error) {
	run, err := a.lab.ForkKept(ctx, in.ID, in.At, in.RawBody, in.keeping())
	return &answer[lab.RunInfo]{run}, err
}

type extendInput struct {
	IDPath
	More int `query:"more" minimum:"1" maximum:"1000000" required:"true" doc:"batches more than it was to have"`
}

func (a *App) extendRun(ctx context.Context, in *extendInput) (*answer[lab.RunInfo], error) {
	run, err := a.lab.ExtendRun(ctx, in.ID, in.More)
	if err != nil {
		err = inQuery{err}
	}
	return &answer[lab.RunInfo]{run}, err
}

func (a *App) reseedRun(ctx context.Context, in *IDPath) (*answer[lab.RunInfo], error) {
	run, err := a.lab.ReseedRun(ctx, in.ID)
	return &answer[lab.RunInfo]{run}, err
}
