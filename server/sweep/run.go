package sweep

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// Run does everything that is missing on this machine, so many points at once, each on
// one core. A point that fails is recorded, and the others go on. ErrInterrupted means
// that the context ended first, ErrElsewhere that what is left is being trained by
// others; any other error has ended the run.
func (f *Folder) Run(ctx context.Context, jobs int, o Options, ended func(Point, error)) error {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	points := make(chan Point)
	var (
		workers   sync.WaitGroup
		mu        sync.Mutex
		elsewhere bool
	)
	for range jobs {
		workers.Go(func() {
			for p := range points {
				err := f.Train(ctx, p, o)
				switch {
				case errors.Is(err, ErrElsewhere):
					mu.Lock()
					elsewhere = true
					mu.Unlock()
				case err != nil && !errors.Is(err, ErrFailed):
					cancel(err)
				}
				if ended != nil {
					ended(p, err)
				}
			}
		})
	}
	deal(ctx, f.Missing(), points)
	workers.Wait()
	switch why := context.Cause(ctx); {
	case errors.Is(why, context.Canceled), errors.Is(why, context.DeadlineExceeded):
		return ErrInterrupted
	case why != nil:
		return why
	case elsewhere:
		return ErrElsewhere
	}
	return nil
}

// deal hands out points until the context ends.
func deal(ctx context.Context, missing []Point, points chan<- Point) {
	defer close(points)
	for _, p := range missing {
		select {
		case points <- p:
		case <-ctx.Done():
			return
		}
	}
}
