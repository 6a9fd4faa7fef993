package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"unmixlab/server/assets"
	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/static"
	"unmixlab/templates"
	"unmixlab/web"
	"unmixlab/web/figure"
)

// figureCommand computes one figure of one model into a file.
type figureCommand struct {
	Figure   string   `arg:"" help:"${figures}."`
	Model    string   `help:"The model's id, or a .safetensors or .pt file; - is standard input." required:"" placeholder:"MODEL"`
	Out      string   `help:"Where to: a .html, .json, .csv or .npz file, or - for standard output (default: MODEL-FIGURE.html)." type:"path" placeholder:"FILE"`
	Format   string   `help:"What it is where --out does not say: html, json, csv or npz (default: html)." placeholder:"FORMAT"`
	Seed     *string  `help:"Decides contexts and noise." placeholder:"INT"`
	Contexts *string  `help:"Test contexts." placeholder:"INT"`
	Samples  *string  `help:"Samples per context." placeholder:"INT"`
	Noise    *string  `help:"Sd of the noise on each stimulus." placeholder:"FLOAT"`
	Set      []string `help:"A figure's own parameter, such as repetitions=100; the flag again for another." sep:"none" placeholder:"NAME=VALUE"`
	Wav      []string `help:"WAV files that a model of sounds was trained on, where the data folder has not got them." sep:"none" placeholder:"FILE"`
	Data     string   `help:"Folder for runs, models and sounds (default: the user's data folder)." type:"path" placeholder:"DIR"`
}

// Run computes the figure and writes it, but not over another file.
func (c figureCommand) Run(ctx context.Context, t terminal) error {
	entry, ok := figure.Named(c.Figure)
	if !ok {
		return usageError{fmt.Errorf("there is no figure %q, but %s", c.Figure, figureIDs())}
	}
	query, err := c.query(entry)
	if err != nil {
		return err
	}
	name, f, err := c.open(c.Model)
	if err != nil {
		return err
	}
	if c.Out == "" {
		c.Out = name + "-" + c.Figure + "." + cmp.Or(c.Format, "html")
	}
	write, err := c.writer(query, entry.About)
	if err != nil {
		return err
	}
	out, err := t.place(c.Out)
	if err != nil {
		return err
	}
	sounds, src, err := heard(f, c.Data, c.Wav)
	if err != nil {
		return err
	}
	request, err := figure.NewRequest(name, f, src, query)
	if err != nil {
		return usageError{err}
	}
	request.Find = func(id string) (*modelfile.File, *data.Sources, error) {
		_, f, err := c.open(id)
		if err != nil {
			return nil, nil, err
		}
		src, err := data.NewSources(f.Network.Spec, sounds.find)
		return f, src, err
	}
	made, err := entry.Compute(ctx, request)
	if err != nil {
		return err
	}
	return out.write(func(w io.Writer) error { return write(w, made) })
}

// writer writes the figure as the ending of its file, or the format, says.
func (c figureCommand) writer(query url.Values, about string) (func(io.Writer, *figure.Figure) error, error) {
	write, ok := map[string]func(io.Writer, *figure.Figure) error{
		"html": func(w io.Writer, f *figure.Figure) error { return c.writeHTML(w, f, query, about) },
		"json": func(w io.Writer, f *figure.Figure) error { return json.NewEncoder(w).Encode(f) },
		"csv":  func(w io.Writer, f *figure.Figure) error { return f.WriteCSV(w) },
		"npz":  func(w io.Writer, f *figure.Figure) error { return f.WriteNPZ(w) },
	}[c.format()]
	if !ok {
		return nil, usageError{fmt.Errorf("--out %s: its ending, or --format, must be .html, .json, .csv or .npz", c.Out)}
	}
	return write, nil
}

// format is what the figure is written as; pipes and devices have no ending.
func (c figureCommand) format() string {
	ending := strings.TrimPrefix(filepath.Ext(c.Out), ".")
	if c.Format == "" && ending == "" {
		return "html"
	}
	return cmp.Or(c.Format, ending)
}

// open finds a model in standard input, among files, then in the library.
func (c figureCommand) open(model string) (name string, f *modelfile.File, err error) {
	if model == standard {
		b, err := readInput(model)
		if err != nil {
			return "", nil, err
		}
		f, err := modelfile.Import("model", b)
		return "model", f, err
	}
	info, err := os.Stat(model)
	if err == nil && !info.IsDir() {
		b, err := os.ReadFile(model)
		if err != nil {
			return "", nil, err
		}
		base := filepath.Base(model)
		f, err := modelfile.Import(base, b)
		return strings.TrimSuffix(base, filepath.Ext(base)), f, err
	}
	f, err = findModel(model, c.Data)
	return model, f, err
}

// query is the flags as a figure's address has them. A parameter that is given twice,
// or that the figure does not have, is refused.
func (c figureCommand) query(entry figure.Entry) (url.Values, error) {
	q := url.Values{}
	for name, v := range map[string]*string{"seed": c.Seed, "contexts": c.Contexts, "samples": c.Samples, "noise": c.Noise} {
		if v != nil {
			q.Set(name, *v)
		}
	}
	for _, text := range c.Set {
		name, value, ok := strings.Cut(text, "=")
		switch known := slices.ContainsFunc(entry.All(), func(p figure.Parameter) bool { return p.Name == name }); {
		case !ok:
			return nil, usageError{fmt.Errorf("--set %s: must be NAME=VALUE, such as repetitions=100", text)}
		case !known:
			return nil, usageError{fmt.Errorf("--set %s: %s is no parameter of %s", text, name, entry.ID)}
		case q.Has(name):
			return nil, usageError{fmt.Errorf("--set %s: %s is given twice, once is taken", text, name)}
		}
		q.Set(name, value)
	}
	return q, nil
}

// writeHTML writes a page that loads nothing: style, scripts and data stand in it.
func (c figureCommand) writeHTML(w io.Writer, f *figure.Figure, q url.Values, about string) error {
	files, err := assets.Load(static.FS)
	if err != nil {
		return err
	}
	command := fmt.Sprintf("unmixlab figure %s --model %s", c.Figure, f.Model)
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if slices.Contains([]string{"seed", "contexts", "samples", "noise"}, name) {
			command += " --" + name + " " + q.Get(name)
		} else {
			command += " --set " + name + "=" + q.Get(name)
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
