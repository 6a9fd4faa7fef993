package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/danielgtaylor/huma/v2"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// Problem is an error as a client sees it: an RFC 9457 document with the fields
// that are wrong in Errors.
type Problem = huma.ErrorModel

// problem is a status with a sentence and, where one is to blame, the field by its
// place in the request: "body.tau", "query.points", "path.id".
func problem(status int, field, format string, args ...any) *Problem {
	p := &Problem{Status: status, Title: http.StatusText(status), Detail: fmt.Sprintf(format, args...)}
	if field != "" {
		p.Errors = []*huma.ErrorDetail{{Location: field, Message: p.Detail}}
	}
	return p
}

// ProblemOf is the one place that turns an error into a status and its words.
func ProblemOf(err error) *Problem {
	var (
		ready  *Problem
		fields spec.Errors
		field  spec.FieldError
		large  *http.MaxBytesError
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &fields):
		return fieldsProblem(place(err), fields)
	case errors.As(err, &field):
		return fieldsProblem(place(err), spec.Errors{field})
	case errors.As(err, &large):
		return problem(http.StatusRequestEntityTooLarge, "body", "is larger than the %d bytes that are taken", large.Limit)
	case errors.Is(err, store.ErrNotFound), errors.Is(err, modelfile.ErrNotFound):
		return problem(http.StatusNotFound, "path.id", "there is nothing of this id")
	case errors.Is(err, modelfile.ErrShipped):
		return problem(http.StatusConflict, "path.id", "comes with the lab and cannot be removed")
	case errors.Is(err, job.ErrActive):
		return problem(http.StatusConflict, "path.id", "the run is queued or running already")
	case errors.Is(err, job.ErrNotActive):
		return problem(http.StatusConflict, "path.id", "the run is neither queued nor running")
	case errors.Is(err, job.ErrClosed):
		return problem(http.StatusServiceUnavailable, "", "the lab is shutting down")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem(http.StatusRequestTimeout, "body", "did not arrive in time")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, "", "the request was given up before its answer was ready")
	}
	slog.Error("request failed", "error", err)
	return problem(http.StatusInternalServerError, "", "something went wrong inside the lab; its log says what")
}

// place is the part of the request in which an error's fields stand.
func place(err error) string {
	if errors.As(err, &inQuery{}) {
		return "query"
	}
	return "body"
}

func fieldsProblem(place string, fields spec.Errors) *Problem {
	p := problem(http.StatusUnprocessableEntity, "", "%d of the settings cannot be", len(fields))
	if len(fields) == 1 {
		p.Detail = fields[0].Error()
	}
	for _, f := range fields {
		at := place
		if f.Field != "" {
			at += "." + f.Field
		}
		p.Errors = append(p.Errors, &huma.ErrorDetail{Location: at, Message: f.Message})
	}
	return p
}

// writeProblem answers with an error outside of huma's handlers.
func writeProblem(w http.ResponseWriter, err error) {
	p := ProblemOf(err)
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Del("Content-Length")
	h.Del("Etag")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) // a client that left needs no answer
}
