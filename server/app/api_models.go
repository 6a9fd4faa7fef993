package app

import (
	"bytes"
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/sim/modelfile"
)

func (a *App) listModels(context.Context, *struct{}) (*answer[[]lab.ModelInfo], error) {
	return &answer[[]lab.ModelInfo]{a.lab.Models()}, nil
}

func (a *App) getModel(_ context.Context, in *IDPath) (*answer[lab.ModelInfo], error) {
	info, _, err := a.lab.FindModel(in.ID)
	return &answer[lab.ModelInfo]{info}, err
}

func (a *App) addModel(ctx context.Context, in *upload) (*answer[lab.ModelInfo], error) {
	b, name, err := in.read()
	if err != nil {
		return nil, err
	}
	info, err := a.lab.AddModel(ctx, name, b)
	return &answer[lab.ModelInfo]{info}, err
}

func (a *App) deleteModel(_ context.Context, in *IDPath) (*struct{}, error) {
	return nil, a.lab.DeleteModel(in.ID)
}

// weights are a model's file.
func (a *App) weights(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	_, f, err := a.lab.FindModel(id)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := modelfile.Write(&b, f); err != nil {
		return err
	}
	attach(w, "application/octet-stream", id+".safetensors")
	w.Write(b.Bytes()) // a client that left needs no answer
	return nil
}
