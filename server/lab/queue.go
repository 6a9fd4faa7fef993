package lab

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"unmixlab/sim/spec"
)

// Queue are the runs that train and those that wait for their turn, in the order in which
// they will begin.
type Queue struct {
	Running []RunInfo `json:"running"`
	Queued  []RunInfo `json:"queued"`
}

// Queue tells how the queue is.
func (l *Lab) Queue(ctx context.Context) (Queue, error) {
	q := Queue{Running: []RunInfo{}, Queued: []RunInfo{}}
	runs, err := l.Runs(ctx)
	if err != nil {
		return q, err
	}
	byID := map[string]RunInfo{}
	waiting := l.jobs.Queue()
	for _, r := range runs {
		byID[r.ID] = r
	}
	for _, id := range waiting {
		if r, ok := byID[id]; ok {
			q.Queued = append(q.Queued, r)
			delete(byID, id)
		}
	}
	for _, r := range runs {
		if _, ok := byID[r.ID]; ok && l.jobs.Active(r.ID) {
			q.Running = append(q.Running, r)
		}
	}
	return q, nil
}

// ArrangeQueue puts the runs that wait into the order of the ids; those not named come
// after them, and ids of runs that do not wait any longer are passed over.
func (l *Lab) ArrangeQueue(ctx context.Context, ids []string) error {
	return l.store.Enqueue(ctx, l.jobs.Arrange(ids)...)
}

// AtOnce tells how many runs may train at once, and whether those that the lab's end
// interrupts go on by themselves.
func (l *Lab) AtOnce() (runs int, resume bool) { return l.jobs.Slots(), l.resume }

// enqueue has a run wait for its turn.
func (l *Lab) enqueue(ctx context.Context, id string, sp spec.Spec) error {
	l.sizes.Store(id, sp.TapeBytes())
	if err := l.jobs.Start(id, l.training(id, sp)); err != nil {
		return err
	}
	if err := l.store.Enqueue(ctx, id); err != nil { // it waits all the same; only its place may be lost
		slog.Error("the place of a run in the queue cannot be kept", "run", id, "error", err)
	}
	return nil
}

// fits tells whether a run has room in memory beside those that train.
func (l *Lab) fits(busy []string, next string) bool {
	if l.memory == 0 {
		return true
	}
	sum := int64(0)
	for _, id := range append(busy, next) {
		if size, ok := l.sizes.Load(id); ok {
			sum += size.(int64)
		}
	}
	return sum <= l.memory
}

// goOn resumes runs that were under way when the lab last ended, in their order. One that
// cannot go on stays interrupted; resuming it says why.
func (l *Lab) goOn(ctx context.Context, ids []string) {
	gone := 0
	for _, id := range ids {
		if _, err := l.ResumeRun(ctx, id); err != nil {
			slog.Warn("a run does not go on by itself", "run", id, "why", err)
			if why := Refusal(err); why != nil {
				l.store.SetNotice(ctx, id, "It did not go on by itself: "+why.Message+".")
			}
			continue
		}
		gone++
	}
	if gone > 0 {
		slog.Info("runs go on where the lab last ended", "runs", gone)
	}
}

// interrupted marks what was under way when the lab last ended; these runs are returned.
func (l *Lab) interrupted(ctx context.Context) ([]string, error) {
	ids, err := l.store.UnderWay(ctx)
	if err != nil {
		return nil, err
	}
	n, err := l.store.Interrupt(ctx)
	if n > 0 {
		slog.Info("runs were interrupted when the lab last ended", "runs", n)
	}
	return ids, err
}

// memoryShare is the part of the machine's memory that runs may take together.
const memoryShare = 0.5

// machineMemory is how much memory the machine has, in bytes; 0 where that is not known.
func machineMemory() int64 {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	return memoryTotal(string(b))
}

func memoryTotal(meminfo string) int64 {
	for line := range strings.Lines(meminfo) {
		var kB int64
		if _, err := fmt.Sscanf(line, "MemTotal: %d kB", &kB); err == nil {
			return kB << 10
		}
	}
	return 0
}
