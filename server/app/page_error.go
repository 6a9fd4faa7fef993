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
	Open             string // where the lab is, when it is not at the address asked for
}

var errorHeadings = map[int]string{
	http.StatusNotFound:            "There is nothing here",
	http.StatusConflict:            "That cannot be done now",
	http.StatusUnprocessableEntity: "That is not possible",
	http.StatusServiceUnavailable:  "Not now",
	http.StatusForbidden:           "The lab takes this for another site",
	http.StatusMisdirectedRequest:  "The lab does not answer to this name",
}

// errorPage tells people what went wrong; root is the way to the lab's root.
func (a *App) errorPage(w http.ResponseWriter, r *http.Request, root string, err error) {
	p := ProblemOf(err)
	heading := errorHeadings[p.Status]
	if heading == "" || p.Title != http.StatusText(p.Status) {
		heading = p.Title
	}
	page := errorView{Status: p.Status, Heading: heading, Message: p.Detail}
	if p.Status == http.StatusMisdirectedRequest {
		page.Open = a.Address() + "/"
	}
	if e := a.render(w, r, p.Status, web.View{Name: "error", Root: root, Data: page}); e != nil {
		slog.Error("the error page cannot be rendered", "error", e)
		writeProblem(w, err)
	}
}
