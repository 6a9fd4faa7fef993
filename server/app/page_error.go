package app

import (
	"log/slog"
	"net/http"

	"unmixlab/web"
)

// errorView says what went wrong.
type errorView struct {
	Status           int
	Heading, Message string
}

var errorHeadings = map[int]string{
	http.StatusNotFound:            "There is nothing here",
	http.StatusConflict:            "That cannot be done now",
	http.StatusUnprocessableEntity: "That is not possible",
	http.StatusServiceUnavailable:  "Not now",
}

// errorPage tells people what went wrong.
func (a *App) errorPage(w http.ResponseWriter, err error) {
	p := ProblemOf(err)
	heading := errorHeadings[p.Status]
	if heading == "" {
		heading = p.Title
	}
	page := errorView{Status: p.Status, Heading: heading, Message: p.Detail}
	if e := a.render(w, p.Status, web.View{Name: "error", Data: page}); e != nil {
		slog.Error("the error page cannot be rendered", "error", e)
		writeProblem(w, err)
	}
}
