package app

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"unmixlab/web"
)

// routes are all the addresses of the lab.
func (a *App) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(a.meters.timed, recovered, a.secured, a.sameHost, a.sameOrigin, a.guarded, limited, middleware.GetHead)
	r.NotFound(a.notFound)
	r.MethodNotAllowed(a.methodNotAllowed)

	a.pageRoutes(r)
	sectionRoutes(r)
	r.Get("/entered", a.page((*App).enteredPage))
	if a.dev != "" {
		a.devRoutes(r)
	}

	api := newAPI(r)
	add(api, http.MethodGet, "/api/models", "List the models, shipped ones first", a.listModels)
	add(api, http.MethodPost, "/api/models", "Add a model from a .safetensors or .pt file", a.addModel)
	add(api, http.MethodGet, "/api/models/{id}", "One model: settings, provenance, figures", a.getModel)
	add(api, http.MethodDelete, "/api/models/{id}", "Remove a model of one's own", a.deleteModel)
	add(api, http.MethodGet, "/api/runs", "List the runs, or those of a search, newest first", a.listRuns)
	add(api, http.MethodGet, "/api/runs/rows", "What a table shows of runs, a stretch at a time", a.listRows)
	add(api, http.MethodPost, "/api/runs/import", "Add a run from the zip of another lab's", a.importRun, created)
	add(api, http.MethodGet, "/api/runs/queue", "The runs that train and those that wait, in order", a.getQueue)
	add(api, http.MethodPut, "/api/runs/queue", "Put the runs that wait into another order", a.arrangeQueue)
	add(api, http.MethodPost, "/api/runs/delete", "Delete several runs at rest, all or none; for a day they can be restored", a.deleteRuns)
	add(api, http.MethodPost, "/api/runs/restore", "Bring deleted runs back", a.restoreRuns)
	add(api, http.MethodPost, "/api/runs/purge", "Remove deleted runs from the disk, for good", a.purgeRuns)
	add(api, http.MethodPost, "/api/runs/tag", "Add a tag to several runs", a.tagRuns)
	add(api, http.MethodPost, "/api/runs", "Start a run from its settings", a.startRun, specBody)
	add(api, http.MethodGet, "/api/runs/{id}", "One run: settings, state, progress", a.getRun)
	add(api, http.MethodPatch, "/api/runs/{id}", "Write a name, a note or tags on a run, and say which checkpoints stay", a.labelRun)
	add(api, http.MethodGet, "/api/runs/{id}/checkpoints", "The batches from which a run can be forked", a.listKept)
	add(api, http.MethodPost, "/api/runs/{id}/fork", "Start a run from where another was, with settings changed", a.forkRun, specBody)
	add(api, http.MethodPost, "/api/runs/{id}/extend", "Have a run at rest go on for more batches than it was to have", a.extendRun)
	add(api, http.MethodPost, "/api/runs/{id}/reseed", "Start a run with the same settings and the next seed", a.reseedRun, created)
	add(api, http.MethodPost, "/api/runs/{id}/pause", "Pause a run after the batch under way", a.pauseRun)
	add(api, http.MethodPost, "/api/runs/{id}/resume", "Go on with a run from its checkpoint", a.resumeRun)
	add(api, http.MethodPost, "/api/runs/{id}/stop", "End a run and keep what it has", a.stopRun)
	add(api, http.MethodPost, "/api/runs/{id}/save", "Make a model of a run as it is", a.saveRun)
	add(api, http.MethodDelete, "/api/runs/{id}", "Delete a run that is at rest, with its curve and checkpoints; for a day it can be restored", a.deleteRun)
	add(api, http.MethodGet, "/api/runs/{id}/metrics", "Loss and gradient norm by batch", a.getMetrics)
	add(api, http.MethodGet, "/api/runs/{id}/curve", "The loss as a mean over so many batches", a.getCurve)
	add(api, http.MethodGet, "/api/runs/{id}/measures", "Late error, clarity and angle along the training, on a fixed test", a.getMeasures)
	add(api, http.MethodGet, "/api/sweeps", "List the sweeps", a.listSweeps)
	add(api, http.MethodPost, "/api/sweeps", "Start a sweep from its file, or add points to one", a.startSweep, specBody)
	add(api, http.MethodGet, "/api/sweeps/{id}", "One sweep: how far it is, and a measure over its settings", a.getSweep)
	add(api, http.MethodDelete, "/api/sweeps/{id}", "Delete a sweep at rest with all its networks; for a day it can be restored", a.deleteSweep)
	add(api, http.MethodPost, "/api/sweeps/{id}/restore", "Bring a deleted sweep back", a.restoreSweep)
	add(api, http.MethodPost, "/api/sweeps/{id}/pause", "Pause a sweep after the batches under way", a.pauseSweep)
	add(api, http.MethodPost, "/api/sweeps/{id}/resume", "Do what is missing of a sweep", a.resumeSweep)
	add(api, http.MethodPost, "/api/sweeps/{id}/send", "Have workers on other machines do what is missing of a sweep", a.sendSweep)
	add(api, http.MethodPost, "/api/sweeps/{id}/retry", "Do failed points of a sweep again", a.retrySweep)
	add(api, http.MethodGet, "/api/sources", "List the uploaded sounds", a.listSounds)
	add(api, http.MethodPost, "/api/sources", "Upload a WAV file", a.addSound)
	add(api, http.MethodGet, "/api/spec", "Fields, defaults and presets of a run's settings", a.getSpec)

	describe(api)

	zip := middleware.Compress(5, "application/json", "text/csv")
	r.Get("/api/models/{id}/weights.safetensors", a.download(a.weights))
	r.With(zip).Get("/api/models/{id}/figures/{fig}", a.download(a.figure))
	r.Get("/api/models/{id}/recording", a.download(a.recordTest))
	r.Post("/api/models/{id}/recording", a.download(a.recordProtocol))
	r.Get("/api/runs/compare.csv", a.download(a.compareCSV))
	r.With(zip).Get("/api/runs/{id}/metrics.csv", a.download(a.metricsCSV))
	r.Get("/api/runs/{id}/events.tfevents", a.download(a.events))
	r.Get("/api/runs/{id}/checkpoint.safetensors", a.download(a.checkpoint))
	r.Get("/api/runs/{id}/run.zip", a.download(a.archive))
	r.With(zip).Get("/api/sweeps/{id}/results.csv", a.download(a.sweepCSV))
	r.Get("/api/sweeps/{id}/results.npz", a.download(a.sweepNPZ))
	r.Get("/api/runs/{id}/stream", a.streamRun)
	r.Get("/api/live", a.liveSession)
	r.Get("/api/presence", a.presence)
	r.Get("/api/stages/{id}", a.followStage)
	r.Get("/api/stages/{id}/code.svg", a.stageCode)
	r.Get("/api/openapi.json", openAPI(api))
	r.Method(http.MethodGet, "/metrics", a.meters.handler())
	r.Get("/healthz", a.healthy)
	r.Mount("/static/", a.Assets)
	return a.below(r)
}

// newAPI is huma on the router: JSON only, unknown query parameters refused, no
// pages of its own.
func newAPI(r chi.Router) huma.API {
	c := huma.DefaultConfig("Unmix Lab", "1")
	c.Info.Description = "Models, training runs and figures of the lab. Errors are RFC 9457 documents that name the field."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.RejectUnknownQueryParameters = true
	return humaOn(r, c)
}

func (a *App) notFound(w http.ResponseWriter, r *http.Request) {
	if address := withoutSlash(r); address != "" {
		redirect(w, r, address, http.StatusPermanentRedirect)
		return
	}
	a.refuse(w, r, absent("path", "there is nothing at %s", r.URL.Path))
}

func (a *App) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	a.refuse(w, r, problem(http.StatusMethodNotAllowed, "method", "%s is not for %s", r.Method, r.URL.Path))
}

// refuse answers an error as a page to people and as a problem to programs.
func (a *App) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if !forPeople(r) {
		writeProblem(w, err)
		return
	}
	a.errorPage(w, r, web.Root(r.URL.EscapedPath()), err)
}

// forPeople tells whether a page is the answer that is looked for.
func forPeople(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}
