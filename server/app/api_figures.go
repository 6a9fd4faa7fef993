package app

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
)

// figure answers with a figure as JSON, or as files for the names that end in .csv
// and .npz.
func (a *App) figure(w http.ResponseWriter, r *http.Request) error {
	model, id := chi.URLParam(r, "id"), chi.URLParam(r, "fig")
	id, suffix, _ := strings.Cut(id, ".")
	kind, ok := map[string]string{"": "application/json", "csv": "text/csv; charset=utf-8", "npz": "application/zip"}[suffix]
	if !ok {
		return absent("path.fig", "a figure is there as JSON, .csv and .npz")
	}
	if err := a.mayCompute(r, model, id); err != nil {
		return err
	}
	f, err := a.lab.Figure(lab.For(r.Context(), a.client(r)), model, id, r.URL.Query())
	if err != nil {
		return inQuery{err}
	}
	w.Header().Set("Cache-Control", "no-cache")
	var b bytes.Buffer
	switch suffix {
	case "csv":
		err = f.WriteCSV(&b)
	case "npz":
		err = f.WriteNPZ(&b)
	default:
		e, err := a.encodings.of(f)
		if err == nil {
			e.send(w, r)
		}
		return err
	}
	if err != nil {
		return err
	}
	attach(w, kind, model+"-"+id+"."+suffix)
	w.Write(b.Bytes()) // a client that left needs no answer
	return nil
}
