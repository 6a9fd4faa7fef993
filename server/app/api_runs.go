package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// maxSpec is more than any settings need, in bytes.
const maxSpec = 64 << 10

func (a *App) getRun(ctx context.Context, in *IDPath) (*answer[lab.RunInfo], error) {
	run, err := a.lab.FindRun(ctx, in.ID)
	return &answer[lab.RunInfo]{run}, err
}

// specBody has the settings read and checked by package spec rather than by huma,
// so that page, API and command line refuse the same with the same words.
func specBody(op *huma.Operation) {
	op.SkipValidateBody = true
	op.MaxBodyBytes = maxSpec
	op.DefaultStatus = http.StatusCreated
}

// created has an operation answer that it made something.
func created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

// KeepInput is what a run is begun with besides its settings.
type KeepInput struct {
	Name       string `query:"name" maxLength:"80"`
	Tags       string `query:"tags" maxLength:"700" doc:"parted by blanks or commas"`
	Milestones int    `query:"milestones" minimum:"0" maximum:"1000000" doc:"batches between two checkpoints that stay; 0: none do"`
}

func (in KeepInput) keeping() lab.Keeping {
	return lab.Keeping{Labels: lab.Labels{Name: in.Name, Tags: lab.SplitTags(in.Tags)}, Milestones: in.Milestones}
}

type startInput struct {
	KeepInput
	RawBody []byte `contentType:"application/json" doc:"the settings; those left out take the model's defaults"`
}

func (a *App) startRun(ctx context.Context, in *startInput) (*answer[lab.RunInfo], error) {
	sp, err := spec.Parse(in.RawBody)
	if err != nil {
		return nil, err
	}
	run, err := a.lab.StartKept(ctx, sp, in.keeping())
	return &answer[lab.RunInfo]{run}, err
}

func (a *App) pauseRun(ctx context.Context, in *IDPath) (*answer[lab.RunInfo], error) {
	run, err := a.lab.PauseRun(ctx, in.ID)
	return &answer[lab.RunInfo]{run}, err
}

type resumeInput struct {
	IDPath
	Anew   bool   `query:"anew" doc:"begin at the first batch when no checkpoint is left to go on from, which is refused otherwise"`
	Kernel string `query:"kernel" enum:"own,any" default:"own" doc:"any: go on with the lab's kernel though another one computed the run so far, which is refused otherwise"`
}

func (a *App) resumeRun(ctx context.Context, in *resumeInput) (*answer[lab.RunInfo], error) {
	resume := a.lab.ResumeRun
	switch {
	case in.Anew:
		resume = a.lab.BeginAgain
	case in.Kernel == "any":
		resume = a.lab.ResumeWithKernel
	}
	run, err := resume(ctx, in.ID)
	if err != nil {
		err = inQuery{err}
	}
	return &answer[lab.RunInfo]{run}, err
}

func (a *App) stopRun(ctx context.Context, in *IDPath) (*answer[lab.RunInfo], error) {
	run, err := a.lab.StopRun(ctx, in.ID)
	return &answer[lab.RunInfo]{run}, err
}

func (a *App) deleteRun(ctx context.Context, in *IDPath) (*struct{}, error) {
	return nil, a.lab.DeleteRun(ctx, in.ID)
}

type saveInput struct {
	IDPath
	Title string `query:"title" maxLength:"80" doc:"of the model; the run's own when left out"`
	Body  *struct {
		Title string `json:"title" maxLength:"80" doc:"the same, in place of the query"`
	}
}

func (a *App) saveRun(ctx context.Context, in *saveInput) (*answer[lab.ModelInfo], error) {
	title := in.Title
	if in.Body != nil {
		title = in.Body.Title
	}
	model, err := a.lab.SaveRun(ctx, in.ID, title)
	return &answer[lab.ModelInfo]{model}, err
}

type metricsInput struct {
	IDPath
	Points int `query:"points" minimum:"2" maximum:"100000" default:"2000" doc:"at most so many; the first, the last, multiples of every, and peaks stay"`
}

type metricsBody struct {
	Batch        []int   `json:"batch"`
	Loss         numbers `json:"loss"`
	GradNorm     numbers `json:"grad_norm"`
	Seconds      numbers `json:"seconds"`
	Mean         numbers `json:"mean" doc:"of the loss of the batch and of those before it, mean_over in all; of every batch, also of those left out here"`
	GradNormMean numbers `json:"grad_norm_mean" doc:"likewise"`
	SecondsMean  numbers `json:"seconds_mean" doc:"likewise"`
	MeanOver     int     `json:"mean_over" doc:"batches"`
	Every        int     `json:"every" doc:"all batches that are multiples of this are there"`
}

func (a *App) getMetrics(ctx context.Context, in *metricsInput) (*answer[metricsBody], error) {
	ms, every, err := a.lab.Metrics(ctx, in.ID, in.Points)
	if err != nil {
		return nil, err
	}
	body := metricsBody{Batch: []int{}, MeanOver: train.MeanOver, Every: every}
	for _, m := range ms {
		body.Batch = append(body.Batch, m.Batch)
		body.Loss = append(body.Loss, m.Loss)
		body.GradNorm = append(body.GradNorm, m.GradNorm)
		body.Seconds = append(body.Seconds, m.Seconds)
		body.Mean = append(body.Mean, m.Mean.Loss)
		body.GradNormMean = append(body.GradNormMean, m.Mean.GradNorm)
		body.SecondsMean = append(body.SecondsMean, m.Mean.Seconds)
	}
	return &answer[metricsBody]{body}, nil
}

// metricsCSV is every batch of a run; what is no number is an empty cell.
func (a *App) metricsCSV(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	batches, _, err := a.lab.Metrics(r.Context(), id, 0)
	if err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", "unmixlab-"+id+".csv")
	lab.WriteCSV(w, batches) // a client that left needs no answer
	return nil
}

// events is every batch of a run as TensorBoard reads it.
func (a *App) events(w http.ResponseWriter, r *http.Request) error {
	run, err := a.lab.FindRun(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	batches, _, err := a.lab.Metrics(r.Context(), run.ID, 0)
	if err != nil {
		return err
	}
	attach(w, "application/octet-stream", "events.out.tfevents."+strconv.FormatInt(run.Created.Unix(), 10)+"."+run.ID)
	lab.WriteEvents(w, run.Created, batches) // a client that left needs no answer
	return nil
}

// checkpoint is a run's state: of now when it trains, else its newest.
func (a *App) checkpoint(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	f, err := a.lab.OpenCheckpoint(r.Context(), id)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(f) // a slow client must not keep it open: Windows could not replace it
	f.Close()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	attach(w, "application/octet-stream", fmt.Sprintf("unmixlab-%s.safetensors", id))
	w.Write(b) // a client that left needs no answer
	return nil
}
