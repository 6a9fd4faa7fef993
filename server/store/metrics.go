package store

import (
	"context"
	"database/sql"
	"time"

	"unmixlab/sim/train"
)

// Append records batches done since the last call and, in the same transaction,
// the run's own batch, loss, gradient norm and seconds per batch. A loss or a norm
// that is no finite number comes back as NaN.
func (s *Store) Append(ctx context.Context, id string, ms []train.Progress, secondsPerBatch float64) error {
	if len(ms) == 0 {
		return nil
	}
	return s.transact(ctx, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO metrics (run, batch, loss, grad_norm, seconds) VALUES (?,?,?,?,?)")
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, m := range ms {
			if _, err := insert.ExecContext(ctx, id, m.Batch, number(m.Loss), number(m.GradNorm), m.Seconds); err != nil {
				return err
			}
		}
		last := ms[len(ms)-1]
		_, err = tx.ExecContext(ctx, "UPDATE runs SET batch = ?, loss = ?, grad_norm = ?, seconds = ?, updated = ? WHERE id = ?",
			last.Batch, number(last.Loss), number(last.GradNorm), secondsPerBatch, millis(time.Now()), id)
		return err
	})
}

// Rewind takes a run back to the end of a batch: what later batches gave is
// dropped, as they will be done again.
func (s *Store) Rewind(ctx context.Context, id string, batch int) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"metrics", "measures"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE run = ? AND batch > ?", id, batch); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE runs SET batch = ?,
			loss = (SELECT loss FROM metrics WHERE run = runs.id ORDER BY batch DESC LIMIT 1),
			grad_norm = (SELECT grad_norm FROM metrics WHERE run = runs.id ORDER BY batch DESC LIMIT 1)
			WHERE id = ?`, batch, id)
		return err
	})
}

// Metrics gives a run's metrics with their running means, in order of their batches.
// Of more than points batches (0: no limit) it keeps so many at most, as thinning
// says. Means are taken over all batches before any is left out.
func (s *Store) Metrics(ctx context.Context, id string, points int) ([]train.Progress, error) {
	var count int
	var first, last sql.NullInt64
	err := s.read.QueryRowContext(ctx, "SELECT count(*), min(batch), max(batch) FROM metrics WHERE run = ?", id).
		Scan(&count, &first, &last)
	if err != nil {
		return nil, err
	}
	const query = "SELECT batch, loss, grad_norm, seconds FROM metrics WHERE run = ? ORDER BY batch"
	if points <= 0 || count <= points {
		ms := make([]train.Progress, 0, count)
		err := s.eachMetric(ctx, withMeans(&ms), query, id)
		return ms, err
	}
	t := newThinning(int(first.Int64), int(last.Int64), points)
	if err := s.eachMetric(ctx, t.add, query, id); err != nil {
		return nil, err
	}
	return t.metrics(), nil
}

// withMeans appends every batch, with its running means.
func withMeans(ms *[]train.Progress) func(train.Progress, *train.Window) {
	return func(m train.Progress, w *train.Window) {
		m.Mean = w.Means()
		*ms = append(*ms, m)
	}
}

// eachMetric hands over the rows of a query in their order, each the last one of the
// window of those before it.
func (s *Store) eachMetric(ctx context.Context, do func(train.Progress, *train.Window), query string, args ...any) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var window train.Window
	for rows.Next() {
		var m train.Progress
		var loss, norm sql.NullFloat64
		if err := rows.Scan(&m.Batch, &loss, &norm, &m.Seconds); err != nil {
			return err
		}
		m.Loss, m.GradNorm = orNaN(loss), orNaN(norm)
		window.Add(m)
		do(m, &window)
	}
	return rows.Err()
}

// transact does several statements as one.
func (s *Store) transact(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// LastMetrics gives the metrics of a run's last n batches, in their order, with
// running means as Metrics has them.
func (s *Store) LastMetrics(ctx context.Context, id string, n int) ([]train.Progress, error) {
	ms := []train.Progress{}
	err := s.eachMetric(ctx, withMeans(&ms), `SELECT * FROM (SELECT batch, loss, grad_norm, seconds FROM metrics
		WHERE run = ? ORDER BY batch DESC LIMIT ?) ORDER BY batch`, id, n+train.MeanOver-1)
	return ms[max(0, len(ms)-n):], err
}
