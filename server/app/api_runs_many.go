package app

import (
	"context"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/lab"
	"unmixlab/web"
)

// searchInput is which runs are asked for.
type searchInput struct {
	Query  string `query:"q" maxLength:"1000" doc:"words, and conditions such as tau=100 model=dale tag=x state=done loss<5; all must hold, a - before one turns it round; state=deleted lists those that can be restored"`
	Sort   string `query:"sort" maxLength:"40" doc:"name, state, progress, loss, left, started or a setting; - before it for falling. The newest first when left out"`
	Offset int    `query:"offset" minimum:"0" maximum:"1000000" doc:"so many of those found are passed over"`
	Limit  int    `query:"limit" minimum:"0" maximum:"1000" doc:"at most so many are given; 0: all"`
}

// find gives the runs that are asked for, and how many were found in all.
func (a *App) find(ctx context.Context, in *searchInput) (runs []lab.RunInfo, found int, err error) {
	runs, err = a.lab.FindRuns(ctx, lab.Search{Query: in.Query, Sort: in.Sort})
	if err != nil {
		return nil, 0, inQuery{err}
	}
	found = len(runs)
	runs = runs[min(in.Offset, found):]
	if in.Limit > 0 {
		runs = runs[:min(in.Limit, len(runs))]
	}
	return runs, found, nil
}

func (a *App) listRuns(ctx context.Context, in *searchInput) (*answer[[]lab.RunInfo], error) {
	runs, _, err := a.find(ctx, in)
	return &answer[[]lab.RunInfo]{runs}, err
}

// listedRun is what a table shows of a run.
type listedRun struct {
	ID      string    `json:"id"`
	Label   string    `json:"label" doc:"its name, or else its title"`
	Line    string    `json:"line" doc:"the preset it is nearest to, in what it differs, its seed"`
	Tags    []string  `json:"tags"`
	State   job.State `json:"state"`
	Batch   int       `json:"batch"`
	Batches int       `json:"batches"`
	Loss    *float64  `json:"loss"`
	ETA     *float64  `json:"eta_seconds"`
	Created time.Time `json:"created"`
	When    string    `json:"when" doc:"created, in words"`
}

type listBody struct {
	Found int         `json:"found" doc:"how many there are in all"`
	Runs  []listedRun `json:"runs"`
}

func (a *App) listRows(ctx context.Context, in *searchInput) (*answer[listBody], error) {
	runs, found, err := a.find(ctx, in)
	if err != nil {
		return nil, err
	}
	body := listBody{Found: found, Runs: []listedRun{}}
	for _, r := range runs {
		row := newRunRow(r)
		body.Runs = append(body.Runs, listedRun{row.ID, row.Label, row.Line, row.Tags, r.State, r.Batch, r.Batches, r.Loss, r.ETASeconds, r.Created, web.When(r.Created)})
	}
	return &answer[listBody]{body}, nil
}

type labelsInput struct {
	IDPath
	Body struct {
		Name *string   `json:"name,omitempty" maxLength:"80"`
		Note *string   `json:"note,omitempty" maxLength:"4000"`
		Tags *[]string `json:"tags,omitempty" maxItems:"20" doc:"words of at most 30 letters, digits, dots, dashes or underlines"`

		Milestones *int `json:"milestones,omitempty" minimum:"0" maximum:"1000000" doc:"batches between two checkpoints that stay, from now on"`
	}
}

// labelRun writes on a run; what is left out stays.
func (a *App) labelRun(ctx context.Context, in *labelsInput) (*answer[lab.RunInfo], error) {
	run, err := a.lab.FindRun(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	labels := lab.Labels{Name: run.Name, Note: run.Note, Tags: run.Tags}
	if in.Body.Name != nil {
		labels.Name = *in.Body.Name
	}
	if in.Body.Note != nil {
		labels.Note = *in.Body.Note
	}
	if in.Body.Tags != nil {
		labels.Tags = *in.Body.Tags
	}
	if in.Body.Milestones != nil {
		if _, err := a.lab.KeepMilestones(ctx, in.ID, *in.Body.Milestones); err != nil {
			return nil, err
		}
	}
	run, err = a.lab.LabelRun(ctx, in.ID, labels)
	return &answer[lab.RunInfo]{run}, err
}

// chosenInput are several runs.
type chosenInput struct {
	Body struct {
		IDs []string `json:"ids" minItems:"1" maxItems:"10000"`
	}
}

func (a *App) deleteRuns(ctx context.Context, in *chosenInput) (*struct{}, error) {
	return nil, a.lab.DeleteRuns(ctx, in.Body.IDs)
}

func (a *App) restoreRuns(ctx context.Context, in *chosenInput) (*struct{}, error) {
	return nil, a.lab.RestoreRuns(ctx, in.Body.IDs)
}

func (a *App) purgeRuns(ctx context.Context, in *chosenInput) (*struct{}, error) {
	return nil, a.lab.PurgeRuns(ctx, in.Body.IDs)
}

type tagInput struct {
	Body struct {
		IDs []string `json:"ids" minItems:"1" maxItems:"10000"`
		Tag string   `json:"tag" minLength:"1" maxLength:"30"`
	}
}

func (a *App) tagRuns(ctx context.Context, in *tagInput) (*struct{}, error) {
	return nil, a.lab.TagRuns(ctx, in.Body.IDs, in.Body.Tag)
}
