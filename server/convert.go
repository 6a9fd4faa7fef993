package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"unmixlab/server/lab"
	"unmixlab/server/store"
	"unmixlab/sim/modelfile"
	trainedmodels "unmixlab/trained_models"
)

type importCommand struct {
	File  string `arg:"" help:"A published .pt file, or a .safetensors file of the lab's." type:"existingfile"`
	Out   string `help:"Where the model goes (default: beside the file, as .safetensors)." type:"path" placeholder:"FILE"`
	Title string `help:"Title of the model." placeholder:"TEXT"`
}

// Run reads the file, without running anything in it, and writes the lab's own kind.
func (c importCommand) Run(t terminal) error {
	b, err := os.ReadFile(c.File)
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
	if c.Out == "" {
		c.Out = strings.TrimSuffix(c.File, filepath.Ext(c.File)) + ".safetensors"
	}
	return writeModel(c.Out, f, t)
}

type exportCommand struct {
	Model string `arg:"" help:"The model's id, as in its page's address."`
	Out   string `help:"Where the file goes (default: MODEL.safetensors)." type:"path" placeholder:"FILE"`
	Data  string `help:"Folder for runs, models and sounds (default: the user's data folder)." type:"path" placeholder:"DIR"`
}

// Run writes a shipped model, or one of the user's.
func (c exportCommand) Run(t terminal) error {
	models, err := openModels(c.Data)
	if err != nil {
		return err
	}
	f, err := models.Get(c.Model)
	if err != nil {
		return fmt.Errorf("model %q: %w", c.Model, err)
	}
	if c.Out == "" {
		c.Out = c.Model + ".safetensors"
	}
	return writeModel(c.Out, f, t)
}

// openModels opens the shipped models and those of a data folder ("": the user's).
// Where the system knows no such folder, the shipped ones are there all the same.
func openModels(data string) (*modelfile.Library, error) {
	if data == "" {
		dir, err := lab.DataFolder()
		if err != nil {
			return modelfile.OpenLibrary(trainedmodels.FS, "")
		}
		data = dir
	}
	return modelfile.OpenLibrary(trainedmodels.FS, lab.ModelFolder(data))
}

// writeModel writes a model's file, but not over another one.
func writeModel(path string, f *modelfile.File, t terminal) error {
	if err := free(path); err != nil {
		return err
	}
	err := store.WriteFile(path, func(w io.Writer) error { return modelfile.Write(w, f) })
	if err == nil {
		fmt.Fprintln(t.out, "wrote", path)
	}
	return err
}

// free tells whether a file can be made: its folder is there and it is not.
func free(path string) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s is there already: name another file with --out", path)
	}
	_, err := os.Stat(filepath.Dir(path))
	return err
}
