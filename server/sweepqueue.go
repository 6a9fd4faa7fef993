package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"unmixlab/server/queue"
	"unmixlab/server/sweep"
)

// onQueue are the flags of sweeps that workers do.
type onQueue struct {
	Server string `help:"The NATS server, for --on nats." default:"nats://127.0.0.1:4222" placeholder:"URL"`
	entry
}

// open connects to the queue.
func (c onQueue) open(ctx context.Context) (*queue.Queue, error) {
	a, err := c.access(c.Server)
	if err != nil {
		return nil, err
	}
	return a.Dial(ctx, "unmixlab sweep")
}

// nats has workers do everything that is missing, and brings it into the folder.
func (c sweepRun) nats(ctx context.Context, f *sweep.Folder, out io.Writer) error {
	missing := f.Missing()
	if len(missing) == 0 {
		return summary(f, out)
	}
	q, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer q.Close()
	cores, err := q.Cores(ctx, f.Sweep.Kernel)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d of %d points are missing, %s kernel; %d cores of workers have points, and %d wait\n", f.Dir, len(missing), len(f.Points), f.Sweep.Kernel, cores.Busy, cores.Waiting)
	if cores.Busy+cores.Waiting == 0 {
		fmt.Fprintf(out, "Until there are some nothing is done: unmixlab worker %s --kernel %s\n", c.Server, f.Sweep.Kernel)
	}
	ended := 0
	err = q.Do(ctx, f, queue.Told{Ended: func(p sweep.Point, err error) {
		ended++
		fmt.Fprintf(out, "%d of %d  %s  %s  %s\n", ended, len(missing), p.Hash, describe(f.Sweep, p), outcome(f.Status(p), err))
	}})
	if errors.Is(err, sweep.ErrInterrupted) {
		return interruption{fmt.Errorf("no longer watched; workers go on, and the same command brings in what they do: sweep cancel %s --on nats takes it out", f.Dir)}
	}
	if err != nil {
		return err
	}
	return summary(f, out)
}
