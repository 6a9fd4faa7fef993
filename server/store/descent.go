package store

import (
	"context"
	"database/sql"
)

// AddFork puts in a run that goes on from another's batch, with the other's curve so far.
func (s *Store) AddFork(ctx context.Context, r Run) error {
	if err := s.Add(ctx, r); err != nil {
		return err
	}
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO metrics (run, batch, loss, grad_norm, seconds)
			SELECT ?, batch, loss, grad_norm, seconds FROM metrics WHERE run = ? AND batch <= ?`, r.ID, r.Parent, r.ParentBatch)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO measures (run, batch, late_error, clarity_x, clarity_y, angle, seconds)
			SELECT ?, batch, late_error, clarity_x, clarity_y, angle, seconds FROM measures WHERE run = ? AND batch <= ?`, r.ID, r.Parent, r.ParentBatch)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE runs SET
			loss = (SELECT loss FROM metrics WHERE run = runs.id ORDER BY batch DESC LIMIT 1),
			grad_norm = (SELECT grad_norm FROM metrics WHERE run = runs.id ORDER BY batch DESC LIMIT 1) WHERE id = ?`, r.ID)
		return err
	})
}

// Extend records that a run has other settings, with another number of batches to do.
func (s *Store) Extend(ctx context.Context, id string, spec []byte, batches int) error {
	return s.change(ctx, "UPDATE runs SET spec = ?, batches = ? WHERE id = ?", string(spec), batches, id)
}

// SetMilestones records after how many batches a run keeps a checkpoint; 0 for none.
func (s *Store) SetMilestones(ctx context.Context, id string, every int) error {
	return s.change(ctx, "UPDATE runs SET milestones = ? WHERE id = ?", every, id)
}
