package store

import (
	"context"
	"math"

	"unmixlab/sim/train"
)

// Point is the loss of a batch, or a mean of losses up to there.
type Point struct {
	Batch int
	Loss  float64
}

// Smoothed is a run's loss as the mean over so many batches, each batch's own and those
// before it, at the batches that are multiples of what Every says, and the last. Means are
// taken over all batches, before any is left out.
func (s *Store) Smoothed(ctx context.Context, id string, over, points int) ([]Point, error) {
	var last int
	if err := s.read.QueryRowContext(ctx, "SELECT coalesce(max(batch), 0) FROM metrics WHERE run = ?", id).Scan(&last); err != nil {
		return nil, err
	}
	every := Every(last, points)
	out := []Point{}
	mean := newMoving(over)
	err := s.eachMetric(ctx, func(m train.Progress, _ *train.Window) {
		mean.add(m.Loss)
		if m.Batch%every == 0 || m.Batch == last {
			out = append(out, Point{m.Batch, mean.value()})
		}
	}, "SELECT batch, loss, grad_norm, seconds FROM metrics WHERE run = ? ORDER BY batch", id)
	return out, err
}

// moving is the mean of the last values that are numbers.
type moving struct {
	values []float64
	next   int
	full   bool
}

func newMoving(over int) *moving { return &moving{values: make([]float64, max(1, over))} }

func (m *moving) add(x float64) {
	m.values[m.next] = x
	m.next = (m.next + 1) % len(m.values)
	m.full = m.full || m.next == 0
}

// value adds the values up anew, so that it does not drift; NaN where there is none.
func (m *moving) value() float64 {
	values := m.values
	if !m.full {
		values = values[:m.next]
	}
	sum, n := 0.0, 0
	for _, x := range values {
		if !math.IsNaN(x) {
			sum, n = sum+x, n+1
		}
	}
	return sum / float64(n)
}
