package app

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"unmixlab/web"
)

// pageHandlers are what answers each page of web.Pages.
func (a *App) pageHandlers() map[string]func(http.ResponseWriter, *http.Request) error {
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"dashboard": a.dashboardPage,
		"runs":      a.runsPage,
		"run_new":   a.runNewPage,
		"compare":   a.comparePage,
		"run":       a.runPage,
		"model":     a.modelPage,
		"figure":    a.figurePage,
		"live":      a.livePage,
		"lesson":    a.lessonPage,
	}
}

// pageRoutes are the addresses of the pages, and of their forms for browsers without
// scripts: what a form sends is done, and the answer is the page to look at next.
func (a *App) pageRoutes(r chi.Router) {
	handlers := a.pageHandlers()
	for _, p := range web.Pages {
		if p.Path != "" {
			r.Get(p.Path, a.page(handlers[p.Name]))
		}
	}
	r.Post("/models", a.page(a.importForm))
	r.Post("/models/{id}", a.page(a.modelForm))
	r.Post("/runs/new", a.page(a.runForm))
	r.Post("/runs/new/check", a.page(a.checkForm))
	r.Post("/runs/{id}", a.page(a.runControls))
}

func pageView(name, title string, data any) web.View {
	return web.View{Page: web.PageNamed(name), Title: title, Data: data}
}
