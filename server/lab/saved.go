package lab

import (
	"context"
	"errors"
	"strings"
	"time"

	"unmixlab/sim/build"
	"unmixlab/sim/experiment"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/train"
)

// SaveRun makes a model of a run as it is: of now when it trains, else of its
// checkpoint. An empty title is the run's own.
func (l *Lab) SaveRun(ctx context.Context, id, title string) (ModelInfo, error) {
	run, err := l.FindRun(ctx, id)
	if err != nil {
		return ModelInfo{}, err
	}
	if err := l.roomForModel(); err != nil {
		return ModelInfo{}, err
	}
	f, err := l.fileOfRun(ctx, run)
	if err != nil {
		return ModelInfo{}, err
	}
	if title = strings.TrimSpace(title); title != "" {
		f.Provenance.Title = title
	}
	model, err := l.models.Save(f.Provenance.Title, f)
	if err != nil {
		return ModelInfo{}, err
	}
	if err := l.store.SetModel(ctx, id, model); err != nil {
		return ModelInfo{}, errors.Join(err, l.models.Delete(model)) // tried again, it is kept once
	}
	l.tell(id)
	info, _, err := l.FindModel(model)
	return info, err
}

func (l *Lab) fileOfRun(ctx context.Context, run RunInfo) (*modelfile.File, error) {
	src, err := l.sources(ctx, run.Spec)
	if err != nil {
		return nil, err
	}
	if err := l.checkpointNow(ctx, run.ID); err != nil {
		return nil, err
	}
	if len(l.store.Checkpoints(run.ID)) == 0 {
		return nil, errNothingTrained
	}
	t, damaged, why, err := l.restored(run.ID, src)
	if err != nil || len(damaged) > 0 {
		return nil, l.unsound(ctx, run, why)
	}
	if t.Batch() == 0 {
		return nil, errNothingTrained
	}
	return TrainedFile(ctx, t, run.Title)
}

// TrainedFile is what a trainer has made, with where it comes from and the numbers it
// reaches in a test. Its provenance names every kernel that trained it.
func TrainedFile(ctx context.Context, t *train.Trainer, title string) (*modelfile.File, error) {
	f := &modelfile.File{Network: t.Network(), Provenance: modelfile.Provenance{
		Title: title, Origin: modelfile.Trained, Created: time.Now().UTC().Truncate(time.Second),
		Version: build.Version(), Commit: build.Commit(),
		Kernel: strings.Join(t.Kernels(), kernelsApart), Batches: t.Batch(), Recipe: t.Network().Spec.Recipe(), Losses: train.Thinned(t.Losses(), 200),
	}}
	numbers, err := experiment.Measure(ctx, f.Network, t.Sources())
	f.Provenance.Numbers = numbers
	return f, err
}
