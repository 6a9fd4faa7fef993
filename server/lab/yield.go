package lab

import (
	"context"
	"time"
)

// longestRest is the most that training rests after one batch.
const longestRest = time.Second

// makeRoom rests after a batch that took so many seconds while somebody plays live, so
// that training leaves the share of the time that Config.Yield says.
func (r *trainingRun) makeRoom(ctx context.Context, seconds float64) {
	rest := restAfter(seconds, r.lab.yield)
	if rest == 0 || !r.lab.observer.Playing() {
		return
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// restAfter is how long to rest after some seconds of work to leave so many percent of
// the time free.
func restAfter(seconds float64, percent int) time.Duration {
	rest := time.Duration(seconds * float64(percent) / float64(100-percent) * float64(time.Second))
	return min(max(rest, 0), longestRest)
}
