package app

import (
	"context"

	"unmixlab/sim/spec"
)

type specAnswer struct {
	Fields   []spec.Field         `json:"fields"`
	Defaults map[string]spec.Spec `json:"defaults" doc:"by model"`
	Presets  []spec.Preset        `json:"presets"`
	Seconds  map[string]float64   `json:"seconds_per_batch" doc:"by model, with its defaults, on this machine: an estimate"`
}

func (a *App) getSpec(ctx context.Context, _ *struct{}) (*answer[specAnswer], error) {
	body := specAnswer{Fields: spec.Fields, Presets: spec.Presets, Defaults: map[string]spec.Spec{}, Seconds: map[string]float64{}}
	model, _ := spec.FieldNamed("model")
	for _, m := range model.Choices {
		sp := spec.Default(m)
		body.Defaults[m] = sp
		estimate, err := a.lab.Estimate(ctx, sp)
		if err != nil {
			return nil, err
		}
		body.Seconds[m] = estimate.Seconds
	}
	return &answer[specAnswer]{body}, nil
}
