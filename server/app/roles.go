package app

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
)

// role is what a request may do; each may do what those before it may.
type role int

const (
	stranger role = iota // has no link to the lab
	view                 // follows stages, reads figures
	work                 // plays live and computes figures of its own
	lead                 // does everything: runs, models, sounds
)

// String is the role's name in links and on pages.
func (r role) String() string { return [...]string{"stranger", "view", "work", "lead"}[r] }

// needs says of every route which role it takes. What is not named here takes the lead's.
var needs = map[string]role{
	"GET /":                                     view,
	"GET /runs":                                 lead,
	"GET /runs/new":                             lead,
	"GET /runs/compare":                         lead,
	"GET /runs/{id}":                            lead,
	"GET /sweeps":                               lead,
	"GET /sweeps/new":                           lead,
	"POST /sweeps":                              lead,
	"DELETE /api/sweeps/{id}":                   lead,
	"POST /api/sweeps/{id}/restore":             lead,
	"POST /sweeps/new":                          lead,
	"GET /sweeps/{id}":                          lead,
	"POST /sweeps/{id}":                         lead,
	"GET /models/{id}":                          view,
	"GET /models/{id}/figures/{fig}":            view,
	"GET /models/{id}/live":                     work,
	"GET /lessons/{slug}":                       work,
	"GET /glossary":                             view,
	"GET /enter":                                stranger,
	"GET /entered":                              stranger,
	"GET /models":                               view,
	"GET /models/{id}/figures":                  view,
	"GET /lessons":                              work,
	"GET /api":                                  view,
	"POST /models":                              lead,
	"POST /models/{id}":                         lead,
	"POST /notices/{id}":                        lead,
	"POST /runs":                                lead,
	"POST /runs/import":                         lead,
	"POST /runs/new":                            lead,
	"POST /runs/new/check":                      lead,
	"POST /runs/{id}":                           lead,
	"POST /enter":                               stranger,
	"POST /leave":                               stranger,
	"GET /api/models":                           view,
	"POST /api/models":                          lead,
	"GET /api/models/{id}":                      view,
	"DELETE /api/models/{id}":                   lead,
	"GET /api/models/{id}/recording":            work,
	"POST /api/models/{id}/recording":           work,
	"GET /api/runs":                             lead,
	"POST /api/runs":                            lead,
	"GET /api/runs/{id}":                        lead,
	"POST /api/runs/{id}/pause":                 lead,
	"POST /api/runs/{id}/resume":                lead,
	"POST /api/runs/{id}/stop":                  lead,
	"POST /api/runs/{id}/save":                  lead,
	"DELETE /api/runs/{id}":                     lead,
	"GET /api/runs/{id}/metrics":                lead,
	"GET /api/runs/{id}/metrics.csv":            lead,
	"GET /api/runs/{id}/stream":                 lead,
	"GET /api/runs/rows":                        lead,
	"POST /api/runs/import":                     lead,
	"GET /api/runs/queue":                       lead,
	"PUT /api/runs/queue":                       lead,
	"POST /api/runs/delete":                     lead,
	"POST /api/runs/restore":                    lead,
	"POST /api/runs/purge":                      lead,
	"POST /api/runs/tag":                        lead,
	"PATCH /api/runs/{id}":                      lead,
	"GET /api/runs/{id}/checkpoints":            lead,
	"POST /api/runs/{id}/fork":                  lead,
	"POST /api/runs/{id}/extend":                lead,
	"POST /api/runs/{id}/reseed":                lead,
	"GET /api/runs/{id}/curve":                  lead,
	"GET /api/runs/{id}/measures":               lead,
	"GET /api/runs/compare.csv":                 lead,
	"GET /api/runs/{id}/run.zip":                lead,
	"GET /api/presence":                         stranger,
	"GET /api/sweeps":                           lead,
	"POST /api/sweeps":                          lead,
	"GET /api/sweeps/{id}":                      lead,
	"POST /api/sweeps/{id}/pause":               lead,
	"POST /api/sweeps/{id}/resume":              lead,
	"POST /api/sweeps/{id}/retry":               lead,
	"POST /api/sweeps/{id}/send":                lead,
	"GET /api/sweeps/{id}/results.csv":          lead,
	"GET /api/sweeps/{id}/results.npz":          lead,
	"GET /api/sources":                          lead,
	"POST /api/sources":                         lead,
	"GET /api/spec":                             view,
	"GET /api/live":                             work,
	"GET /api/stages/{id}":                      stranger, // whose address is its link
	"GET /api/stages/{id}/code.svg":             stranger,
	"GET /stages/{id}":                          stranger,
	"GET /api/openapi.json":                     view,
	"GET /metrics":                              lead,
	"GET /healthz":                              stranger,
	"GET /static/*":                             stranger,
	"GET /dev/reload.js":                        stranger,
	"GET /dev/changes":                          stranger,
	"GET /api/runs/{id}/events.tfevents":        lead,
	"GET /api/runs/{id}/checkpoint.safetensors": lead,
	"GET /api/models/{id}/weights.safetensors":  view,
	"GET /api/models/{id}/figures/{fig}":        view, // as they are; see mayCompute
}

// guarded lets a request pass whose role is enough for its route. A lab that asks for no
// link takes everybody for the lead.
func (a *App) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		has, need := a.roleOf(r), needOf(r)
		if a.keys != nil && need > stranger {
			w.Header().Set("Cache-Control", "private, no-cache") // what is for one is not for others
		}
		switch {
		case has >= need:
			next.ServeHTTP(w, r)
		case has > stranger:
			a.bar(w, r, notForRole(has, need))
		case fromElsewhere(r):
			redirect(w, r, "/entered?to="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		default:
			w.Header().Set("WWW-Authenticate", `Bearer realm="Unmix Lab"`)
			a.bar(w, r, noLink)
		}
	})
}

// needOf is the role that a request's route takes. What has no route is told to everybody
// with a link.
func needOf(r *http.Request) role {
	method, path := r.Method, r.URL.RawPath
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if path == "" {
		path = r.URL.Path
	}
	pattern := chi.RouteContext(r.Context()).Routes.Find(chi.NewRouteContext(), method, path)
	if pattern == "" {
		return view
	}
	need, ok := needs[method+" "+pattern]
	if !ok {
		return lead
	}
	return need
}

// fromElsewhere tells whether another site's page led a visitor here: the browser then
// keeps the cookie to itself, and gives it once a page of the lab leads there.
func fromElsewhere(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") == "navigate" && forPeople(r)
}

// bar answers a request that its role does not let pass: a socket, a program or a page.
func (a *App) bar(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		a.refuseSocket(w, r, err)
	case !forPeople(r):
		writeProblem(w, err)
	case a.roleOf(r) == stranger:
		a.showEnter(w, r, err)
	default:
		a.refuse(w, r, err)
	}
}

// mayCompute tells whether a figure with these parameters is to be had by a request: who
// only looks has figures as they are, and those that somebody has computed already.
func (a *App) mayCompute(r *http.Request, model, fig string) error {
	has := a.roleOf(r)
	if has >= work || r.URL.RawQuery == "" || a.lab.HasFigure(model, fig, r.URL.Query()) {
		return nil
	}
	return notForRole(has, work)
}
