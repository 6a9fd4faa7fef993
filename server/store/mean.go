package store

import (
	"context"
	"database/sql"
)

// MeanLoss is a run's mean loss over the batches from..to, both included; NaN where none
// of them has one.
func (s *Store) MeanLoss(ctx context.Context, id string, from, to int) (float64, error) {
	var mean sql.NullFloat64
	err := s.read.QueryRowContext(ctx, "SELECT avg(loss) FROM metrics WHERE run = ? AND batch BETWEEN ? AND ?", id, from, to).Scan(&mean)
	return orNaN(mean), err
}
