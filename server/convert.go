package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"unmixlab/server/lab"
	"unmixlab/sim/modelfile"
	trainedmodels "unmixlab/trained_models"
)

type importCommand struct {
	File  string `arg:"" help:"A published network as PyTorch saved it (.pt), or a .safetensors file of the lab's; - is standard input." type:"existingfile"`
	Out   string `help:"Where the model goes; - is standard output (default: beside the file, as .safetensors)." type:"path" placeholder:"FILE"`
	Title string `help:"Title of the model." placeholder:"TEXT"`
}

// Run reads the file, without running anything in it, and writes the lab's own kind.
func (c importCommand) Run(t terminal) error {
	b, err := readInput(c.File)
	if err != nil {
		return err
	}
	f, err := modelfile.Import(filepath.Base(c.File), b)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.Title != "" {
		f.Provenance.Title = c.Title
	}
	if c.Out == "" && c.File == standard {
		c.Out = standard
	}
	if c.Out == "" {
		c.Out = strings.TrimSuffix(c.File, filepath.Ext(c.File)) + ".safetensors"
	}
	return writeModel(c.Out, f, t)
}

type exportCommand struct {
	Model string `arg:"" help:"The model's id, as in its page's address."`
	Torch bool   `help:"For PyTorch: a state dictionary with its names, and weights without signs that mean nothing."`
	Out   string `help:"Where the file goes; - is standard output (default: MODEL.safetensors)." type:"path" placeholder:"FILE"`
	Data  string `help:"Folder for runs, models and sounds (default: the user's data folder)." type:"path" placeholder:"DIR"`
}

// Run writes a shipped model, or one of the user's.
func (c exportCommand) Run(t terminal) error {
	f, err := findModel(c.Model, c.Data)
	if err != nil {
		return err
	}
	if c.Out == "" && c.Torch {
		c.Out = c.Model + ".torch.safetensors"
	}
	if c.Out == "" {
		c.Out = c.Model + ".safetensors"
	}
	if !c.Torch {
		return writeModel(c.Out, f, t)
	}
	p, err := t.place(c.Out)
	if err != nil {
		return err
	}
	return p.write(func(w io.Writer) error { return modelfile.WriteTorch(w, f) })
}

// findModel gives a model that comes with the lab, which needs no folder, or one of
// the user's.
func findModel(id, data string) (*modelfile.File, error) {
	models, err := modelfile.OpenLibrary(trainedmodels.FS, "")
	if err != nil {
		return nil, err
	}
	f, err := models.Get(id)
	if errors.Is(err, modelfile.ErrNotFound) {
		f, err = findOwn(id, data)
	}
	if err != nil {
		return nil, fmt.Errorf("model %q: %w", id, err)
	}
	return f, nil
}

// findOwn gives one of the user's own models; a folder that is not there has none.
func findOwn(id, data string) (*modelfile.File, error) {
	dir, err := dataFolder(data)
	if err != nil {
		return nil, err
	}
	folder := lab.ModelFolder(dir)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w, and there is no folder %s", modelfile.ErrNotFound, folder)
	}
	models, err := modelfile.OpenLibrary(nil, folder)
	if err != nil {
		return nil, err
	}
	return models.Get(id)
}

// writeModel writes a model's file, but not over another one.
func writeModel(path string, f *modelfile.File, t terminal) error {
	p, err := t.place(path)
	if err != nil {
		return err
	}
	return p.write(func(w io.Writer) error { return modelfile.Write(w, f) })
}
