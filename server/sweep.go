package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"unmixlab/server/store"
	"unmixlab/server/sweep"
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

// sweepCommand are the commands of sweeps.
type sweepCommand struct {
	Plan    sweepPlan    `cmd:"" help:"Say which networks a sweep's file asks for, how long they take, and what is wrong with it."`
	Run     sweepRun     `cmd:"" help:"Do what is missing of a sweep."`
	Status  sweepStatus  `cmd:"" help:"Say how far a sweep's folder is."`
	Collect sweepCollect `cmd:"" help:"Write a sweep's results to one file."`
	Task    sweepTask    `cmd:"" help:"Do what is missing of one point, as clusters' jobs do; it can be given again at any time."`
	Cancel  sweepCancel  `cmd:"" help:"Take a sweep's jobs out of Slurm or NATS."`
}

type sweepRun struct {
	Sweep     string `arg:"" help:"The sweep's file (JSON or YAML, - being standard input), or its folder." type:"path"`
	Dir       string `help:"The sweep's folder (default: its name, here)." type:"path" placeholder:"DIR"`
	On        string `help:"Where it is done: ${enum}." enum:"local,slurm,nats,k8s" default:"local"`
	Jobs      int    `help:"Points at once (local: one a core by default)." placeholder:"N"`
	DryRun    bool   `help:"Make the folder and print what a cluster is given, without giving it."`
	Retry     string `help:"Try failed points again whose error has these words; all for every one." placeholder:"WORDS"`
	AnyKernel bool   `help:"Go on with checkpoints of another kernel. The results say which kernels there were."`
	Data      string `help:"Folder with uploaded sounds, for sources wav (default: the user's data folder)." type:"path" placeholder:"DIR"`
	onQueue
}

// Run does the sweep on the engine that was asked for.
func (c sweepRun) Run(ctx context.Context, t terminal, a arithmetic) error {
	if c.Jobs < 0 || c.Jobs > sweep.MaxPoints {
		return usageError{fmt.Errorf("--jobs is %d, must be from 1 to %d", c.Jobs, sweep.MaxPoints)}
	}
	if (c.On == "local" || c.On == "nats") && c.DryRun {
		return usageError{errors.New("--dry-run is for Slurm and Kubernetes: see sweep plan for what would be done")}
	}
	if c.On == "nats" && (c.AnyKernel || c.Jobs != 0) {
		return usageError{errors.New("--any-kernel and --jobs are not for --on nats: workers have kernels and numbers of points of their own")}
	}
	if c.On == "k8s" && !c.DryRun {
		return usageError{errors.New("--on k8s prints a Job alone: give --dry-run, and hand the output to kubectl apply -f -")}
	}
	f, err := c.folder(a)
	if err != nil {
		return err
	}
	if err := c.retry(f, t.words()); err != nil {
		return err
	}
	switch c.On {
	case "slurm":
		return c.slurm(ctx, f, t)
	case "nats":
		return c.nats(ctx, f, t.out)
	case "k8s":
		return c.kubernetes(f, t)
	}
	return c.local(ctx, f, t.words())
}

// folder opens the sweep's folder, which the file gives its points and measures.
func (c sweepRun) folder(a arithmetic) (*sweep.Folder, error) {
	any := c.AnyKernel || c.On == "nats" // whose workers compute
	find := (&shelf{data: c.Data}).find
	if info, err := os.Stat(c.Sweep); err == nil && info.IsDir() {
		f, err := sweep.Open(c.Sweep, find)
		if err != nil {
			return nil, err
		}
		return f, useKernel(f.Sweep, a, any)
	}
	s, err := readSweep(c.Sweep)
	if err != nil {
		return nil, err
	}
	dir := c.Dir
	if dir == "" {
		dir = s.Name
	}
	if kept, err := sweep.Open(dir, nil); err == nil {
		if err := useKernel(kept.Sweep, a, any); err != nil {
			return nil, err
		}
	} else if err := useKernel(s, a, any); err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	return sweep.Create(dir, s, find)
}

func readSweep(path string) (sweep.Sweep, error) {
	b, err := readInput(path)
	if err != nil {
		return sweep.Sweep{}, err
	}
	s, err := sweep.Parse(b)
	if err != nil {
		return s, usageError{fmt.Errorf("%s: %w", path, inLines(err))}
	}
	return s, nil
}

// inLines is an error with several problems, one in each line.
func inLines(err error) error {
	if all, ok := err.(spec.Errors); ok && len(all) > 1 {
		return errors.New("\n  " + strings.ReplaceAll(all.Error(), "; ", "\n  "))
	}
	return err
}

