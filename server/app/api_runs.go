package app

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"unmixlab/sim/spec"
)

// maxSpec is more than any settings need, in bytes.
const maxSpec = 64 << 10

func (a *App) listRuns(ctx context.Context, _ *struct{}) (*answer[[]RunInfo], error) {
	runs, err := a.Runs(ctx)
	return &answer[[]RunInfo]{runs}, err
}

func (a *App) getRun(ctx context.Context, in *IDPath) (*answer[RunInfo], error) {
	run, err := a.FindRun(ctx, in.ID)
	return &answer[RunInfo]{run}, err
}

// specBody has the settings read and checked by package spec rather than by huma,
// so that page, API and command line refuse the same with the same words.
func specBody(op *huma.Operation) {
	op.SkipValidateBody = true
	op.MaxBodyBytes = maxSpec
	op.DefaultStatus = http.StatusCreated
}

type startInput struct {
	RawBody []byte `contentType:"application/json" doc:"the settings; those left out take the model's defaults"`
}

func (a *App) startRun(ctx context.Context, in *startInput) (*answer[RunInfo], error) {
	sp, err := spec.Parse(in.RawBody)
	if err != nil {
		return nil, err
	}
	run, err := a.StartRun(ctx, sp)
	return &answer[RunInfo]{run}, err
}

func (a *App) pauseRun(ctx context.Context, in *IDPath) (*answer[RunInfo], error) {
	run, err := a.PauseRun(ctx, in.ID)
	return &answer[RunInfo]{run}, err
}

func (a *App) resumeRun(ctx context.Context, in *IDPath) (*answer[RunInfo], error) {
	run, err := a.ResumeRun(ctx, in.ID)
	return &answer[RunInfo]{run}, err
}

func (a *App) stopRun(ctx context.Context, in *IDPath) (*answer[RunInfo], error) {
	run, err := a.StopRun(ctx, in.ID)
	return &answer[RunInfo]{run}, err
}

func (a *App) deleteRun(ctx context.Context, in *IDPath) (*struct{}, error) {
	return nil, a.DeleteRun(ctx, in.ID)
}

type saveInput struct {
	IDPath
	Title string `query:"title" maxLength:"80" doc:"of the model; the run's own when left out"`
	Body  *struct {
		Title string `json:"title" maxLength:"80" doc:"the same, in place of the query"`
	}
}

func (a *App) saveRun(ctx context.Context, in *saveInput) (*answer[ModelInfo], error) {
	title := in.Title
	if in.Body != nil {
		title = in.Body.Title
	}
	model, err := a.SaveRun(ctx, in.ID, title)
	return &answer[ModelInfo]{model}, err
}

type metricsInput struct {
	IDPath
	Points int `query:"points" minimum:"2" maximum:"100000" default:"2000" doc:"at most so many; peaks, the first and the last stay"`
}

type metricsBody struct {
	Batch    []int   `json:"batch"`
	Loss     numbers `json:"loss"`
	GradNorm numbers `json:"grad_norm"`
	Seconds  numbers `json:"seconds"`
}

func (a *App) getMetrics(ctx context.Context, in *metricsInput) (*answer[metricsBody], error) {
	if _, err := a.store.Run(ctx, in.ID); err != nil {
		return nil, err
	}
	ms, err := a.store.Metrics(ctx, in.ID, in.Points)
	body := metricsBody{Batch: []int{}, Loss: numbers{}, GradNorm: numbers{}, Seconds: numbers{}}
	for _, m := range ms {
		body.Batch = append(body.Batch, m.Batch)
		body.Loss = append(body.Loss, m.Loss)
		body.GradNorm = append(body.GradNorm, m.GradNorm)
		body.Seconds = append(body.Seconds, m.Seconds)
	}
	return &answer[metricsBody]{body}, err
}

// metricsCSV is every batch of a run; what is no number is an empty cell.
func (a *App) metricsCSV(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	if _, err := a.store.Run(r.Context(), id); err != nil {
		return err
	}
	ms, err := a.store.Metrics(r.Context(), id, 0)
	if err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", "unmixlab-"+id+".csv")
	out := csv.NewWriter(w)
	out.Write([]string{"batch", "loss", "grad_norm", "seconds"})
	for _, m := range ms {
		out.Write([]string{strconv.Itoa(m.Batch), cell(m.Loss), cell(m.GradNorm), cell(m.Seconds)})
	}
	out.Flush() // a client that left needs no answer
	return nil
}

func cell(x float64) string {
	if finite(x) == nil {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// events is every batch of a run as TensorBoard reads it.
func (a *App) events(w http.ResponseWriter, r *http.Request) error {
	run, err := a.store.Run(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	ms, err := a.store.Metrics(r.Context(), run.ID, 0)
	if err != nil {
		return err
	}
	attach(w, "application/octet-stream", "events.out.tfevents."+strconv.FormatInt(run.Created.Unix(), 10)+"."+run.ID)
	writeEvents(w, run.Created, ms) // a client that left needs no answer
	return nil
}

// checkpoint is a run's state: of now when it trains, else its newest.
func (a *App) checkpoint(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	if _, err := a.store.Run(r.Context(), id); err != nil {
		return err
	}
	if err := a.checkpointNow(r.Context(), id); err != nil {
		return err
	}
	f, err := a.store.OpenCheckpoint(id)
	if err != nil {
		return noCheckpoint(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	}
	attach(w, "application/octet-stream", fmt.Sprintf("unmixlab-%s.safetensors", id))
	io.Copy(w, f) // a client that left needs no answer
	return nil
}

// checkpointNow has a run that trains write its checkpoint; others have theirs.
func (a *App) checkpointNow(ctx context.Context, id string) error {
	wishes, ok := a.saving.Load(id)
	if !ok {
		return nil
	}
	ended := make(chan struct{})
	go func() { a.jobs.Wait(ctx, id); close(ended) }()
	answer := make(chan error, 1)
	select {
	case wishes.(chan chan error) <- answer:
		return <-answer
	case <-ended: // having written one, unless it failed
		return ctx.Err()
	}
}
