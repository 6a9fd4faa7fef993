package app

import (
	"bytes"
	"encoding/json"
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
