package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"unmixlab/server/sweep"
)

const (
	pollEvery   = 500 * time.Millisecond // between two questions to Slurm for what it has of a sweep
	mostSilence = 5 * time.Minute        // of a Slurm that does not answer, before that is an error
)

// slurm hands everything that is missing to Slurm and waits until that is done. When it
// is interrupted the jobs go on.
func (c sweepRun) slurm(ctx context.Context, f *sweep.Folder, t terminal) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	s := sweep.Slurm{Program: program, Flags: c.taskFlags(), Jobs: c.Jobs}
	if c.DryRun {
		for _, a := range f.Arrays(s) {
			fmt.Fprint(t.out, a.Script)
		}
		return nil
	}
	if waiting, err := f.Waiting(ctx); err != nil || waiting {
		if err != nil {
			return err
		}
		fmt.Fprintln(t.words(), "Slurm has jobs of this sweep already; sweep cancel takes them out")
		return c.await(ctx, f, t)
	}
	if s.Most, err = sweep.ArrayLimit(ctx); err != nil {
		return err
	}
	ids, err := f.Submit(ctx, f.Arrays(s))
	for _, id := range ids {
		fmt.Fprintf(t.words(), "Slurm has it as job %s\n", id)
	}
	if err != nil {
		return err
	}
	return c.await(ctx, f, t)
}

// taskFlags are those of the tasks.
func (c sweepRun) taskFlags() (flags []string) {
	if c.AnyKernel {
		flags = append(flags, "--any-kernel")
	}
	if c.Data != "" {
		flags = append(flags, "--data="+c.Data)
	}
	return flags
}

// await says how far the folder is until Slurm has no more jobs of the sweep.
func (c sweepRun) await(ctx context.Context, f *sweep.Folder, t terminal) error {
	said, answered := -1, time.Now()
	for {
		waiting, err := f.Waiting(ctx)
		if ctx.Err() != nil {
			return interruption{fmt.Errorf("no longer watched; the jobs go on: sweep status %s says how far, sweep cancel takes them out", f.Dir)}
		}
		if err != nil && time.Since(answered) > mostSilence {
			return err
		}
		if err == nil {
			answered = time.Now()
		}
		if n := sweep.CountOf(f.All()); n.By[sweep.Done] != said {
			said = n.By[sweep.Done]
			fmt.Fprintf(t.words(), "%d of %d points are done\n", said, n.Points)
		}
		if err == nil && !waiting {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(pollEvery):
		}
	}
	if left := len(f.Missing()); left > 0 {
		return interruption{fmt.Errorf("there are no more jobs of Slurm, and %d points are missing: see %s, and give the same command again", left, filepath.Join(f.Dir, "logs"))}
	}
	return summary(f, t.words())
}

// kubernetes prints the Job.
func (c sweepRun) kubernetes(f *sweep.Folder, t terminal) error {
	b, err := f.Job(sweep.Kubernetes{Jobs: c.Jobs, Flags: c.taskFlags()})
	if err != nil {
		return err
	}
	_, err = t.out.Write(b)
	return err
}

// sweepCancel takes jobs out of Slurm, or points out of a queue.
type sweepCancel struct {
	Dir string `arg:"" help:"The sweep's folder." type:"path"`
	On  string `help:"Whom they are taken from: ${enum}." enum:"slurm,nats" default:"slurm"`
	onQueue
}

// Run cancels what others have of the sweep; what was reached stays.
func (c sweepCancel) Run(ctx context.Context, t terminal) error {
	f, err := sweep.Open(c.Dir, nil)
	if err != nil {
		return err
	}
	if c.On == "slurm" {
		return f.Cancel(ctx)
	}
	q, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer q.Close()
	n, err := q.Cancel(ctx, f)
	fmt.Fprintf(t.out, "%d points were under way; their checkpoints are in %s\n", n, f.Dir)
	return err
}
