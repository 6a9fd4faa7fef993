package app

import (
	"net/http"

	"unmixlab/web"
)

// glossaryPage explains the terms of the field.
func (a *App) glossaryPage(w http.ResponseWriter, r *http.Request) error {
	return a.render(w, r, http.StatusOK, web.View{Name: "glossary", Data: web.Glossary})
}
