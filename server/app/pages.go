package app

import (
	"bytes"
	"log/slog"
	"net/http"

	"unmixlab/web"
)

// page makes a handler of one that renders a page or fails; failures become the
// error page, with the problem's status and words.
func (a *App) page(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(w, r); err != nil {
			a.refuse(w, r, err)
		}
	}
}

// render answers with a page; what every page shows of the lab is filled in here.
func (a *App) render(w http.ResponseWriter, status int, v web.View) error {
	v.Site = web.Site{ChartScripts: a.Assets.Libraries(), ChartProblem: a.Assets.Missing}
	var b bytes.Buffer
	if err := a.pages.Render(&b, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	w.Write(b.Bytes()) // a client that left needs no answer
	return nil
}

var errorHeadings = map[int]string{
	http.StatusNotFound:            "There is nothing here",
	http.StatusConflict:            "That cannot be done now",
	http.StatusUnprocessableEntity: "That cannot be",
	http.StatusServiceUnavailable:  "Not now",
}

// errorPage tells people what went wrong.
func (a *App) errorPage(w http.ResponseWriter, err error) {
	p := ProblemOf(err)
	heading := errorHeadings[p.Status]
	if heading == "" {
		heading = p.Title
	}
	page := web.ErrorPage{Status: p.Status, Heading: heading, Message: p.Detail}
	if e := a.render(w, p.Status, web.View{Page: web.PageNamed("error"), Data: page}); e != nil {
		slog.Error("the error page cannot be rendered", "error", e)
		writeProblem(w, err)
	}
}
