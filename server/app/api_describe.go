package app

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"unmixlab/server/job"
	"unmixlab/sim/spec"
)

// describe adds to the API's description what huma cannot see: the settings of a
// run, whose table package spec has, the states that package job declares, and the addresses that answer with files or
// become websockets.
func describe(api huma.API) {
	doc := api.OpenAPI()
	for _, path := range []string{"/api/runs", "/api/runs/{id}/fork"} {
		doc.Paths[path].Post.RequestBody.Content["application/json"].Schema = settingsSchema()
	}
	state := doc.Components.Schemas.Map()["RunInfo"].Properties["state"]
	for _, s := range job.States {
		state.Enum = append(state.Enum, string(s))
	}
	for _, f := range []struct{ path, kind, summary string }{
		{"/api/models/{id}/weights.safetensors", "application/octet-stream", "Download a model"},
		{"/api/runs/compare.csv", "text/csv", "Runs side by side: those named by ?id=, given again for each; settings that differ are columns"},
		{"/api/runs/{id}/metrics.csv", "text/csv", "Every batch of a run"},
		{"/api/runs/{id}/events.tfevents", "application/octet-stream", "Every batch of a run, for TensorBoard"},
		{"/api/runs/{id}/checkpoint.safetensors", "application/octet-stream", "A run's state, to go on from"},
		{"/api/runs/{id}/run.zip", "application/zip", "All that there is of a run: settings, curves, measures, checkpoints, sounds, versions"},
		{"/api/runs/{id}/stream", "", "Websocket: a run as it trains"},
		{"/api/presence", "", "Websocket: says nothing but that the lab is there, until it is not"},
		{"/api/live", "", "Websocket: a live session with the model named by ?model="},
		{"/api/stages/{id}", "", "Websocket: follow a live session that its presenter shares"},
		{"/api/stages/{id}/code.svg", "image/svg+xml", "The address of a stage's page, ?link=, as a QR code"},
	} {
		doc.AddOperation(fileOperation(f.path, f.kind, f.summary))
	}
	describeFigures(doc)
}

func fileOperation(path, kind, summary string) *huma.Operation {
	op := &huma.Operation{
		OperationID: operationID("get", path), Method: http.MethodGet, Path: path, Summary: summary,
		Tags: strings.Split(path, "/")[2:3], Responses: map[string]*huma.Response{},
	}
	for _, name := range []string{"id", "fig"} {
		if strings.Contains(path, "{"+name+"}") {
			op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	if kind == "" {
		op.Parameters = append(op.Parameters, liveParameter(path)...)
		op.Responses["101"] = &huma.Response{Description: "Switching protocols"}
		return op
	}
	op.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{kind: {}}}
	return op
}

func liveParameter(path string) []*huma.Param {
	if path != "/api/live" {
		return nil
	}
	return []*huma.Param{{Name: "model", In: "query", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}
}

// settingsSchema is the field table as a schema.
func settingsSchema() *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{},
		Description: "A run's settings. Those left out take the model's defaults."}
	for _, f := range spec.Fields {
		s.Properties[f.Name] = fieldSchema(f)
	}
	return s
}

func fieldSchema(f spec.Field) *huma.Schema {
	number := &huma.Schema{Type: huma.TypeNumber, Minimum: &f.Min, Maximum: &f.Max}
	choice := &huma.Schema{Type: huma.TypeString}
	for _, c := range f.Choices {
		choice.Enum = append(choice.Enum, c)
	}
	s := map[spec.Kind]*huma.Schema{
		spec.Choice: choice,
		spec.Set:    {Type: huma.TypeArray, Items: choice},
		spec.Int:    {Type: huma.TypeInteger, Minimum: &f.Min, Maximum: &f.Max},
		spec.Float:  number,
		spec.Bool:   {Type: huma.TypeBoolean},
		spec.List:   {Type: huma.TypeArray, Items: number},
		spec.Files:  {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}},
	}[f.Kind]
	s.Description = f.Help
	if f.Unit != "" {
		s.Description += " In " + f.Unit + "."
	}
	return s
}
