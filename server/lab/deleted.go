package lab

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"unmixlab/server/store"
)

// Undo is how long a run that was deleted can be restored.
const Undo = 24 * time.Hour

// expireEvery is how often the lab looks for deleted runs whose time is over.
const expireEvery = 10 * time.Minute

// DeleteRun deletes a run that is at rest, with its curve and its checkpoints. For a day
// it can be restored; then it is gone. A model that was saved from it stays.
func (l *Lab) DeleteRun(ctx context.Context, id string) error {
	if _, err := l.FindRun(ctx, id); err != nil {
		return err
	}
	if l.jobs.Active(id) {
		return refuse(Conflict, "id", "the run is queued or running: stop it first")
	}
	if err := l.store.SetDeleted(ctx, id, time.Now()); err != nil {
		return err
	}
	if l.jobs.Active(id) { // it was resumed in between
		return errors.Join(l.store.SetDeleted(ctx, id, time.Time{}), refuse(Conflict, "id", "the run was resumed just now: stop it first"))
	}
	return nil
}

// DeleteRuns deletes several runs; none, where one of them cannot be.
func (l *Lab) DeleteRuns(ctx context.Context, ids []string) error {
	for _, id := range ids {
		run, err := l.FindRun(ctx, id)
		if err != nil {
			return refuse(NotFound, "ids", "there is no run %s: nothing was deleted", id)
		}
		if l.jobs.Active(id) {
			return refuse(Conflict, "ids", "%s is queued or running: stop it first. Nothing was deleted", run.Label())
		}
	}
	for _, id := range ids {
		if err := l.DeleteRun(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// RestoreRun undoes DeleteRun; one that is not deleted stays as it is.
func (l *Lab) RestoreRun(ctx context.Context, id string) (RunInfo, error) {
	if err := l.store.SetDeleted(ctx, id, time.Time{}); err != nil {
		return RunInfo{}, err
	}
	return l.FindRun(ctx, id)
}

// RestoreRuns undoes DeleteRuns, as far as there still are such runs.
func (l *Lab) RestoreRuns(ctx context.Context, ids []string) error {
	gone := 0
	for _, id := range ids {
		_, err := l.RestoreRun(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			gone++
		} else if err != nil {
			return err
		}
	}
	if gone > 0 {
		return refuse(NotFound, "ids", "%d of %d runs are gone for good and cannot be restored; the others are back", gone, len(ids))
	}
	return nil
}

// PurgeRuns removes deleted runs from the disk, at once and for good.
func (l *Lab) PurgeRuns(ctx context.Context, ids []string) error {
	for _, id := range ids {
		run, err := l.store.Run(ctx, id)
		if err != nil {
			return refuse(NotFound, "ids", "there is no run %s", id)
		}
		if run.Deleted.IsZero() {
			return refuse(Conflict, "ids", "the run %s is not deleted: delete it first", id)
		}
		if err := l.store.Remove(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// DeletedRuns lists the runs that can be restored, the one deleted last first.
func (l *Lab) DeletedRuns(ctx context.Context) ([]RunInfo, error) {
	runs, err := l.store.DeletedRuns(ctx)
	infos := make([]RunInfo, len(runs))
	for i, r := range runs {
		infos[i] = l.runInfo(r)
	}
	return infos, err
}

// expire removes runs that were deleted before a moment.
func (l *Lab) expire(ctx context.Context, before time.Time) {
	runs, err := l.store.DeletedRuns(ctx)
	for _, r := range runs {
		if r.Deleted.Before(before) {
			err = errors.Join(err, l.store.Remove(ctx, r.ID))
		}
	}
	if err != nil && ctx.Err() == nil {
		slog.Error("deleted runs cannot be removed from the disk", "error", err)
	}
}
