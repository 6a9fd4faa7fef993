package app

import (
	"cmp"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
)

// recovered answers a panic with a problem, unless the answer has begun.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			slog.Error("handler panicked", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			writeProblem(w, problem(http.StatusInternalServerError, "", "something went wrong inside the lab; its log says what"))
		}()
		next.ServeHTTP(w, r)
	})
}

// secured sets what browsers are told about safety. Everything comes from the lab's
// own host. Only a live page that is asked for with ?embed may stand in frames of other
// sites, those that the lab's owner named. Style attributes are let in for ECharts' tooltips, and the pages with
// 3-D charts may compile code, since echarts-gl does so for its picture sizes.
func (a *App) secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scripts := "script-src 'self'"
		if strings.HasPrefix(r.URL.Path, "/models/") || strings.HasPrefix(r.URL.Path, "/lessons/") {
			scripts += " 'unsafe-eval'"
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; "+scripts+"; style-src 'self'; style-src-attr 'unsafe-inline'; "+
			"img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; "+
			"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors "+a.framers(r))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// uploads are the addresses that take files, and how large these may be.
var uploads = map[string]int64{
	"/api/models": maxUpload, "/api/sources": maxUpload, "/models": maxUpload, "/runs/new": maxUpload,
	"/api/runs/import": maxArchive, "/runs/import": maxArchive,
}

// maxArchive is the largest archive of a run with the form round it, in bytes.
const maxArchive = lab.MostArchive + 1<<20

// framers are the origins whose pages may show an answer in a frame.
func (a *App) framers(r *http.Request) string {
	all := "'self'"
	if r.URL.Query().Has("embed") && strings.HasPrefix(r.URL.Path, "/models/") && strings.HasSuffix(r.URL.Path, "/live") {
		for _, o := range a.embedders {
			all += " " + o.Scheme + "://" + o.Host
		}
	}
	return all
}

// limited bounds the body of every request.
func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := cmp.Or(uploads[r.URL.Path], maxBody)
		if r.ContentLength > limit {
			// Most browsers only read the answer once they have sent everything.
			io.CopyN(io.Discard, r.Body, 2*maxUpload)
			writeProblem(w, &http.MaxBytesError{Limit: limit})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// route is the pattern that the router matched, for metrics.
func route(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "none"
}
