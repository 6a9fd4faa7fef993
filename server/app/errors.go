package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"unmixlab/server/lab"
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

// absent is a problem with what the address names: it is not there.
func absent(field, format string, args ...any) *Problem {
	return problem(http.StatusNotFound, field, format, args...)
}

// invalid is a problem with what the request holds.
func invalid(field, format string, args ...any) *Problem {
	return problem(http.StatusUnprocessableEntity, field, format, args...)
}

// noLink is the problem of those who have no link to a lab that asks for one.
var noLink = problem(http.StatusUnauthorized, "header.Authorization", "This lab asks for a link. "+
	"Open the one that you were given; programs send its key as Authorization: Bearer KEY.")

// wrongLink is the problem with a link that is not the lab's.
func wrongLink() *Problem {
	return problem(http.StatusUnauthorized, "query.key", "That is none of this lab's links, or not any longer. Ask for a new one.")
}

// notForRole is the problem of those whose link is for less than they ask for.
func notForRole(has, need role) *Problem {
	p := problem(http.StatusForbidden, "header.Authorization", "This takes a link that lets you %s. Yours lets you %s.", mayDo[need], mayDo[has])
	p.Title = "Your link is not for this"
	return p
}

// statuses are what the lab's refusals are on the web.
var statuses = map[lab.Kind]int{
	lab.NotFound:    http.StatusNotFound,
	lab.Invalid:     http.StatusUnprocessableEntity,
	lab.Conflict:    http.StatusConflict,
	lab.Busy:        http.StatusTooManyRequests,
	lab.Unavailable: http.StatusServiceUnavailable,
	lab.NotKept:     http.StatusInsufficientStorage,
}

// ProblemOf is the one place that turns an error into a status and its words.
func ProblemOf(err error) *Problem {
	var (
		ready *Problem
		large *http.MaxBytesError
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &large):
		return problem(http.StatusRequestEntityTooLarge, "body", "is larger than the %d bytes that are taken", large.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem(http.StatusRequestTimeout, "body", "did not arrive in time")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, "", "the request was given up before its answer was ready")
	}
	if refusal := lab.Refusal(err); refusal != nil {
		if refusal.Kind == lab.NotKept {
			slog.Error("something could not be kept", "error", err)
		}
		p := problem(statuses[refusal.Kind], "", "%s", refusal.Message)
		for _, f := range refusal.Fields {
			p.Errors = append(p.Errors, &huma.ErrorDetail{Location: place(err, f.Field), Message: f.Message})
		}
		return p
	}
	slog.Error("request failed", "error", err)
	return problem(http.StatusInternalServerError, "", "something went wrong inside the lab; its log says what")
}

// later tells whether what a status refuses is worth asking for again.
func later(status int) bool {
	return status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests
}

// inQuery marks an error whose fields stand in the address's query.
type inQuery struct{ error }

func (e inQuery) Unwrap() error { return e.error }

// place is where in the request a field stands that an error blames.
func place(err error, field string) string {
	in := "body"
	switch {
	case field == "id" || field == "fig":
		in = "path"
	case field == "at" || errors.As(err, &inQuery{}):
		in = "query"
	}
	if field == "" {
		return in
	}
	return in + "." + field
}

// writeProblem answers with an error outside of huma's handlers.
func writeProblem(w http.ResponseWriter, err error) {
	p := ProblemOf(err)
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Del("Content-Length")
	h.Del("Etag")
	h.Set("Cache-Control", "no-store")
	if later(p.Status) {
		h.Set("Retry-After", strconv.Itoa(worthTrying))
	}
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) // a client that left needs no answer
}
