package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"unmixlab/server/lab"
	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

type trainCommand struct {
	Spec       string       `help:"File with the settings as JSON; flags override it." type:"existingfile" placeholder:"FILE"`
	Preset     string       `help:"Begin from one of the page's presets." placeholder:"SLUG"`
	Out        string       `help:"Where the model goes (default: MODEL-SOURCES.safetensors)." type:"path" placeholder:"FILE"`
	Checkpoint string       `help:"Go on from this file when it is there, and save to it as training goes." type:"path" placeholder:"FILE"`
	Title      string       `help:"Title of the model." placeholder:"TEXT"`
	Note       string       `help:"A sentence that stays with the model." placeholder:"TEXT"`
	Settings   kong.Plugins `embed:""`
}

const (
	printEvery = 2 * time.Second
	saveEvery  = 30 * time.Second
)

// Run trains to the last batch or until the context ends, and writes the model.
func (c trainCommand) Run(ctx context.Context, term terminal) error {
	base, err := baseSettings(c.Spec, c.Preset)
	if err != nil {
		return err
	}
	sp, err := readSpec(base, c.Settings[0])
	if err != nil {
		return err
	}
	if c.Out == "" {
		c.Out = sp.Model + "-" + sp.Sources + ".safetensors"
	}
	if err := free(c.Out); err != nil { // now, rather than after hours of training
		return err
	}
	t, err := c.open(sp)
	if err != nil {
		return err
	}
	fmt.Fprintf(term.out, "%s, %s kernel, batch %d of %d\n", sp, kernel.Name(), t.Batch(), sp.Batches)
	if err := c.train(ctx, t, sp, term.out); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return c.interrupted(t)
	}
	title := c.Title
	if title == "" {
		title = sp.String()
	}
	f, err := lab.TrainedFile(ctx, t, title, kernel.Name())
	if err != nil {
		return err
	}
	f.Provenance.Note = c.Note
	return writeModel(c.Out, f, term)
}

// open begins a run or restores the checkpoint, which must be of the same settings.
func (c trainCommand) open(sp spec.Spec) (*train.Trainer, error) {
	src, err := data.NewSources(sp, nil)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(c.Checkpoint)
	if c.Checkpoint == "" || errors.Is(err, fs.ErrNotExist) {
		return train.New(sp, src)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := train.Restore(f, src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Checkpoint, err)
	}
	if string(t.Network().Spec.JSON()) != string(sp.JSON()) {
		return nil, fmt.Errorf("%s is of a run with other settings (%s): give the same ones, or name another file with --checkpoint", c.Checkpoint, t.Network().Spec)
	}
	return t, nil
}

// train goes on to the last batch, printing and saving now and then.
func (c trainCommand) train(ctx context.Context, t *train.Trainer, sp spec.Spec, out io.Writer) error {
	began, first := time.Now(), t.Batch()
	printed, saved := time.Time{}, time.Now()
	for t.Batch() < sp.Batches && ctx.Err() == nil {
		p, err := t.Step()
		if err != nil {
			return err
		}
		if math.IsNaN(p.Loss) || math.IsInf(p.Loss, 0) {
			return fmt.Errorf("the loss of batch %d is no number: try a smaller --lr or a smaller --clip", p.Batch)
		}
		if now := time.Now(); now.Sub(printed) >= printEvery || p.Batch == sp.Batches {
			printed = now
			perBatch := now.Sub(began) / time.Duration(p.Batch-first)
			left := time.Duration(sp.Batches-p.Batch) * perBatch
			fmt.Fprintf(out, "batch %d  loss %.4f  gradient %.4g  %.4f s/batch  %v left\n",
				p.Batch, p.Loss, p.GradNorm, perBatch.Seconds(), left.Round(time.Second))
		}
		if time.Since(saved) >= saveEvery {
			if err := c.save(t); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	return c.save(t)
}

func (c trainCommand) save(t *train.Trainer) error {
	if c.Checkpoint == "" {
		return nil
	}
	return store.WriteFile(c.Checkpoint, func(w io.Writer) error { return t.Checkpoint(w) })
}

func (c trainCommand) interrupted(t *train.Trainer) error {
	if c.Checkpoint == "" {
		return fmt.Errorf("interrupted after batch %d; nothing is kept without --checkpoint FILE", t.Batch())
	}
	return fmt.Errorf("interrupted after batch %d; the same command goes on from %s", t.Batch(), c.Checkpoint)
}
