package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"unmixlab/server/lab"
	"unmixlab/sim/build"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	trainedmodels "unmixlab/trained_models"
)

// versionFlag prints which program this is, and ends it.
type versionFlag bool

// BeforeReset is called by kong as soon as the flag is read.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	fmt.Fprintf(app.Stdout, "unmixlab %s, commit %s\n", build.Version(), build.Commit())
	app.Exit(0)
	return nil
}

// modelsCommand lists the models.
type modelsCommand struct {
	JSON bool   `name:"json" help:"As JSON, with settings and provenance."`
	Data string `help:"Folder for runs, models and sounds (default: the user's data folder)." type:"path" placeholder:"DIR"`
}

// listedModel is a model as a program reads it.
type listedModel struct {
	ID         string               `json:"id"`
	Shipped    bool                 `json:"shipped"`
	Spec       spec.Spec            `json:"spec"`
	Provenance modelfile.Provenance `json:"provenance"`
}

// Run lists those that come with the lab, then the user's own. Files that cannot be read
// are named among the words.
func (c modelsCommand) Run(t terminal) error {
	dir, err := dataFolder(c.Data)
	if err != nil {
		return err
	}
	models, err := modelfile.OpenLibrary(fs.FS(trainedmodels.FS), lab.ModelFolder(dir))
	if err != nil {
		return err
	}
	all := []listedModel{}
	for _, e := range models.List() {
		if e.Err != nil {
			fmt.Fprintf(t.err, "%s cannot be read: %v\n", e.ID, e.Err)
			continue
		}
		all = append(all, listedModel{e.ID, e.Shipped, e.File.Network.Spec, e.File.Provenance})
	}
	if c.JSON {
		return json.NewEncoder(t.out).Encode(all)
	}
	return columns(t.out, func(w io.Writer) {
		for _, m := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\n", m.ID, m.Spec, m.Provenance.Title)
		}
	})
}

// presetsCommand lists the presets.
type presetsCommand struct {
	JSON bool `name:"json" help:"As JSON, with settings."`
}

// Run lists them in the order of the page.
func (c presetsCommand) Run(t terminal) error {
	if c.JSON {
		return json.NewEncoder(t.out).Encode(spec.Presets)
	}
	return columns(t.out, func(w io.Writer) {
		for _, p := range spec.Presets {
			fmt.Fprintf(w, "%s\t%s\t%s\n", p.Slug, p.Spec, p.Title)
		}
	})
}

// columns writes lines whose cells are parted by tabs below each other.
func columns(out io.Writer, lines func(io.Writer)) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	lines(w)
	return w.Flush()
}