// useKernel takes the sweep's kernel where none was asked for; one that was asked for
// has to be the sweep's.
func useKernel(s sweep.Sweep, a arithmetic, any bool) error {
	if s.Kernel == "" || any {
		return nil
	}
	if a == "auto" {
		if err := kernel.Use(s.Kernel); err != nil {
			return fmt.Errorf("the sweep is computed by the %s kernel: %w; --any-kernel goes on with another, and the results will say so", s.Kernel, err)
		}
	}
	if have := kernel.Name(); have != s.Kernel {
		return sweep.KernelError{Wanted: s.Kernel, Have: have}
	}
	return nil
}

func (c sweepRun) retry(f *sweep.Folder, out io.Writer) error {
	if c.Retry == "" {
		return nil
	}
	n, err := f.Retry(strings.TrimPrefix(c.Retry, "all"))
	fmt.Fprintf(out, "%d failed points are tried again\n", n)
	return err
}

// local does everything here, saying what has ended.
func (c sweepRun) local(ctx context.Context, f *sweep.Folder, out io.Writer) error {
	missing := f.Missing()
	if len(missing) == 0 {
		return summary(f, out)
	}
	fmt.Fprintf(out, "%s: %d of %d points are missing, %s kernel\n", f.Dir, len(missing), len(f.Points), kernel.Name())
	var mu sync.Mutex
	ended := 0
	err := f.Run(ctx, c.Jobs, sweep.Options{AnyKernel: c.AnyKernel}, func(p sweep.Point, err error) {
		mu.Lock()
		defer mu.Unlock()
		ended++
		fmt.Fprintf(out, "%d of %d  %s  %s\n", ended, len(missing), describe(f.Sweep, p), outcome(f.Status(p), err))
	})
	switch {
	case errors.Is(err, sweep.ErrInterrupted):
		return interruption{fmt.Errorf("%w from %s", err, f.Dir)}
	case errors.Is(err, sweep.ErrElsewhere):
		return interruption{errors.New("what is left is being trained by other processes")}
	case err != nil:
		return err
	}
	return summary(f, out)
}

// describe is a point in words: what the sweep changes, and its seed.
func describe(s sweep.Sweep, p sweep.Point) string {
	words := ""
	for _, name := range s.Fields() {
		words += name + " " + p.Values[name] + ", "
	}
	return fmt.Sprintf("%sseed %d", words, p.Spec.Seed)
}

func outcome(s sweep.Status, err error) string {
	if err != nil {
		return err.Error()
	}
	words := "done"
	for name, v := range s.Numbers {
		if name == "loss" {
			words += fmt.Sprintf(", loss %.4g", v)
		}
	}
	return words
}

// summary says how many are done; some that failed make it an error.
func summary(f *sweep.Folder, out io.Writer) error {
	all := f.All()
	n := sweep.CountOf(all)
	fmt.Fprintf(out, "%s: %d of %d points are done", f.Dir, n.By[sweep.Done], n.Points)
	if f.Sweep.Learned != "" {
		fmt.Fprintf(out, "; learned (%s): %d of %d", f.Sweep.Learned, n.Learned, n.Points)
	}
	fmt.Fprintln(out)
	if failed := n.By[sweep.Failed]; failed > 0 {
		return fmt.Errorf("%d of %d points failed: sweep status says why, and sweep run --retry WORDS tries them again", failed, n.Points)
	}
	return nil
}

// sweepTask is one point.
type sweepTask struct {
	Dir       string `arg:"" help:"The sweep's folder." type:"path"`
	Index     int    `arg:"" help:"The point's number."`
	AnyKernel bool   `help:"Go on with a checkpoint of another kernel."`
	Data      string `help:"Folder with uploaded sounds (default: the user's data folder)." type:"path" placeholder:"DIR"`
}

// Run trains and measures the point, unless that is done.
func (c sweepTask) Run(ctx context.Context, t terminal, a arithmetic) error {
	f, err := sweep.Open(c.Dir, (&shelf{data: c.Data}).find)
	if err != nil {
		return err
	}
	p, err := f.At(c.Index)
	if errors.Is(err, sweep.ErrGone) {
		fmt.Fprintln(t.words(), err)
		return nil
	}
	if err != nil {
		return usageError{err}
	}
	if err := useKernel(f.Sweep, a, c.AnyKernel); err != nil {
		return err
	}
	began := f.Status(p)
	fmt.Fprintf(t.words(), "%s  %s, %s, from batch %d\n", p.Hash, describe(f.Sweep, p), began.State, began.Batch)
	err = f.Train(ctx, p, sweep.Options{AnyKernel: c.AnyKernel})
	for errors.Is(err, sweep.ErrElsewhere) && ctx.Err() == nil { // the process before is about to end
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
		err = f.Train(ctx, p, sweep.Options{AnyKernel: c.AnyKernel})
	}
	if errors.Is(err, sweep.ErrInterrupted) || errors.Is(err, sweep.ErrElsewhere) {
		return interruption{fmt.Errorf("point %d: %w", c.Index, err)}
	}
	if err == nil {
		fmt.Fprintf(t.words(), "%s  %s\n", p.Hash, outcome(f.Status(p), nil))
	}
	return store.Explain(err)
}
