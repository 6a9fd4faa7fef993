package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"unmixlab/server/sweep"
)

// Told is told what a sweep comes to, one thing at a time: of a point that has ended its
// error, of one that is under way its batch and worker.
type Told struct {
	Ended func(p sweep.Point, err error)
	Batch func(p sweep.Point, batch int, worker string)
}

const (
	lookAgain = time.Minute // after which everything that is missing is looked for
	mostWrong = 3           // results of a point that are no results

	bringAtOnce = 8 // points, each of which waits for the disk
)

// run is a sweep that the queue does.
type run struct {
	q      *Queue
	f      *sweep.Folder
	told   Told
	family string

	mu      sync.Mutex
	left    map[string]sweep.Point // that are missing, by their names
	coming  map[string]bool        // that are being brought in
	wrong   map[string]int         // results that could not be taken
	again   bool                   // something has to be looked for soon
	settled chan struct{}          // a point was brought in, or not
}

// Do has workers do what is missing of a folder, and brings it in. ErrInterrupted means
// that the context ended first: workers go on, and the next Do brings in what they did. A
// server that is away is waited for.
func (q *Queue) Do(ctx context.Context, f *sweep.Folder, told Told) error {
	r := &run{q: q, f: f, told: told, family: family(f.Sweep), left: map[string]sweep.Point{}, coming: map[string]bool{},
		wrong: map[string]int{}, settled: make(chan struct{}, 1)}
	missing := f.Missing()
	for _, p := range missing {
		r.left[p.Hash] = p
	}
	err := q.bringSounds(ctx, missing, f.Sound())
	for err == nil && r.missing() > 0 && ctx.Err() == nil {
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

func (r *run) missing() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.left)
}

// round looks at everything, hands in what nobody has, and then takes what comes until
// the connection breaks, or it is time to look at everything again.
func (r *run) round(ctx context.Context) error {
	r.again = false
	while, cancel := r.q.link.during(ctx, lookAgain)
	defer cancel()
	bringing, inside := errgroup.WithContext(while)
	bringing.SetLimit(bringAtOnce)
	watch, err := r.q.records.Watch(inside, r.family+".*")
	if err == nil {
		err = r.watch(inside, watch, bringing)
		watch.Stop()
	}
	if other := bringing.Wait(); other != nil {
		err = other
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

func (r *run) watch(ctx context.Context, watch jetstream.KeyWatcher, bringing *errgroup.Group) error {
	var soon <-chan time.Time // nil: when the context ends
	for r.missing() > 0 {
		select {
		case <-ctx.Done():
			return nil
		case <-soon:
			return nil
		case <-r.settled:
		case e, ok := <-watch.Updates():
			switch {
			case !ok:
				return nats.ErrTimeout
			case e == nil: // all that there was
				if err := r.handIn(ctx, bringing); err != nil {
					return err
				}
			case e.Operation() == jetstream.KeyValuePut:
				if err := r.see(ctx, e, bringing); err != nil {
					return err
				}
			}
		}
		if soon == nil && r.looksAgain() {
			soon = time.After(duplicates + time.Second)
		}
	}
	return nil
}

func (r *run) looksAgain() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.again
}

// see takes what a record says.
func (r *run) see(ctx context.Context, e jetstream.KeyValueEntry, bringing *errgroup.Group) error {
	rec, err := readRecord(e.Value(), e.Revision())
	hash := hashOf(e.Key())
	r.mu.Lock()
	p, wanted := r.left[hash]
	r.mu.Unlock()
	switch {
	case err != nil || !wanted && rec.State.over(): // of a point that the folder has
		return r.q.clear(ctx, e.Key(), rec)
	case wanted && rec.State.over():
		r.start(ctx, p, rec, bringing)
	case wanted && rec.State == held:
		r.underWay(p, rec)
	}
	return nil
}

func (r *run) underWay(p sweep.Point, rec record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told.Batch != nil {
		r.told.Batch(p, rec.Batch, rec.Worker)
	}
}

// start has a point brought in, which is not being brought in already.
func (r *run) start(ctx context.Context, p sweep.Point, rec record, bringing *errgroup.Group) {
	r.mu.Lock()
	already := r.coming[p.Hash]
	r.coming[p.Hash] = true
	r.mu.Unlock()
	if already {
		return
	}
	bringing.Go(func() error {
		err := r.bring(ctx, p, rec)
		r.mu.Lock()
		delete(r.coming, p.Hash)
		r.mu.Unlock()
		select {
		case r.settled <- struct{}{}:
		default:
		}
		return err
	})
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
		r.notYet("")
		return nil
	case err == nil && s.State != sweep.Done && s.State != sweep.Failed:
		err = errors.New("they do not say how the point has ended")
	case err != nil && !errors.As(err, new(sweep.PackError)) && !errors.Is(err, jetstream.ErrObjectNotFound):
		return localError{err}
	}
	if err != nil {
		if r.notYet(p.Hash) >= mostWrong {
			return localError{fmt.Errorf("what workers bring of point %s cannot be used: %w", p.Hash, err)}
		}
		return r.q.clear(ctx, key, rec)
	}
	r.here(p, s)
	return r.q.clear(ctx, key, rec)
}

// notYet has everything looked at again soon, and counts what was wrong with a point.
func (r *run) notYet(hash string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.again = true
	r.wrong[hash]++
	return r.wrong[hash]
}

// here tells that a point is in the folder.
func (r *run) here(p sweep.Point, s sweep.Status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.left, p.Hash)
	if r.told.Ended == nil {
		return
	}
	var why error
	if s.State == sweep.Failed {
		why = fmt.Errorf("%w: %s", sweep.ErrFailed, s.Error)
	}
	r.told.Ended(p, why)
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
