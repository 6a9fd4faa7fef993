package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"unmixlab/server/assets"
	"unmixlab/server/lab"
	"unmixlab/server/sweep"
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
	"unmixlab/static"
	"unmixlab/templates"
	"unmixlab/web"
)

// sweepPlan says what a sweep is.
type sweepPlan struct {
	Sweep string `arg:"" help:"The sweep's file, - being standard input, or its folder." type:"path"`
	Jobs  int    `help:"Points at once, for the hours." default:"0" placeholder:"N"`
	JSON  bool   `name:"json" help:"As JSON."`
}

// planned is a plan as a program reads it.
type planned struct {
	Points  []plannedPoint `json:"points"`
	Seconds float64        `json:"seconds"` // of one core, for what is missing
}

type plannedPoint struct {
	Hash  string      `json:"hash"`
	State sweep.State `json:"state"`
	Spec  spec.Spec   `json:"spec"`
}

// Run lists the points and estimates their hours. The speed is what done points of the
// folder have shown or, without any, what processors like this one reach.
func (c sweepPlan) Run(t terminal) error {
	s, all, err := c.open()
	if err != nil {
		return err
	}
	estimate := sweep.Estimate(all, lab.CoreRate(kernel.Name()))
	if c.JSON {
		plan := planned{Points: []plannedPoint{}, Seconds: estimate}
		for _, p := range all {
			plan.Points = append(plan.Points, plannedPoint{p.Hash, p.State, p.Spec})
		}
		return json.NewEncoder(t.out).Encode(plan)
	}
	for i, p := range all {
		fmt.Fprintf(t.out, "%5d  %s  %s  %s\n", i, p.Hash, describe(s, p.Point), p.State)
	}
	fmt.Fprintf(t.out, "%d points, %s of one core for what is missing\n", len(all), hours(estimate))
	if c.Jobs > 1 {
		fmt.Fprintf(t.out, "about %s with %d at once\n", hours(estimate/float64(c.Jobs)), c.Jobs)
	}
	return nil
}

// open is the sweep of a folder or of a file, with its points.
func (c sweepPlan) open() (sweep.Sweep, []sweep.Status, error) {
	if info, err := os.Stat(c.Sweep); err == nil && info.IsDir() {
		f, err := sweep.Open(c.Sweep, nil)
		if err != nil {
			return sweep.Sweep{}, nil, err
		}
		return f.Sweep, f.All(), nil
	}
	s, err := readSweep(c.Sweep)
	if err != nil {
		return s, nil, err
	}
	return s, s.Plan(), nil
}

func hours(seconds float64) string { return web.Duration(seconds) }

// sweepStatus says how far a sweep is.
type sweepStatus struct {
	Dir  string `arg:"" help:"The sweep's folder." type:"path"`
	JSON bool   `name:"json" help:"As JSON."`
}

// Run counts the points and names those that failed.
func (c sweepStatus) Run(ctx context.Context, t terminal) error {
	f, err := sweep.Open(c.Dir, nil)
	if err != nil {
		return err
	}
	all := f.All()
	n := sweep.CountOf(all)
	if c.JSON {
		return json.NewEncoder(t.out).Encode(n)
	}
	for _, state := range sweep.States {
		if k := n.By[state]; k > 0 {
			fmt.Fprintf(t.out, "%-8s %d\n", state, k)
		}
	}
	for _, s := range all {
		switch s.State {
		case sweep.Begun:
			fmt.Fprintf(t.out, "  %s  %s: batch %d of %d\n", s.Hash, describe(f.Sweep, s.Point), s.Batch, s.Spec.Batches)
		case sweep.Failed:
			fmt.Fprintf(t.out, "  %s  %s: failed after batch %d: %s\n", s.Hash, describe(f.Sweep, s.Point), s.Batch, s.Error)
		}
	}
	if f.Sweep.Learned != "" {
		fmt.Fprintf(t.out, "learned (%s): %d of %d\n", f.Sweep.Learned, n.Learned, n.Points)
	}
	queued, err := f.Queued(ctx)
	if err == nil && queued != "" {
		fmt.Fprintln(t.out, queued)
	}
	return err
}

// sweepCollect writes results.
type sweepCollect struct {
	Dir    string `arg:"" help:"The sweep's folder." type:"path"`
	Out    string `help:"Where to: a .csv, .npz, .html or .json file, or - for standard output (default: NAME.csv)." type:"path" placeholder:"FILE"`
	Format string `help:"What it is where --out does not say: csv, npz, html or json (default: csv)." placeholder:"FORMAT"`
}

// Run writes what the folder has, finished or not.
func (c sweepCollect) Run(t terminal) error {
	f, err := sweep.Open(c.Dir, nil)
	if err != nil {
		return err
	}
	format := cmp.Or(c.Format, strings.TrimPrefix(filepath.Ext(c.Out), "."), "csv")
	r := f.Results()
	write, ok := map[string]func(io.Writer) error{
		"csv": r.WriteCSV, "npz": r.WriteNPZ, "html": func(w io.Writer) error { return sweepHTML(w, r, c.Dir) }, "json": f.Share,
	}[format]
	if !ok {
		return usageError{fmt.Errorf("--out %s: its ending, or --format, must be .csv, .npz, .html or .json", c.Out)}
	}
	out, err := t.place(cmp.Or(c.Out, f.Sweep.Name+"."+format))
	if err != nil {
		return err
	}
	return out.write(write)
}

// sweepHTML writes the sweep's figure as a page that loads nothing.
func sweepHTML(w io.Writer, r sweep.Results, dir string) error {
	made, err := r.Figure()
	if err != nil {
		return err
	}
	files, err := assets.Load(static.FS)
	if err != nil {
		return err
	}
	page := web.Standalone{Figure: made, About: "Networks that differ in a few settings, trained and measured alike.",
		Command: "unmixlab sweep collect " + filepath.Base(dir) + " --out " + r.Sweep.Name + ".html", Date: time.Now().Format("2 January 2006")}
	return page.Write(w, templates.FS, files.Read, files.Libraries())
}
