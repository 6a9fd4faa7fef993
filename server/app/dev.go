package app

import (
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/assets"
)

// devRoutes are there with --dev alone: the script that loads a page again when one of
// its files has changed, and the stream that it listens to.
func (a *App) devRoutes(r chi.Router) {
	r.Get("/dev/reload.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(assets.ReloadScript)
	})
	r.Get("/dev/changes", a.changes)
}

// reloadScript is the address of that script for a page that is made now.
func (a *App) reloadScript() string {
	if a.dev == "" {
		return ""
	}
	return "/dev/reload.js?version=" + a.dev.Version()
}

// lookEvery is how often the files are looked at for a page that is open.
const lookEvery = 250 * time.Millisecond

// changes sends an event with the version of the files, now and after each change.
func (a *App) changes(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	told := ""
	for {
		if v := a.dev.Version(); v != told {
			told = v
			fmt.Fprintf(w, "retry: 500\ndata: %s\n\n", v)
			if http.NewResponseController(w).Flush() != nil {
				return // the page is gone
			}
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return
		case <-a.serving.Done():
			return
		}
	}
}
