package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"
	"time"

	"unmixlab/server/job"
)

// Run is one training run as the database keeps it.
type Run struct {
	ID       string
	Title    string
	Spec     []byte // JSON
	State    job.State
	Batch    int     // done
	Batches  int     // to do
	Loss     float64 // of the last batch; NaN before the first
	GradNorm float64 // likewise
	Seconds  float64 // per batch, lately
	Kernel   string
	Error    string
	ModelID  string // of the model saved from it, or ""
	Notice   string // what whoever looks at it should know, or ""
	Created  time.Time
	Updated  time.Time
	Deleted  time.Time // zero unless it was deleted, and can still be restored

	Labels
	Parent      string // id of the run whose checkpoint it began from, or ""
	ParentBatch int    // of that checkpoint
	Milestones  int    // batches between two checkpoints that stay; 0: none do
}

// Labels are what whoever keeps a run wrote on it.
type Labels struct {
	Name, Note string
	Tags       []string // without blanks
}

const runColumns = "id, title, spec, state, batch, batches, loss, grad_norm, seconds, kernel, error, model_id, notice, created, updated, " +
	"deleted, name, note, tags, parent, parent_batch, milestones"

// Add puts a new run in.
func (s *Store) Add(ctx context.Context, r Run) error {
	_, err := s.write.ExecContext(ctx,
		"INSERT INTO runs ("+runColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		r.ID, r.Title, string(r.Spec), r.State, r.Batch, r.Batches, number(r.Loss), number(r.GradNorm),
		r.Seconds, r.Kernel, r.Error, r.ModelID, r.Notice, millis(r.Created), millis(r.Updated),
		orZero(r.Deleted), r.Name, r.Note, strings.Join(r.Tags, " "), r.Parent, r.ParentBatch, r.Milestones)
	return err
}

// Run finds a run, one that was deleted as well; ErrNotFound when there is none.
func (s *Store) Run(ctx context.Context, id string) (Run, error) {
	return scanRun(s.read.QueryRowContext(ctx, "SELECT "+runColumns+" FROM runs WHERE id = ?", id))
}

// Runs lists all runs but those that were deleted, the newest first.
func (s *Store) Runs(ctx context.Context) ([]Run, error) {
	return s.runs(ctx, "WHERE deleted = 0 ORDER BY created DESC, id")
}

// DeletedRuns lists those that were deleted and can still be restored, the latest first.
func (s *Store) DeletedRuns(ctx context.Context) ([]Run, error) {
	return s.runs(ctx, "WHERE deleted > 0 ORDER BY deleted DESC, id")
}

func (s *Store) runs(ctx context.Context, which string) ([]Run, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT "+runColumns+" FROM runs "+which)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	runs := []Run{}
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, rows.Err()
}

func scanRun(row interface{ Scan(...any) error }) (Run, error) {
	var r Run
	var loss, norm sql.NullFloat64
	var created, updated, deleted int64
	var tags string
	err := row.Scan(&r.ID, &r.Title, &r.Spec, &r.State, &r.Batch, &r.Batches, &loss, &norm,
		&r.Seconds, &r.Kernel, &r.Error, &r.ModelID, &r.Notice, &created, &updated,
		&deleted, &r.Name, &r.Note, &tags, &r.Parent, &r.ParentBatch, &r.Milestones)
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, ErrNotFound
	}
	r.Loss, r.GradNorm = orNaN(loss), orNaN(norm)
	r.Created, r.Updated = fromMillis(created), fromMillis(updated)
	if deleted > 0 {
		r.Deleted = fromMillis(deleted)
	}
	r.Tags = strings.Fields(tags)
	return r, err
}

// SetState records a change of state, with the error of a failure.
func (s *Store) SetState(ctx context.Context, id string, state job.State, failure string) error {
	return s.change(ctx, "UPDATE runs SET state = ?, error = ?, updated = ? WHERE id = ?",
		state, failure, millis(time.Now()), id)
}

// SetModel records the model saved from a run.
func (s *Store) SetModel(ctx context.Context, id, model string) error {
	return s.change(ctx, "UPDATE runs SET model_id = ? WHERE id = ?", model, id)
}

// SetLabels records what was written on a run.
func (s *Store) SetLabels(ctx context.Context, id string, l Labels) error {
	return s.change(ctx, "UPDATE runs SET name = ?, note = ?, tags = ? WHERE id = ?", l.Name, l.Note, strings.Join(l.Tags, " "), id)
}

// SetDeleted records when a run was deleted; the zero time that it was not.
func (s *Store) SetDeleted(ctx context.Context, id string, at time.Time) error {
	return s.change(ctx, "UPDATE runs SET deleted = ? WHERE id = ?", orZero(at), id)
}

// SetNotice records what whoever looks at a run should know; "" takes it back.
func (s *Store) SetNotice(ctx context.Context, id, notice string) error {
	return s.change(ctx, "UPDATE runs SET notice = ? WHERE id = ?", notice, id)
}

// Interrupt marks every run that is queued or running as interrupted: what a lab
// that starts does with those that a dead one left.
func (s *Store) Interrupt(ctx context.Context) (n int64, err error) {
	for _, state := range job.States {
		if !state.Active() {
			continue
		}
		result, err := s.write.ExecContext(ctx, "UPDATE runs SET state = ? WHERE state = ?", job.Interrupted, state)
		if err != nil {
			return n, err
		}
		k, _ := result.RowsAffected()
		n += k
	}
	return n, nil
}

// Remove forgets a run: its metrics and its checkpoints with it.
func (s *Store) Remove(ctx context.Context, id string) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		if err := met(tx.ExecContext(ctx, "DELETE FROM runs WHERE id = ?", id)); err != nil {
			return err
		}
		for _, table := range []string{"metrics", "measures"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE run = ?", id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.removeCheckpoints(id)
}

// change is one UPDATE that must meet a run.
func (s *Store) change(ctx context.Context, query string, args ...any) error {
	return met(s.write.ExecContext(ctx, query, args...))
}

// met is ErrNotFound for a statement that met no run.
func met(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err == nil && n == 0 {
		return ErrNotFound
	}
	return nil
}

// number is x for the database, which has no NaN and whose infinities JSON lacks.
func number(x float64) any {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return x
}

// orZero is a time in milliseconds, 0 for the zero time.
func orZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return millis(t)
}

func orNaN(x sql.NullFloat64) float64 {
	if x.Valid {
		return x.Float64
	}
	return math.NaN()
}

// AddKernel records that a run used an arithmetic kernel; one that it had begun
// with another has both names from then on.
func (s *Store) AddKernel(ctx context.Context, id, kernel string) error {
	return s.change(ctx, `UPDATE runs SET kernel = CASE
		WHEN batch = 0 OR kernel = ?1 THEN ?1
		WHEN ', ' || kernel || ', ' LIKE '%, ' || ?1 || ', %' THEN kernel
		ELSE kernel || ', ' || ?1 END WHERE id = ?2`, kernel, id)
}

// States counts the runs in each state.
func (s *Store) States(ctx context.Context) (map[job.State]int, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT state, count(*) FROM runs WHERE deleted = 0 GROUP BY state")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[job.State]int{}
	for rows.Next() {
		var state job.State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, err
		}
		counts[state] = n
	}
	return counts, rows.Err()
}
