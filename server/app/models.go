package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/store"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
	"unmixlab/web/figure"
)

// ModelInfo is a model as pages and the API show it.
type ModelInfo struct {
	ID         string               `json:"id"`
	Title      string               `json:"title"`
	Model      string               `json:"model"`
	Origin     string               `json:"origin"`
	Shipped    bool                 `json:"shipped"`
	Spec       spec.Spec            `json:"spec"`
	Provenance modelfile.Provenance `json:"provenance"`
	Figures    []FigureInfo         `json:"figures"`
}

func modelInfo(id string, shipped bool, f *modelfile.File) ModelInfo {
	sp := f.Network.Spec
	return ModelInfo{
		ID: id, Title: f.Provenance.Title, Model: sp.Model, Origin: f.Provenance.Origin, Shipped: shipped,
		Spec: sp, Provenance: f.Provenance, Figures: figuresFor(sp),
	}
}

// Models lists the models, shipped ones first. A file that cannot be read is left
// out, and the log says why, once.
func (a *App) Models() []ModelInfo {
	infos := []ModelInfo{}
	for _, e := range a.models.List() {
		if e.Err == nil {
			infos = append(infos, modelInfo(e.ID, e.Shipped, e.File))
		} else if _, told := a.unreadable.LoadOrStore(e.ID, true); !told {
			slog.Warn("a model's file cannot be read", "id", e.ID, "error", e.Err)
		}
	}
	return infos
}

// FindModel gives one model and its file.
func (a *App) FindModel(id string) (ModelInfo, *modelfile.File, error) {
	for _, e := range a.models.List() {
		switch {
		case e.ID != id:
		case e.Err != nil:
			return ModelInfo{}, nil, problem(http.StatusUnprocessableEntity, "path.id", "the model's file cannot be read: %v", e.Err)
		default:
			return modelInfo(id, e.Shipped, e.File), e.File, nil
		}
	}
	return ModelInfo{}, nil, modelfile.ErrNotFound
}

// AddModel keeps the model in a file of the given name: one of the lab's own in
// safetensors, or a PyTorch file as published.
func (a *App) AddModel(ctx context.Context, name string, b []byte) (ModelInfo, error) {
	f, err := modelfile.Import(cleanName(name), b)
	if err != nil {
		return ModelInfo{}, problem(http.StatusUnprocessableEntity, "body.file", "%v", err)
	}
	f.Provenance.Numbers = nil // only what was measured here is shown
	if src, err := a.sources(ctx, f.Network.Spec); err == nil {
		if err := figure.Measure(ctx, f, src); err != nil {
			return ModelInfo{}, err
		}
	}
	title := f.Provenance.Title
	if title == "" {
		title = strings.TrimSuffix(cleanName(name), path.Ext(name))
	}
	id, err := a.models.Save(title, f)
	if err != nil {
		return ModelInfo{}, err
	}
	info, _, err := a.FindModel(id)
	return info, err
}

// measureIdeal gives the closed-form model, which no file holds, its numbers.
func (a *App) measureIdeal(ctx context.Context) error {
	f, err := a.models.Get(modelfile.IdealID)
	if err != nil {
		return err
	}
	src, err := a.sources(ctx, f.Network.Spec)
	if err != nil {
		return err
	}
	return figure.Measure(ctx, f, src)
}

// SaveRun makes a model of a run as it is: of now when it trains, else of its
// checkpoint. An empty title is the run's own.
func (a *App) SaveRun(ctx context.Context, id, title string) (ModelInfo, error) {
	run, err := a.FindRun(ctx, id)
	if err != nil {
		return ModelInfo{}, err
	}
	if err := a.checkpointNow(ctx, id); err != nil {
		return ModelInfo{}, err
	}
	f, err := a.fileOfRun(ctx, run)
	if err != nil {
		return ModelInfo{}, err
	}
	if title = strings.TrimSpace(title); title != "" {
		f.Provenance.Title = title
	}
	model, err := a.models.Save(f.Provenance.Title, f)
	if err != nil {
		return ModelInfo{}, err
	}
	if err := a.store.SetModel(ctx, id, model); err != nil {
		return ModelInfo{}, err
	}
	a.publishState(id)
	info, _, err := a.FindModel(model)
	return info, err
}

func (a *App) fileOfRun(ctx context.Context, run RunInfo) (*modelfile.File, error) {
	src, err := a.sources(ctx, run.Spec)
	if err != nil {
		return nil, err
	}
	c, err := a.store.OpenCheckpoint(run.ID)
	if err != nil {
		return nil, noCheckpoint(err)
	}
	defer c.Close()
	t, err := train.Restore(c, src)
	if err != nil {
		return nil, fmt.Errorf("the run's checkpoint: %w", err)
	}
	return TrainedFile(ctx, t, run.Title, run.Kernel)
}

// TrainedFile is what a trainer has made, with where it comes from and the numbers it
// reaches in a test.
func TrainedFile(ctx context.Context, t *train.Trainer, title, kernel string) (*modelfile.File, error) {
	f := &modelfile.File{Network: t.Network(), Provenance: modelfile.Provenance{
		Title: title, Origin: modelfile.Trained, Created: time.Now().UTC().Truncate(time.Second),
		Kernel: kernel, Batches: t.Batch(), Losses: thinned(t.Losses(), 200),
	}}
	return f, figure.Measure(ctx, f, t.Sources())
}

// thinned are at most n stretches of a loss curve as (last batch, mean loss).
func thinned(losses []float64, n int) [][2]float64 {
	points := [][2]float64{}
	for i := range min(n, len(losses)) {
		from, to := i*len(losses)/n, (i+1)*len(losses)/n
		if len(losses) <= n {
			from, to = i, i+1
		}
		sum := 0.0
		for _, l := range losses[from:to] {
			sum += l
		}
		points = append(points, [2]float64{float64(to), sum / float64(to-from)})
	}
	return points
}

// noCheckpoint says of a run without one that it must train first.
func noCheckpoint(err error) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return problem(http.StatusConflict, "path.id", "the run has trained nothing yet: wait for its first batches")
	}
	return err
}

func (a *App) listModels(context.Context, *struct{}) (*answer[[]ModelInfo], error) {
	return &answer[[]ModelInfo]{a.Models()}, nil
}

func (a *App) getModel(_ context.Context, in *IDPath) (*answer[ModelInfo], error) {
	info, _, err := a.FindModel(in.ID)
	return &answer[ModelInfo]{info}, err
}

func (a *App) addModel(ctx context.Context, in *upload) (*answer[ModelInfo], error) {
	b, name, err := in.read()
	if err != nil {
		return nil, err
	}
	info, err := a.AddModel(ctx, name, b)
	return &answer[ModelInfo]{info}, err
}

func (a *App) deleteModel(_ context.Context, in *IDPath) (*struct{}, error) {
	return nil, a.models.Delete(in.ID)
}

// weights are a model's file.
func (a *App) weights(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	_, f, err := a.FindModel(id)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := modelfile.Write(&b, f); err != nil {
		return err
	}
	attach(w, "application/octet-stream", id+".safetensors")
	w.Write(b.Bytes()) // a client that left needs no answer
	return nil
}
