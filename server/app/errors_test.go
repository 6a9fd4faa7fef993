package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
)

// Every kind of refusal has its status, and a failure tells nothing of the inside.
func TestErrorsBecomeStatuses(t *testing.T) {
	t.Parallel()
	for kind, want := range map[lab.Kind]int{lab.NotFound: 404, lab.Invalid: 422, lab.Conflict: 409, lab.Busy: 429, lab.Unavailable: 503, lab.NotKept: 507} {
		if p := ProblemOf(&lab.Error{Kind: kind, Message: "no"}); p.Status != want || p.Detail != "no" {
			t.Errorf("kind %d became %+v, want %d", kind, p, want)
		}
	}
	for _, c := range []struct {
		err    error
		status int
	}{
		{fmt.Errorf("asked: %w", context.Canceled), 503},
		{&http.MaxBytesError{Limit: 9}, 413},
		{fmt.Errorf("start: %w", absent("path.slug", "none")), 404},
		{errors.New("disk full at /home/somebody"), 500},
	} {
		if p := ProblemOf(c.err); p.Status != c.status || p.Status == 500 && p.Detail != "something went wrong inside the lab; its log says what" {
			t.Errorf("%v became %+v, want %d", c.err, p, c.status)
		}
	}
}

// A field is named by its place in the request.
func TestFieldsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	named := func(field string) error { return spec.FieldError{Field: field, Message: "is odd"} }
	for want, err := range map[string]error{
		"body.tau": named("tau"), "body": named(""), "query.seed": inQuery{named("seed")}, "path.id": named("id"), "path.fig": inQuery{named("fig")},
	} {
		if p := ProblemOf(err); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != want {
			t.Errorf("%v is placed at %+v, want %s", err, p.Errors, want)
		}
	}
}

// A disk that is full, read-only or forbidden is called that, with what to do.
func TestTroubleWithTheFolderIsTold(t *testing.T) {
	t.Parallel()
	for cause, word := range map[syscall.Errno]string{
		syscall.ENOSPC: "the disk is full", syscall.EDQUOT: "quota", syscall.EROFS: "read-only", syscall.EACCES: "permission is denied",
	} {
		err := fmt.Errorf("keep it: %w", &fs.PathError{Op: "write", Path: "/home/me/x", Err: cause})
		p := ProblemOf(errors.Join(err))
		if p.Status != 507 || !strings.Contains(p.Detail, word) || strings.Contains(p.Detail, "/home") {
			t.Errorf("%v is answered with %d %s", cause, p.Status, p.Detail)
		}
	}
}
