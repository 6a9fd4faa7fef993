package lab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	"unmixlab/web/figure"
)

// FigureInfo is whether a figure can be made of a model, and why not.
type FigureInfo struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Applies bool   `json:"applies"`
	Why     string `json:"why"`
}

// FiguresFor are all figures with whether they apply to a spec.
func FiguresFor(sp spec.Spec) []FigureInfo {
	infos := []FigureInfo{}
	for _, e := range figure.Figures {
		why := e.Applies(sp)
		infos = append(infos, FigureInfo{e.ID, e.Title, why == "", why})
	}
	return infos
}

// Figure gives a figure of a model, from the cache when it was made lately. Several
// who ask at once share one computation, which ends when all of them have left.
func (l *Lab) Figure(ctx context.Context, model, id string, query url.Values) (*figure.Figure, error) {
	entry, ok := figure.Named(id)
	if !ok {
		return nil, refuse(NotFound, "fig", "there is no figure %s", id)
	}
	_, file, err := l.FindModel(model)
	if err != nil {
		return nil, err
	}
	if why := entry.Applies(file.Network.Spec); why != "" {
		return nil, refuse(Invalid, "fig", "is not for this model: %s", why)
	}
	if errs := entry.Check(query); len(errs) > 0 {
		return nil, errs
	}
	key := figureKey(model, file, id, query)
	if f, ok := l.figures.kept(key); ok {
		return f, nil
	}
	src, err := l.sources(ctx, file.Network.Spec)
	if err != nil {
		return nil, err
	}
	request, err := figure.NewRequest(model, file, src, query)
	if err != nil {
		return nil, err
	}
	request.Find = func(id string) (*modelfile.File, *data.Sources, error) { return l.OpenModel(ctx, id) }
	return l.figures.get(ctx, key, func(ctx context.Context) (*figure.Figure, error) { return entry.Compute(ctx, request) })
}

// HasFigure tells whether a figure was made lately, or is being made.
func (l *Lab) HasFigure(model, id string, query url.Values) bool {
	_, file, err := l.FindModel(model)
	return err == nil && l.figures.has(figureKey(model, file, id, query))
}

// figureKey is what the cache knows a figure by. A model that takes another's id has
// another network.
func figureKey(model string, file *modelfile.File, id string, query url.Values) string {
	return fmt.Sprintf("%s %p %s %s", model, file.Network, id, query.Encode())
}

// Component gives a function that fits the first principal component of a model's
// population, or finds the one fitted before; nil for a model that has none.
func (l *Lab) Component(id string, f *modelfile.File, src *data.Sources) func(context.Context) *experiment.Component {
	fit := func(ctx context.Context) (*experiment.Component, error) {
		c, ok, err := experiment.FirstComponent(ctx, f.Network, src)
		if !ok {
			return nil, err
		}
		return &c, nil
	}
	return func(ctx context.Context) *experiment.Component {
		c, err := l.components.get(ctx, fmt.Sprintf("%s %p", id, f.Network), fit)
		if err != nil && ctx.Err() == nil && !errors.Is(err, errClosing) {
			slog.Warn("no principal component of a model", "model", id, "error", err)
		}
		return c
	}
}
