// Package web turns what the lab knows into HTML: the rendering of pages, the form of a
// run made from the table of a spec's fields, tables of settings, cards of models,
// lessons, the glossary, and the words for all of these. It knows neither routes nor
// connections.
package web
