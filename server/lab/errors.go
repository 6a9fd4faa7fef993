package lab

import (
	"errors"
	"fmt"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// Kind is why the lab refuses something.
type Kind int

const (
	NotFound    Kind = iota + 1 // there is nothing of this name
	Invalid                     // a value is not accepted, or does not apply
	Conflict                    // it does not go with how things stand
	Busy                        // too much is waiting already
	Unavailable                 // not now
	NotKept                     // it could not be written: no room, or no permission
)

// Error is a refusal: its kind, the fields to blame, if any, and a sentence for
// whoever asked. The fields are those of settings and parameters; besides them "id" is
// the model or run that was named, "fig" a figure, and "file" an uploaded file.
type Error struct {
	Kind    Kind
	Fields  []spec.FieldError
	Message string
}

func (e *Error) Error() string { return e.Message }

// refuse is an Error about one field, or none ("").
func refuse(kind Kind, field, format string, args ...any) *Error {
	e := &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
	if field != "" {
		e.Fields = []spec.FieldError{{Field: field, Message: e.Message}}
	}
	return e
}

// Refusal is the Error in or behind an error of the lab's; nil for failures, which
// are nobody's fault.
func Refusal(err error) *Error {
	var (
		ready  *Error
		fields spec.Errors
		field  spec.FieldError
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &fields):
		return invalid(fields)
	case errors.As(err, &field):
		return invalid(spec.Errors{field})
	case errors.Is(err, store.ErrNotFound), errors.Is(err, modelfile.ErrNotFound):
		return refuse(NotFound, "id", "there is nothing of this id")
	case errors.Is(err, modelfile.ErrShipped):
		return refuse(Conflict, "id", "comes with the lab and cannot be removed")
	case errors.Is(err, modelfile.ErrNotKept):
		return refuse(NotKept, "", "%v", err)
	case errors.Is(err, job.ErrActive):
		return refuse(Conflict, "id", "the run is queued or running already")
	case errors.Is(err, job.ErrNotActive):
		return refuse(Conflict, "id", "the run is neither queued nor running")
	case errors.Is(err, job.ErrClosed), errors.Is(err, errClosing):
		return refuse(Unavailable, "", "the lab is shutting down")
	}
	switch trouble := store.Trouble(err); trouble {
	case nil:
		return nil
	case store.ErrInUse:
		return refuse(Unavailable, "", "%v", trouble)
	default:
		return refuse(NotKept, "", "%v", trouble)
	}
}

func invalid(fields spec.Errors) *Error {
	e := &Error{Kind: Invalid, Fields: fields, Message: fmt.Sprintf("%d settings are not accepted", len(fields))}
	if len(fields) == 1 {
		e.Message = fields[0].Error()
	}
	return e
}
