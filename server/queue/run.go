package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unmixlab/server/sweep"
)

// Told is told what a sweep comes to: of a point that has ended its error, of one that is
// under way its batch and worker.
type Told struct {
	Ended func(p sweep.Point, err error)
	Batch func(p sweep.Point, batch int, worker string)
}

const (
	lookAgain = time.Minute // after which everything that is missing is looked for
	mostWrong = 3           // results of a point that are no results
)

// run is a sweep that the queue does.
type run struct {
	q      *Queue
	f      *sweep.Folder
	told   Told
	family string
	left   map[string]sweep.Point // that are missing, by their names
	wrong  map[string]int         // results that could not be taken
	again  bool                   // something has to be looked for soon
}

// Do has workers do what is missing of a folder, and brings it in. ErrInterrupted means
// that the context ended first: workers go on, and the next Do brings in what they did. A
// server that is away is waited for.
func (q *Queue) Do(ctx context.Context, f *sweep.Folder, told Told) error {
	r := &run{q: q, f: f, told: told, family: family(f.Sweep), left: map[string]sweep.Point{}, wrong: map[string]int{}}
	missing := f.Missing()
	for _, p := range missing {
		r.left[p.Hash] = p
	}
	err := q.bringSounds(ctx, missing, f.Sound())
	for err == nil && len(r.left) > 0 && ctx.Err() == nil {
		err = r.round(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return sweep.ErrInterrupted
	case err != nil:
		return explain(err)
	}
	q.sweepUp(ctx, f.Sweep) // of a point that was done twice; a worker that finds it does no harm
	return nil
}

// round looks at everything, hands in what nobody has, and then takes what comes until
// the connection breaks, or it is time to look at everything again.
func (r *run) round(ctx context.Context) error {
	r.again = false
	while, cancel := r.q.link.during(ctx, lookAgain)
	defer cancel()
	watch, err := r.q.records.Watch(while, r.family+".*")
	if err == nil {
		defer watch.Stop()
		err = r.watch(while, watch)
	}
	if err == nil || fatal(err) {
		return err
	}
	select { // the connection is about to break, or the server has trouble
	case <-ctx.Done():
	case <-time.After(200 * time.Millisecond):
	}
	return nil
}

// fatal tells whether an error will be the same at the next try.
func fatal(err error) bool {
	return errors.Is(err, nats.ErrConnectionClosed) || errors.As(err, new(localError)) || errors.Is(err, jetstream.ErrStreamNotFound)
}

// localError is one of the folder, not of the queue.
type localError struct{ error }

func (e localError) Unwrap() error { return e.error }

func (r *run) watch(ctx context.Context, watch jetstream.KeyWatcher) error {
	var soon <-chan time.Time // nil: when the context ends
	for len(r.left) > 0 {
		select {
		case <-ctx.Done():
			return nil
		case <-soon:
			return nil
		case e, ok := <-watch.Updates():
			switch {
			case !ok:
				return nats.ErrTimeout
			case e == nil: // all that there was
				if err := r.handIn(ctx); err != nil {
					return err
				}
			case e.Operation() == jetstream.KeyValuePut:
				if err := r.see(ctx, e); err != nil {
					return err
				}
			}
			if r.again && soon == nil {
				soon = time.After(duplicates + time.Second)
			}
		}
	}
	return nil
}

// see takes what a record says.
func (r *run) see(ctx context.Context, e jetstream.KeyValueEntry) error {
	rec, err := readRecord(e.Value(), e.Revision())
	p, wanted := r.left[hashOf(e.Key())]
	switch {
	case err != nil || !wanted && rec.State.over(): // of a point that the folder has
		return r.q.clear(ctx, e.Key(), rec)
	case !wanted:
		return nil
	case rec.State.over():
		return r.bring(ctx, p, rec)
	}
	if r.told.Batch != nil && rec.State == held {
		r.told.Batch(p, rec.Batch, rec.Worker)
	}
	return nil
}

// bring puts a point's files into the folder, and takes them out of the queue. Files that
// are not the point's are no result: it is done again.
func (r *run) bring(ctx context.Context, p sweep.Point, rec record) error {
	key := r.family + "." + p.Hash
	pack, err := r.q.fetch(ctx, rec.File)
	if err != nil && !errors.Is(err, jetstream.ErrObjectNotFound) {
		return err
	}
	if err == nil {
		err = r.f.Unpack(p, pack)
	}
	s := r.f.Status(p)
	switch {
	case errors.Is(err, sweep.ErrElsewhere): // somebody trains it here; the end of it counts
		r.again = true
		return nil
	case err == nil && s.State != sweep.Done && s.State != sweep.Failed:
		err = errors.New("they do not say how the point has ended")
	case err != nil && !errors.As(err, new(sweep.PackError)) && !errors.Is(err, jetstream.ErrObjectNotFound):
		return localError{err}
	}
	if err != nil {
		r.again = true
		if r.wrong[p.Hash]++; r.wrong[p.Hash] >= mostWrong {
			return localError{fmt.Errorf("what workers bring of point %s cannot be used: %w", p.Hash, err)}
		}
		return r.q.clear(ctx, key, rec)
	}
	delete(r.left, p.Hash)
	if r.told.Ended != nil {
		var why error
		if s.State == sweep.Failed {
			why = fmt.Errorf("%w: %s", sweep.ErrFailed, s.Error)
		}
		r.told.Ended(p, why)
	}
	return r.q.clear(ctx, key, rec)
}

// clear removes a record and its files, unless the record has changed.
func (q *Queue) clear(ctx context.Context, key string, rec record) error {
	if err := q.records.Purge(ctx, key, jetstream.LastRevision(rec.revision)); err != nil {
		if errors.Is(err, jetstream.ErrKeyRevisionMismatch) || errors.Is(err, jetstream.ErrKeyExists) {
			return nil
		}
		return err
	}
	return q.drop(ctx, rec.File)
}
