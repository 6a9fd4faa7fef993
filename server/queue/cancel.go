package queue

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"

	"unmixlab/server/sweep"
)

// Cancel takes a folder's points out of the queue; workers stop. Checkpoints that got as
// far as the queue are brought into the folder. It says how many points there were.
func (q *Queue) Cancel(ctx context.Context, f *sweep.Folder) (n int, err error) {
	if err := q.sweepUp(ctx, f.Sweep); err != nil {
		return 0, explain(err)
	}
	keys, err := q.records.ListKeysFiltered(ctx, family(f.Sweep)+".*")
	if err != nil {
		return 0, explain(err)
	}
	for key := range keys.Keys() {
		rec, err := q.find(ctx, key)
		if err != nil {
			return n, explain(err)
		}
		if p, err := f.Find(hashOf(key)); err == nil && rec.File != "" {
			pack, err := q.fetch(ctx, rec.File)
			if err == nil {
				err = f.Unpack(p, pack)
			}
			if err != nil {
				return n, err
			}
		}
		if err := q.records.Purge(ctx, key); err != nil { // whatever a worker has made of it meanwhile
			return n, explain(err)
		}
		q.drop(ctx, rec.File)
		n++
	}
	return n, nil
}

// sweepUp removes messages of a sweep's points.
func (q *Queue) sweepUp(ctx context.Context, s sweep.Sweep) error {
	ctx, cancel := context.WithTimeout(ctx, answerAfter)
	defer cancel()
	return q.tasks.Purge(ctx, jetstream.WithPurgeSubject(subjects+s.Kernel+"."+family(s)+".*"))
}
