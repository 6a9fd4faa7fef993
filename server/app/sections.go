package app

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
)

// sections are addresses above pages that have no page of their own, with the place
// where what is below them is listed.
var sections = map[string]string{
	"/models":              "/#models",
	"/models/{id}/figures": "/models/{id}#figures",
	"/lessons":             "/#lessons",
	"/api":                 "/api/openapi.json",
}

func sectionRoutes(r chi.Router) {
	for path, place := range sections {
		r.Get(path, func(w http.ResponseWriter, r *http.Request) {
			place, anchor, _ := strings.Cut(place, "#")
			id := chi.URLParam(r, "id")
			if r.URL.RawPath == "" {
				id = url.PathEscape(id)
			}
			address := withQuery(strings.ReplaceAll(place, "{id}", id), r)
			if anchor != "" {
				address += "#" + anchor
			}
			redirect(w, r, address, http.StatusTemporaryRedirect)
		})
	}
}

// withoutSlash is the address, from the lab's root, at which a request that found nothing
// would be answered: the same without the slashes at its end. It is empty where nothing
// is there either.
func withoutSlash(r *http.Request) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	path := strings.TrimRight(r.URL.EscapedPath(), "/")
	routes := chi.RouteContext(r.Context()).Routes
	if path == "" || path == r.URL.EscapedPath() || !routes.Match(chi.NewRouteContext(), http.MethodGet, path) {
		return ""
	}
	return withQuery(path, r)
}
