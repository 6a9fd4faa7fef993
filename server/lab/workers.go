package lab

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/queue"
	"unmixlab/server/store"
	"unmixlab/server/sweep"
	"unmixlab/sim/kernel"
)

const (
	workersAnswer = 2 * time.Second
	bringHome     = 20 * time.Second // that checkpoints of workers may take as a sweep is paused
)

// UseWorkers lets sweeps be done by what waits at a queue.
func (l *Lab) UseWorkers(q *queue.Queue) { l.sweeps.queue.Store(q) }

// WorkerCores is how many cores of workers are connected that have this lab's kernel.
func (l *Lab) WorkerCores(ctx context.Context) int { return l.sweeps.workerCores(ctx, kernel.Name()) }

// workerCores is how many cores of workers are connected that have a kernel.
func (s *sweeps) workerCores(ctx context.Context, kernel string) int {
	q := s.queue.Load()
	if q == nil {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, workersAnswer)
	defer cancel()
	c, err := q.Cores(ctx, kernel)
	if err != nil {
		return 0
	}
	return c.Busy + c.Waiting
}

// StartSweepWithWorkers makes a sweep's folder as StartSweep does, and has workers do what
// is missing.
func (l *Lab) StartSweepWithWorkers(ctx context.Context, text []byte) (SweepInfo, error) {
	if l.WorkerCores(ctx) == 0 {
		return SweepInfo{}, refuse(Conflict, "name", "no worker with the %s kernel is connected by now: start the sweep here, or connect one", kernel.Name())
	}
	name, err := l.createSweep(ctx, text)
	if err != nil {
		return SweepInfo{}, err
	}
	return l.SendSweep(ctx, name)
}

// SendSweep has workers do what is missing of a sweep.
func (l *Lab) SendSweep(ctx context.Context, name string) (SweepInfo, error) {
	f, err := l.sweepFolder(ctx, name)
	if err != nil {
		return SweepInfo{}, err
	}
	if l.sweeps.workerCores(ctx, f.Sweep.Kernel) == 0 {
		return SweepInfo{}, refuse(Conflict, "id", "no worker with the %s kernel is connected: start the lab with --workers, and unmixlab worker --kernel %s on other machines", f.Sweep.Kernel, f.Sweep.Kernel)
	}
	if err := os.WriteFile(filepath.Join(f.Dir, sweepMark), nil, 0o644); err != nil {
		return SweepInfo{}, store.Explain(err)
	}
	if err := l.sweeps.jobs.Start(name, l.sweeps.sending(f, l.sweeps.queue.Load())); err != nil {
		return SweepInfo{}, err
	}
	s, err := l.FindSweep(ctx, name)
	return s.Info, err
}

// sending has workers do a sweep. When it is paused they stop, and what they reached comes
// into the folder.
func (s *sweeps) sending(f *sweep.Folder, q *queue.Queue) job.Work {
	return func(ctx context.Context) (bool, error) {
		err := q.Do(ctx, f, queue.Told{
			Batch: func(p sweep.Point, batch int, _ string) {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.batch[p.Hash] = batch
			},
			Ended: func(p sweep.Point, _ error) { s.forget(p) },
		})
		if !errors.Is(err, sweep.ErrInterrupted) {
			return err == nil, err
		}
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), bringHome)
		defer cancel()
		_, err = q.Cancel(late, f)
		for _, p := range f.Points {
			s.forget(p)
		}
		return false, err
	}
}

// forget is for a point that nobody trains any longer.
func (s *sweeps) forget(p sweep.Point) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.batch, p.Hash)
}
