package app

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"unmixlab/server/wire"
)

func humaOn(r chi.Router, c huma.Config) huma.API { return humachi.New(r, c) }

// IDPath is the part of an address that names a model or a run.
type IDPath struct {
	ID string `path:"id" maxLength:"120" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"id of the model or run"`
}

// answer is a body of JSON.
type answer[T any] struct{ Body T }

// add registers one operation; its errors are turned into problems here. change
// may describe it further, before or after huma has seen its types.
func add[I, O any](api huma.API, method, path, summary string, do func(context.Context, *I) (*O, error), change ...func(*huma.Operation)) {
	op := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary,
		Tags: strings.Split(path, "/")[2:3], BodyReadTimeout: 2 * time.Minute, MaxBodyBytes: maxBody,
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity},
	}
	for _, c := range change {
		c(&op)
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, ProblemOf(err)
		}
		return out, nil
	})
}

// operationID is such as post-runs-id-pause.
func operationID(method, path string) string {
	name := strings.NewReplacer("/api/", "-", "/", "-", "{", "", "}", "").Replace(path)
	return strings.ToLower(method) + name
}

// openAPI answers with the description of the API.
func openAPI(api huma.API) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := json.Marshal(api.OpenAPI())
		if err != nil {
			writeProblem(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/vnd.oai.openapi+json")
		w.Write(b)
	}
}

// download makes a handler of one that writes a file, or fails before it writes.
func (a *App) download(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(w, r); err != nil {
			w.Header().Del("Content-Disposition")
			a.refuse(w, r, err)
		}
	}
}

// attach announces a file to be kept under a name.
func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// numbers are values of which some may be no number: null in JSON.
type numbers []float64

func (n numbers) MarshalJSON() ([]byte, error) { return wire.Numbers(n).MarshalJSON() }

// Schema describes numbers in the API's description.
func (n numbers) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeNumber, Nullable: true}}
}
