package store

import (
	"context"
	"database/sql"
)

// Measure is how far a run had come after a batch; NaN where there is no answer.
type Measure struct {
	Batch     int
	LateError float64
	ClarityX  float64
	ClarityY  float64
	Angle     float64 // degrees
	Seconds   float64 // that it took
}

// AddMeasure records one; a second one of the same batch takes its place.
func (s *Store) AddMeasure(ctx context.Context, id string, m Measure) error {
	_, err := s.write.ExecContext(ctx, "INSERT OR REPLACE INTO measures (run, batch, late_error, clarity_x, clarity_y, angle, seconds) VALUES (?,?,?,?,?,?,?)",
		id, m.Batch, number(m.LateError), number(m.ClarityX), number(m.ClarityY), number(m.Angle), m.Seconds)
	return err
}

// Measures are those of a run, in order of their batches.
func (s *Store) Measures(ctx context.Context, id string) ([]Measure, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT batch, late_error, clarity_x, clarity_y, angle, seconds FROM measures WHERE run = ? ORDER BY batch", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []Measure{}
	for rows.Next() {
		var m Measure
		var late, x, y, angle sql.NullFloat64
		if err := rows.Scan(&m.Batch, &late, &x, &y, &angle, &m.Seconds); err != nil {
			return nil, err
		}
		m.LateError, m.ClarityX, m.ClarityY, m.Angle = orNaN(late), orNaN(x), orNaN(y), orNaN(angle)
		all = append(all, m)
	}
	return all, rows.Err()
}
