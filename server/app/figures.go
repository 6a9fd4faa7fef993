package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"unmixlab/sim/data"
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

func figuresFor(sp spec.Spec) []FigureInfo {
	infos := []FigureInfo{}
	for _, e := range figure.Figures {
		why := e.Applies(sp)
		infos = append(infos, FigureInfo{e.ID, e.Title, why == "", why})
	}
	return infos
}

// Figure gives a figure of a model, from the cache when it was made lately. Several
// who ask at once share one computation, which ends when all of them have left.
func (a *App) Figure(ctx context.Context, model, id string, query url.Values) (*figure.Figure, error) {
	entry, ok := figure.Named(id)
	if !ok {
		return nil, problem(http.StatusNotFound, "path.fig", "there is no figure %s", id)
	}
	_, file, err := a.FindModel(model)
	if err != nil {
		return nil, err
	}
	if why := entry.Applies(file.Network.Spec); why != "" {
		return nil, problem(http.StatusUnprocessableEntity, "path.fig", "is not for this model: %s", why)
	}
	if err := knownParameters(entry, query); err != nil {
		return nil, err
	}
	src, err := a.sources(ctx, file.Network.Spec)
	if err != nil {
		return nil, err
	}
	request, err := figure.NewRequest(model, file, src, query)
	if err != nil {
		return nil, inQuery{err}
	}
	request.Find = func(id string) (*modelfile.File, *data.Sources, error) { return a.findOther(ctx, id) }
	key := fmt.Sprintf("%s %p %s %s", model, file.Network, id, query.Encode())
	f, err := a.figures.get(ctx, key, func(ctx context.Context) (*figure.Figure, error) {
		return entry.Compute(ctx, request)
	})
	if err != nil {
		return nil, inQuery{err}
	}
	return f, nil
}

// findOther gives a model that a figure sets beside its own.
func (a *App) findOther(ctx context.Context, id string) (*modelfile.File, *data.Sources, error) {
	_, f, err := a.FindModel(id)
	if err != nil {
		return nil, nil, err
	}
	src, err := a.sources(ctx, f.Network.Spec)
	return f, src, err
}

// knownParameters refuses parameters that the figure does not have.
func knownParameters(e figure.Entry, query url.Values) error {
	for name := range query {
		if !slices.ContainsFunc(e.All(), func(p figure.Parameter) bool { return p.Name == name }) {
			return problem(http.StatusUnprocessableEntity, "query."+name, "is no parameter of %s", e.ID)
		}
	}
	return nil
}

// inQuery marks an error whose fields stand in the address's query.
type inQuery struct{ error }

func (e inQuery) Unwrap() error { return e.error }

// figure answers with a figure as JSON, or as files for the names that end in .csv
// and .npz.
func (a *App) figure(w http.ResponseWriter, r *http.Request) error {
	model, id := chi.URLParam(r, "id"), chi.URLParam(r, "fig")
	id, suffix, _ := strings.Cut(id, ".")
	kind, ok := map[string]string{"": "application/json", "csv": "text/csv; charset=utf-8", "npz": "application/zip"}[suffix]
	if !ok {
		return problem(http.StatusNotFound, "path.fig", "a figure is there as JSON, .csv and .npz")
	}
	f, err := a.Figure(r.Context(), model, id, r.URL.Query())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	switch suffix {
	case "csv":
		err = f.WriteCSV(&b)
	case "npz":
		err = f.WriteNPZ(&b)
	default:
		err = json.NewEncoder(&b).Encode(f)
	}
	if err != nil {
		return err
	}
	if suffix != "" {
		attach(w, kind, model+"-"+id+"."+suffix)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(b.Bytes()) // a client that left needs no answer
	return nil
}
