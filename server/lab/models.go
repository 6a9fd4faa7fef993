package lab

import (
	"context"
	"log/slog"
	"maps"
	"path"
	"strings"
	"sync"

	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// ModelInfo is a model as pages and the API show it.
type ModelInfo struct {
	ID         string               `json:"id"`
	Title      string               `json:"title"`
	Model      string               `json:"model"`
	Origin     string               `json:"origin"`
	Recipe     string               `json:"recipe,omitempty" doc:"paper or fast, by which it was trained; absent where it was not trained here"`
	Shipped    bool                 `json:"shipped"`
	Spec       spec.Spec            `json:"spec"`
	Provenance modelfile.Provenance `json:"provenance"`
	Figures    []FigureInfo         `json:"figures"`
}

func modelInfo(id string, shipped bool, f *modelfile.File) ModelInfo {
	sp := f.Network.Spec
	recipe := ""
	if f.Provenance.Origin == modelfile.Trained {
		recipe = sp.Recipe()
	}
	return ModelInfo{
		ID: id, Recipe: recipe, Title: f.Provenance.Title, Model: sp.Model, Origin: f.Provenance.Origin, Shipped: shipped,
		Spec: sp, Provenance: f.Provenance, Figures: FiguresFor(sp),
	}
}

// Models lists the models, shipped ones first. A file that cannot be read is left
// out, and the log says why, once.
func (l *Lab) Models() []ModelInfo {
	infos := []ModelInfo{}
	for _, e := range l.models.List() {
		if e.Err == nil {
			infos = append(infos, modelInfo(e.ID, e.Shipped, e.File))
		} else if _, told := l.unreadable.LoadOrStore(e.ID, true); !told {
			slog.Warn("a model's file cannot be read", "id", e.ID, "error", e.Err)
		}
	}
	return infos
}

// FindModel gives one model and its file.
func (l *Lab) FindModel(id string) (ModelInfo, *modelfile.File, error) {
	for _, e := range l.models.List() {
		switch {
		case e.ID != id:
		case e.Err != nil:
			return ModelInfo{}, nil, refuse(Invalid, "id", "the model's file cannot be read: %v", e.Err)
		default:
			return modelInfo(id, e.Shipped, e.File), e.File, nil
		}
	}
	return ModelInfo{}, nil, modelfile.ErrNotFound
}

// AddModel keeps the model in a file of the given name: one of the lab's own in
// safetensors, or a PyTorch file as published.
func (l *Lab) AddModel(ctx context.Context, name string, b []byte) (ModelInfo, error) {
	if err := l.roomForModel(); err != nil {
		return ModelInfo{}, err
	}
	f, err := modelfile.Import(CleanName(name), b)
	if err != nil {
		return ModelInfo{}, refuse(Invalid, "file", "%v", err)
	}
	f.Provenance.Numbers = nil // only what was measured here is shown
	if src, err := l.sources(ctx, f.Network.Spec); err == nil {
		if f.Provenance.Numbers, err = experiment.Measure(ctx, f.Network, src); err != nil {
			return ModelInfo{}, err
		}
	}
	title := f.Provenance.Title
	if title == "" {
		title = strings.TrimSuffix(CleanName(name), path.Ext(name))
	}
	id, err := l.models.Save(title, f)
	if err != nil {
		return ModelInfo{}, err
	}
	info, _, err := l.FindModel(id)
	return info, err
}

// maxModels is how many models of one's own a lab keeps: every page lists them.
const maxModels = 500

// roomForModel refuses one more model than there may be.
func (l *Lab) roomForModel() error {
	own := 0
	for _, e := range l.models.List() {
		if !e.Shipped {
			own++
		}
	}
	if own >= maxModels {
		return refuse(Conflict, "file", "%d models are here besides those that came with the lab, as many as it keeps: delete one first.", own)
	}
	return nil
}

// ideal are the numbers of the closed-form model, the same in every lab of the process.
var ideal struct {
	once    sync.Once
	numbers map[string]float64
	err     error
}

// measureIdeal gives the closed-form model, which no file holds, its numbers.
func (l *Lab) measureIdeal(ctx context.Context) error {
	f, err := l.models.Get(modelfile.IdealID)
	if err != nil {
		return err
	}
	src, err := l.sources(ctx, f.Network.Spec)
	if err != nil {
		return err
	}
	ideal.once.Do(func() { ideal.numbers, ideal.err = experiment.Measure(context.WithoutCancel(ctx), f.Network, src) })
	f.Provenance.Numbers = maps.Clone(ideal.numbers)
	return ideal.err
}

// OpenModel gives a model's file and the sources that it was trained on.
func (l *Lab) OpenModel(ctx context.Context, id string) (*modelfile.File, *data.Sources, error) {
	_, f, err := l.FindModel(id)
	if err != nil {
		return nil, nil, err
	}
	src, err := l.sources(ctx, f.Network.Spec)
	return f, src, err
}

// DeleteModel removes one of the user's own models.
func (l *Lab) DeleteModel(id string) error { return l.models.Delete(id) }
