package lab

import (
	"context"
	"log/slog"
	"time"

	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/model"
)

// Measure is how far a run had come after a batch.
type Measure = store.Measure

// Point is a point of a smoothed curve.
type Point = store.Point

// Measures are a run's measures along its training, in order.
func (l *Lab) Measures(ctx context.Context, id string) ([]Measure, error) {
	if _, err := l.FindRun(ctx, id); err != nil {
		return nil, err
	}
	return l.store.Measures(ctx, id)
}

// Smoothed is a run's loss as a mean over so many batches, at about so many points.
func (l *Lab) Smoothed(ctx context.Context, id string, over, points int) ([]Point, error) {
	if _, err := l.FindRun(ctx, id); err != nil {
		return nil, err
	}
	return l.store.Smoothed(ctx, id, over, points)
}

const (
	firstMeasured = 100 // the batch after which a run is measured first, as what it takes is not known before
	measureShare  = 50  // measuring takes one part in so many of the time
)

// measured is what a run knows of its measuring.
type measured struct {
	last int           // batch
	took time.Duration // the last time
}

// measure plays the network through the short test, after batches that are multiples of
// 1, 2 or 5 times a power of ten, as often as a fiftieth of the time allows: so curves of
// several runs have batches in common. The trainer is only looked at.
func (r *trainingRun) measure(ctx context.Context) error {
	batch := r.trainer.Batch()
	if batch%r.measureEvery() != 0 {
		return nil
	}
	return r.measureNow(ctx, batch)
}

// measureEvery is the batches between two measures.
func (r *trainingRun) measureEvery() int {
	if r.measured.took == 0 || r.perBatch <= 0 {
		return firstMeasured
	}
	return ladder(measureShare * r.measured.took.Seconds() / r.perBatch)
}

// ladder is the first of 1, 2, 5, 10, 20 … that is no less than x.
func ladder(x float64) int {
	for step := 1; ; step *= 10 {
		for _, k := range []int{1, 2, 5} {
			if n := k * step; float64(n) >= x || n > 1e8 {
				return n
			}
		}
	}
}

func (r *trainingRun) measureNow(ctx context.Context, batch int) error {
	if batch == r.measured.last {
		return nil
	}
	began := time.Now()
	p, err := experiment.MeasureProgress(ctx, r.trainer.Network(), r.trainer.Sources())
	r.measured = measured{batch, time.Since(began)}
	if err != nil {
		if ctx.Err() == nil {
			slog.Warn("a run cannot be measured", "run", r.id, "batch", batch, "error", err)
		}
		return nil
	}
	err = r.lab.store.AddMeasure(context.Background(), r.id, Measure{Batch: batch, LateError: p.LateError,
		ClarityX: p.ClarityX, ClarityY: p.ClarityY, Angle: p.Angle, Seconds: r.measured.took.Seconds()})
	if err != nil {
		r.measured.last = 0 // it is tried again
	}
	return err
}

// measurable is what is measured of a trainer.
type measurable interface {
	Network() *model.Network
	Sources() *data.Sources
}
