package lab

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/web/figure"
)

// figuresDir is the folder of an archive with figures, noFigures the file there that says
// why there are none.
const (
	figuresDir = "figures/"
	noFigures  = figuresDir + "none.txt"
)

// writeFigures adds the figures of the run's network as it is, with the usual parameters:
// ID.json as the API gives it, and ID.csv with its tables. They are no part of what
// another lab needs: it computes the same from the checkpoint.
func (l *Lab) writeFigures(ctx context.Context, z *zip.Writer, run RunInfo) error {
	file, err := l.fileOfRun(ctx, run)
	var src *data.Sources
	if err == nil {
		src, err = l.sources(ctx, run.Spec)
	}
	if err != nil {
		return errors.Join(ctx.Err(), entry(z, noFigures, zip.Deflate, func(w io.Writer) error {
			_, err := io.WriteString(w, "There are no figures of this run: "+err.Error()+"\n")
			return err
		}))
	}
	for _, e := range figure.Figures {
		if e.Applies(run.Spec) != "" {
			continue
		}
		if err := l.writeFigure(ctx, z, e, run, file, src); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) writeFigure(ctx context.Context, z *zip.Writer, e figure.Entry, run RunInfo, file *modelfile.File, src *data.Sources) error {
	request, err := figure.NewRequest(run.ID, file, src, nil)
	if err != nil {
		return err
	}
	request.Find = func(id string) (*modelfile.File, *data.Sources, error) { return l.OpenModel(ctx, id) }
	key := fmt.Sprintf("run %s after %d %s", run.ID, file.Provenance.Batches, e.ID)
	made, err := l.figures.get(ctx, key, func(ctx context.Context) (*figure.Figure, error) { return e.Compute(ctx, request) })
	if err != nil {
		return err
	}
	return errors.Join(
		entry(z, figuresDir+e.ID+".json", zip.Deflate, func(w io.Writer) error { return json.NewEncoder(w).Encode(made) }),
		entry(z, figuresDir+e.ID+".csv", zip.Deflate, made.WriteCSV))
}
