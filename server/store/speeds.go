package store

import (
	"context"
	"time"
)

// Speed is how long a batch took on this machine.
type Speed struct {
	Kernel     string
	Shape      string // what decides how much there is to compute, in words that are equal where it is
	Model      string
	Operations float64 // of a batch
	Seconds    float64 // a batch, with all that is done between two
}

// KeepSpeed records what a run showed; of each kernel and shape the latest stays.
func (s *Store) KeepSpeed(ctx context.Context, v Speed) error {
	_, err := s.write.ExecContext(ctx, "INSERT OR REPLACE INTO speeds (kernel, shape, model, operations, seconds, updated) VALUES (?,?,?,?,?,?)",
		v.Kernel, v.Shape, v.Model, v.Operations, v.Seconds, millis(time.Now()))
	return err
}

// Speeds are those that were kept of a kernel, the latest first.
func (s *Store) Speeds(ctx context.Context, kernel string) ([]Speed, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT kernel, shape, model, operations, seconds FROM speeds WHERE kernel = ? ORDER BY updated DESC", kernel)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Speed
	for rows.Next() {
		var v Speed
		if err := rows.Scan(&v.Kernel, &v.Shape, &v.Model, &v.Operations, &v.Seconds); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
