package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"unmixlab/sim/train"
)

// recovering is the name of a database that is being put together from a damaged one;
// once that is set aside it is whole.
const recovering = database + ".recovering"

// besides are the ends of the names of files that belong to a database's.
var besides = []string{"", "-wal", "-shm"}

// recover makes a new database of what can be read of a damaged one, sets that aside and
// leaves a notice of it. What stands in files of their own is not touched.
func (s *Store) recover(ctx context.Context, damage error) error {
	found, err := salvageFile(s.path(database))
	if err != nil {
		return err
	}
	if found.layout > len(migrations) {
		return newer(found.layout)
	}
	for _, end := range besides {
		if err := os.Remove(s.path(recovering + end)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	maps.DeleteFunc(found.metrics, func(id string, _ []train.Progress) bool { // of deleted runs
		known := slices.ContainsFunc(found.runs, func(r Run) bool { return r.ID == id })
		return !known && len(s.Checkpoints(id)) == 0
	})
	away := database + ".damaged-" + stamp(time.Now())
	if err := s.putTogether(ctx, found, notice(found, away, damage)); err != nil {
		return fmt.Errorf("it is damaged (%w), and what can be read of it cannot be kept: %w", damage, err)
	}
	for _, end := range besides {
		if err := rename(s.path(database+end), s.path(away+end)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := s.finishRecovery(); err != nil {
		return err
	}
	s.recovered = true
	return s.openDatabase(ctx)
}

// finishRecovery gives a database that was put together its name, unless the damaged one
// still has it: then it may not be whole, and is made again.
func (s *Store) finishRecovery() error {
	if _, err := os.Stat(s.path(database)); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := rename(s.path(recovering), s.path(database)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// putTogether writes what was found, and the sounds whose files are there, to a database
// of its own.
func (s *Store) putTogether(ctx context.Context, found salvage, notice string) error {
	db, err := connect(s.path(recovering), "_txlock=immediate")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	into := &Store{dir: s.dir, write: db}
	err = into.migrate(ctx)
	for _, r := range found.runs {
		err = errors.Join(err, unlessThere(into.Add(ctx, r)))
	}
	err = errors.Join(err, into.transact(ctx, func(tx *sql.Tx) error { return found.insertMetrics(ctx, tx) }))
	for _, sound := range append(found.sounds, s.soundFiles()...) {
		err = errors.Join(err, into.listSound(ctx, sound))
	}
	if err == nil {
		err = into.AddNotice(ctx, notice)
	}
	return errors.Join(err, db.Close())
}

// unlessThere passes over the error of a row that is there already: a damaged database
// may hold it twice.
func unlessThere(err error) error {
	if err != nil && strings.Contains(err.Error(), "UNIQUE") {
		return nil
	}
	return err
}

func (found salvage) insertMetrics(ctx context.Context, tx *sql.Tx) error {
	insert, err := tx.PrepareContext(ctx, "INSERT OR IGNORE INTO metrics (run, batch, loss, grad_norm, seconds) VALUES (?,?,?,?,?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	for run, metrics := range found.metrics {
		for _, m := range metrics {
			if _, err := insert.ExecContext(ctx, run, m.Batch, number(m.Loss), number(m.GradNorm), m.Seconds); err != nil {
				return err
			}
		}
	}
	return found.insertMeasures(ctx, tx)
}

// insertMeasures puts in those of runs that are there.
func (found salvage) insertMeasures(ctx context.Context, tx *sql.Tx) error {
	for run, measures := range found.measures {
		for _, m := range measures {
			_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO measures (run, batch, late_error, clarity_x, clarity_y, angle, seconds)
				SELECT id, ?, ?, ?, ?, ?, ? FROM runs WHERE id = ?`,
				m.Batch, number(m.LateError), number(m.ClarityX), number(m.ClarityY), number(m.Angle), m.Seconds, run)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// soundFiles are the sounds that have files, by their ids alone; a file that is not what
// its name says is left out.
func (s *Store) soundFiles() []Sound {
	var sounds []Sound
	files, _ := os.ReadDir(s.path("sounds"))
	for _, f := range files {
		id, _ := strings.CutSuffix(f.Name(), soundExtension)
		samples, err := SoundFile(s.dir, id)
		info, err2 := f.Info()
		if err == nil && err2 == nil && SoundID(samples) == id {
			sounds = append(sounds, Sound{ID: id, Name: "sound " + id, Seconds: float64(len(samples)) / soundRate, Created: info.ModTime()})
		}
	}
	return sounds
}

// notice says what happened to a database.
func notice(found salvage, away string, damage error) string {
	batches := 0
	for _, metrics := range found.metrics {
		batches += len(metrics)
	}
	return fmt.Sprintf("The database was damaged (%s). It was set aside as %s, and what could be read of it was recovered: "+
		"%d runs, %d batches of their curves, %d sounds. Models, checkpoints and sounds are files of their own and were not touched.", reason(damage), away, len(found.runs), batches, len(found.sounds))
}

// reason is what SQLite says of a damage, without what to do about it.
func reason(damage error) string {
	return strings.TrimPrefix(strings.TrimPrefix(damage.Error(), ErrDamaged.Error()), " ")
}

// Notice is something that whoever opens the lab should know.
type Notice struct {
	ID      int64
	Text    string
	Created time.Time
}

// AddNotice keeps a notice until it is dismissed.
func (s *Store) AddNotice(ctx context.Context, text string) error {
	_, err := s.write.ExecContext(ctx, "INSERT INTO notices (text, created) VALUES (?,?)", text, millis(time.Now()))
	return err
}

// Notices lists those not dismissed, the newest first.
func (s *Store) Notices(ctx context.Context) ([]Notice, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT id, text, created FROM notices ORDER BY id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var notices []Notice
	for rows.Next() {
		var n Notice
		var created int64
		if err := rows.Scan(&n.ID, &n.Text, &created); err != nil {
			return nil, err
		}
		n.Created = fromMillis(created)
		notices = append(notices, n)
	}
	return notices, rows.Err()
}

// Dismiss forgets a notice; ErrNotFound when there is none.
func (s *Store) Dismiss(ctx context.Context, id int64) error {
	return s.change(ctx, "DELETE FROM notices WHERE id = ?", id)
}

// Rebuild puts in a run that the database lost, or whose settings it cannot tell any
// longer, with those of its metrics that are missing.
func (s *Store) Rebuild(ctx context.Context, r Run, found []train.Progress) error {
	_, err := s.Run(ctx, r.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		err = s.Add(ctx, r)
	case err == nil:
		err = s.change(ctx, "UPDATE runs SET spec = ?, batches = ?, notice = ? WHERE id = ?", string(r.Spec), r.Batches, r.Notice, r.ID)
	}
	if err != nil {
		return err
	}
	return s.FillIn(ctx, r.ID, found)
}

// FillIn adds metrics of batches that a run has none of.
func (s *Store) FillIn(ctx context.Context, id string, found []train.Progress) error {
	lost := salvage{metrics: map[string][]train.Progress{id: found}}
	return s.transact(ctx, func(tx *sql.Tx) error { return lost.insertMetrics(ctx, tx) })
}

// Recovered tells whether this opening found the database damaged.
func (s *Store) Recovered() bool { return s.recovered }
