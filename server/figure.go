package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"unmixlab/server/assets"
	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/static"
	"unmixlab/templates"
	"unmixlab/web"
	"unmixlab/web/figure"
)

// figureCommand computes one figure of one model into a file.
type figureCommand struct {
	Figure   string            `arg:"" help:"${figures}."`
	Model    string            `help:"The model's id, or a .safetensors or .pt file." required:"" placeholder:"MODEL"`
	Out      string            `help:"Where it goes; .html, .json, .csv or .npz says what it is (default: MODEL-FIGURE.html)." type:"path" placeholder:"FILE"`
	Seed     *int64            `help:"Decides contexts and noise." placeholder:"INT"`
	Contexts *int64            `help:"Test contexts." placeholder:"INT"`
	Samples  *int64            `help:"Samples per context." placeholder:"INT"`
	Noise    *float64          `help:"Sd of the noise on each stimulus." placeholder:"FLOAT"`
	Set      map[string]string `help:"A figure's own parameter, such as repetitions=100." placeholder:"NAME=VALUE"`
	Data     string            `help:"Folder for runs, models and sounds (default: the user's data folder)." type:"path" placeholder:"DIR"`
}

// Run computes the figure and writes it, but not over another file.
func (c figureCommand) Run(ctx context.Context, t terminal) error {
	entry, ok := figure.Named(c.Figure)
	if !ok {
		return fmt.Errorf("there is no figure %q, but %s", c.Figure, figureIDs())
	}
	name, f, err := c.open()
	if err != nil {
		return err
	}
	if c.Out == "" {
		c.Out = name + "-" + c.Figure + ".html"
	}
	write, ok := map[string]func(io.Writer, *figure.Figure) error{
		".html": func(w io.Writer, f *figure.Figure) error { return c.writeHTML(w, f, entry.About) },
		".json": func(w io.Writer, f *figure.Figure) error { return json.NewEncoder(w).Encode(f) },
		".csv":  func(w io.Writer, f *figure.Figure) error { return f.WriteCSV(w) },
		".npz":  func(w io.Writer, f *figure.Figure) error { return f.WriteNPZ(w) },
	}[filepath.Ext(c.Out)]
	if !ok {
		return fmt.Errorf("--out %s: its ending must be .html, .json, .csv or .npz", c.Out)
	}
	if err := free(c.Out); err != nil {
		return err
	}
	src, err := data.NewSources(f.Network.Spec, nil)
	if err != nil {
		return err
	}
	request, err := figure.NewRequest(name, f, src, c.query())
	if err != nil {
		return err
	}
	request.Find = func(id string) (*modelfile.File, *data.Sources, error) {
		_, f, err := figureCommand{Model: id, Data: c.Data}.open()
		if err != nil {
			return nil, nil, err
		}
		src, err := data.NewSources(f.Network.Spec, nil)
		return f, src, err
	}
	made, err := entry.Compute(ctx, request)
	if err != nil {
		return err
	}
	if err := store.WriteFile(c.Out, func(w io.Writer) error { return write(w, made) }); err != nil {
		return err
	}
	fmt.Fprintln(t.out, "wrote", c.Out)
	return nil
}

// open finds the model among files, then in the library.
func (c figureCommand) open() (name string, f *modelfile.File, err error) {
	if b, err := os.ReadFile(c.Model); err == nil {
		base := filepath.Base(c.Model)
		f, err := modelfile.Import(base, b)
		return strings.TrimSuffix(base, filepath.Ext(base)), f, err
	}
	models, err := openModels(c.Data)
	if err != nil {
		return "", nil, err
	}
	f, err = models.Get(c.Model)
	if err != nil {
		return "", nil, fmt.Errorf("model %q: %w", c.Model, err)
	}
	return c.Model, f, nil
}

// query is the flags as a figure's address has them.
func (c figureCommand) query() url.Values {
	q := url.Values{}
	for name, v := range map[string]*int64{"seed": c.Seed, "contexts": c.Contexts, "samples": c.Samples} {
		if v != nil {
			q.Set(name, strconv.FormatInt(*v, 10))
		}
	}
	if c.Noise != nil {
		q.Set("noise", strconv.FormatFloat(*c.Noise, 'g', -1, 64))
	}
	for name, v := range c.Set {
		q.Set(name, v)
	}
	return q
}

// writeHTML writes a page that loads nothing: style, scripts and data stand in it.
func (c figureCommand) writeHTML(w io.Writer, f *figure.Figure, about string) error {
	files, err := assets.Load(static.FS)
	if err != nil {
		return err
	}
	command := fmt.Sprintf("unmixlab figure %s --model %s", c.Figure, f.Model)
	q := c.query()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if _, own := c.Set[name]; own {
			command += " --set " + name + "=" + q.Get(name)
		} else {
			command += " --" + name + " " + q.Get(name)
		}
	}
	page := web.Standalone{Figure: f, About: about, Command: command, Date: time.Now().Format("2 January 2006")}
	return page.Write(w, templates.FS, files.Read, files.Libraries())
}

func figureIDs() string {
	var ids []string
	for _, e := range figure.Figures {
		ids = append(ids, e.ID)
	}
	return strings.Join(ids, ", ")
}
