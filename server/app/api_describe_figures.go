package app

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"unmixlab/server/lab"
	"unmixlab/web/figure"
)

// describeFigures adds figures and recordings to the API's description: their parameters,
// of which package figure has the table, and what they answer with.
func describeFigures(doc *huma.OpenAPI) {
	figures := fileOperation("/api/models/{id}/figures/{fig}", "application/json", "A figure of a model; .csv or .npz after its name gives the data behind it")
	for _, p := range figures.Parameters {
		if p.Name == "fig" {
			p.Description = "The figure, " + strings.Join(figureIDs(), ", ") + ", or its name with .csv or .npz after it."
		}
	}
	figures.Parameters = append(figures.Parameters, figureParameters(figure.Figures)...)
	figures.Responses["200"].Content["application/json"].Schema = figureSchema(doc.Components.Schemas)
	for _, kind := range []string{"text/csv", "application/zip"} {
		figures.Responses["200"].Content[kind] = &huma.MediaType{}
	}
	doc.AddOperation(figures)

	const path = "/api/models/{id}/recording"
	test := fileOperation(path, "application/zip", "What a model does in each sample of the test run that figures make, as NumPy's .npz")
	test.Parameters = append(test.Parameters, figureParameters([]figure.Entry{figure.Recorded})...)
	doc.AddOperation(test)
	protocol := fileOperation(path, "application/zip", "What a model does in each sample of a protocol, as NumPy's .npz")
	protocol.Method, protocol.OperationID = http.MethodPost, operationID("post", path)
	protocol.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: doc.Components.Schemas.Schema(reflect.TypeFor[lab.Protocol](), true, "Protocol")}}}
	doc.AddOperation(protocol)
}

func figureIDs() []string {
	var ids []string
	for _, e := range figure.Figures {
		ids = append(ids, e.ID)
	}
	return ids
}

// figureParameters are those that entries have, each once, with the entries that have one
// which is not for all of them.
func figureParameters(entries []figure.Entry) []*huma.Param {
	var all []*huma.Param
	of, known := map[string][]string{}, map[string]*huma.Param{}
	for _, e := range entries {
		for _, p := range e.All() {
			of[p.Name] = append(of[p.Name], e.ID)
			if known[p.Name] == nil {
				known[p.Name] = &huma.Param{Name: p.Name, In: "query", Description: p.Help, Schema: parameterSchema(p)}
				all = append(all, known[p.Name])
			}
		}
	}
	for name, p := range known {
		if len(of[name]) < len(entries) {
			p.Description += " For " + strings.Join(of[name], ", ") + "."
		}
	}
	return all
}

func parameterSchema(p figure.Parameter) *huma.Schema {
	if p.Text {
		return &huma.Schema{Type: huma.TypeString}
	}
	s := &huma.Schema{Type: huma.TypeNumber, Minimum: &p.Min, Maximum: &p.Max}
	if p.Whole {
		s.Type = huma.TypeInteger
	}
	if p.Name != "noise" { // which is the model's own
		s.Default = p.Default
	}
	return s
}

// figureSchema is a figure as JSON. Numbers that there are none of are null.
func figureSchema(r huma.Registry) *huma.Schema {
	ref := r.Schema(reflect.TypeFor[figure.Figure](), true, "Figure")
	number := &huma.Schema{Type: huma.TypeNumber, Nullable: true}
	r.Map()["Figure"].Properties["numbers"].AdditionalProperties = number
	for _, name := range []string{"value", "sd", "checkpoint"} {
		r.Map()["Reading"].Properties[name] = number
	}
	return ref
}
