package app

import (
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strings"

	"unmixlab/web"
)

// baseForm is how a base path is written, once slashes at its end are dropped.
var baseForm = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`)

// Base is the path below which the lab stands, without a slash at its end; it is empty
// for the root.
type Base string

// UnmarshalText reads a base as it was typed.
func (b *Base) UnmarshalText(typed []byte) error {
	base := strings.TrimRight(string(typed), "/")
	if !baseForm.MatchString(base) {
		return fmt.Errorf("%q must be a path such as /lab or /user/ann/lab", typed)
	}
	*b = Base(base)
	return nil
}

// below has the lab answer below its base path alone. A proxy that takes the path away
// needs no base.
func (a *App) below(lab http.Handler) http.Handler {
	if a.base == "" {
		return lab
	}
	inside := http.StripPrefix(string(a.base), lab)
	outside := a.secured(a.sameHost(http.HandlerFunc(a.outside)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == string(a.base):
			w.Header().Set("Location", withQuery("./"+path.Base(string(a.base))+"/", r))
			w.WriteHeader(http.StatusPermanentRedirect)
		case strings.HasPrefix(r.URL.Path, string(a.base)+"/"):
			inside.ServeHTTP(w, r)
		default:
			outside.ServeHTTP(w, r)
		}
	})
}

// outside says where the lab is.
func (a *App) outside(w http.ResponseWriter, r *http.Request) {
	err := absent("path", "there is nothing at %s; the lab is at %s/", r.URL.Path, a.base)
	if !forPeople(r) {
		writeProblem(w, err)
		return
	}
	a.errorPage(w, r, web.Root(r.URL.EscapedPath())+strings.TrimPrefix(string(a.base), "/")+"/", err)
}

// withQuery is an address with the query that a request came with.
func withQuery(address string, r *http.Request) string {
	if r.URL.RawQuery == "" {
		return address
	}
	return address + "?" + r.URL.RawQuery
}
