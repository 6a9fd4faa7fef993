package store

import (
	"context"
	"database/sql"

	"unmixlab/server/job"
)

// Enqueue notes that runs wait for their turn after all that ever did, in this order.
func (s *Store) Enqueue(ctx context.Context, ids ...string) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			if err := met(tx.ExecContext(ctx, "UPDATE runs SET place = (SELECT max(place) FROM runs) + 1 WHERE id = ?", id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// UnderWay are the ids of runs that were queued or running when the lab that had the
// folder ended, in the order in which they were queued.
func (s *Store) UnderWay(ctx context.Context) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT id, state FROM runs WHERE deleted = 0 ORDER BY place, created, id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		var state job.State
		if err := rows.Scan(&id, &state); err != nil {
			return nil, err
		}
		if state.Active() || state == job.Interrupted {
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}
