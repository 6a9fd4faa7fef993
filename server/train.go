package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"unmixlab/server/lab"
	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

type trainCommand struct {
	Spec       string       `help:"File with the settings as JSON, - being standard input; flags override it." type:"existingfile" placeholder:"FILE"`
	Preset     string       `help:"Begin from one of the page's presets." placeholder:"SLUG"`
	Out        string       `help:"Where the model goes; - is standard output (default: MODEL-SOURCES.safetensors)." type:"path" placeholder:"FILE"`
	Checkpoint string       `help:"Go on from this file when it is there, and save to it as training goes." type:"path" placeholder:"FILE"`
	Title      string       `help:"Title of the model." placeholder:"TEXT"`
	Note       string       `help:"A sentence that stays with the model." placeholder:"TEXT"`
	JSON       bool         `name:"json" help:"Say how it goes as lines of JSON."`
	AnyKernel  bool         `help:"Go on with a checkpoint of another kernel. The model says which kernels there were."`
	Data       string       `help:"Folder with uploaded sounds, for --wav (default: the user's data folder)." type:"path" placeholder:"DIR"`
	Settings   kong.Plugins `embed:""`
}

const (
	printEvery = 2 * time.Second
	saveEvery  = 30 * time.Second
	sayAgain   = 100 // batches between two mentions of a jump of the loss
)

// Run trains to the last batch or until the context ends, and writes the model. With
// the model there already, trained as asked, nothing is to do.
func (c trainCommand) Run(ctx context.Context, term terminal, a arithmetic) error {
	base, err := baseSettings(c.Spec, c.Preset)
	if err != nil {
		return err
	}
	sp, err := readSpec(base, c.Settings[0])
	if err != nil {
		return usageError{err}
	}
	sounds := &shelf{data: c.Data}
	if sp.WAV, err = sounds.take(sp.WAV); err != nil {
		return err
	}
	src, err := data.NewSources(sp, sounds.find)
	if err != nil {
		return err
	}
	if c.Out == "" {
		c.Out = sp.Model + "-" + sp.Sources + ".safetensors"
	}
	if trainedAlready(c.Out, sp) {
		fmt.Fprintf(term.words(), "%s is there, trained with these settings: nothing is to do\n", c.Out)
		return nil
	}
	out, err := term.place(c.Out)
	if err != nil {
		return err
	}
	t, err := c.open(sp, src, a, out.words())
	if err != nil {
		return err
	}
	begin := trainEvent{Event: "begin", Batch: t.Batch(), Batches: sp.Batches, Kernel: kernel.Name()}
	c.say(out.words(), begin, "%s, %s kernel, batch %d of %d\n", sp, kernel.Name(), t.Batch(), sp.Batches)
	if err := c.train(ctx, t, sp, out.words()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return c.interrupted(t)
	}
	f, err := lab.TrainedFile(ctx, t, cmp.Or(c.Title, sp.String()))
	if ctx.Err() != nil {
		return c.interrupted(t)
	}
	if err != nil {
		return err
	}
	f.Provenance.Note = c.Note
	words := out.words()
	out.term.quiet = out.term.quiet || c.JSON // its last line says what was written
	err = out.write(func(w io.Writer) error { return modelfile.Write(w, f) })
	if err == nil {
		c.sayDone(words, f)
	}
	return err
}

// trainedAlready tells whether a file has a model that was trained with these
// settings, to its last batch.
func trainedAlready(path string, sp spec.Spec) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || path == standard {
		return false
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	f, err := modelfile.Read(b)
	return err == nil && string(f.Network.Spec.JSON()) == string(sp.JSON()) && f.Provenance.Batches == sp.Batches
}

// open begins a run or restores the checkpoint, which must be of the same settings.
func (c trainCommand) open(sp spec.Spec, src *data.Sources, a arithmetic, words io.Writer) (*train.Trainer, error) {
	if info, err := os.Stat(c.Checkpoint); err == nil && !info.Mode().IsRegular() || c.Checkpoint == standard {
		return nil, usageError{fmt.Errorf("--checkpoint %s is no file: a checkpoint is read again", c.Checkpoint)}
	}
	if c.Checkpoint == "" {
		return train.New(sp, src)
	}
	if _, err := os.Stat(filepath.Dir(c.Checkpoint)); err != nil { // now, rather than at the first checkpoint
		return nil, err
	}
	files := store.CheckpointFiles(c.Checkpoint)
	if len(files) == 0 {
		return train.New(sp, src)
	}
	if err := c.ownKernel(files[0], a); err != nil {
		return nil, usageError{err}
	}
	t, err := restore(files, src, words)
	if err != nil {
		return nil, fmt.Errorf("%w: remove what cannot be read to begin again", err)
	}
	if string(t.Network().Spec.JSON()) != string(sp.JSON()) {
		return nil, fmt.Errorf("%s is of a run with other settings (%s): give the same ones, or name another file with --checkpoint", c.Checkpoint, t.Network().Spec)
	}
	return t, nil
}

// restore goes on from the first of the files that can be read, and says when others
// cannot: they are set aside.
func restore(files []string, src *data.Sources, words io.Writer) (*train.Trainer, error) {
	var problems []error
	for i, path := range files {
		t, err := restoreFile(path, src)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path, err))
			continue
		}
		for k := range i {
			fmt.Fprintf(words, "%v; the checkpoint before it takes over, at batch %d\n", problems[k], t.Batch())
			if err := store.SetAside(files[k]); err != nil {
				return nil, err
			}
		}
		return t, nil
	}
	return nil, errors.Join(problems...)
}

func restoreFile(path string, src *data.Sources) (*train.Trainer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return train.Restore(f, src)
}

// train goes on to the last batch, printing and saving now and then.
func (c trainCommand) train(ctx context.Context, t *train.Trainer, sp spec.Spec, out io.Writer) error {
	began, first := time.Now(), t.Batch()
	printed, saved := time.Time{}, time.Now()
	quiet := 0 // until this batch jumps of the loss are not mentioned
	for t.Batch() < sp.Batches && ctx.Err() == nil {
		p, err := t.Step()
		if err != nil {
			return err
		}
		if math.IsNaN(p.Loss) || math.IsInf(p.Loss, 0) {
			return fmt.Errorf("the loss of batch %d is no number: try a smaller --lr or a smaller --clip", p.Batch)
		}
		if p.Back > 0 || p.Spike() && p.Batch >= quiet {
			if p.Back == 0 {
				quiet = p.Batch + sayAgain
			}
			c.sayJump(out, p)
		}
		if now := time.Now(); now.Sub(printed) >= printEvery || p.Batch == sp.Batches {
			printed = now
			c.sayBatch(out, p, sp.Batches, now.Sub(began)/time.Duration(p.Batch-first))
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
	return store.WriteCheckpoint(c.Checkpoint, func(w io.Writer) error { return t.Checkpoint(w) })
}

func (c trainCommand) interrupted(t *train.Trainer) error {
	if c.Checkpoint == "" {
		return fmt.Errorf("interrupted after batch %d; nothing is kept without --checkpoint FILE", t.Batch())
	}
	return interruption{fmt.Errorf("interrupted after batch %d; the same command goes on from %s", t.Batch(), c.Checkpoint)}
}
