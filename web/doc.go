// Package web turns what the lab knows into pages: the table of pages, the views
// their templates take, the form of a run made from the table of a spec's fields,
// and the rendering. It knows neither routes nor connections.
package web
