package queue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"unmixlab/server/sweep"
)

// handIn sends a message for each point that is missing and not in the queue, and takes
// what ended unseen.
func (r *run) handIn(ctx context.Context, bringing *errgroup.Group) error {
	queued, err := r.queued(ctx)
	if err != nil {
		return err
	}
	var futures []jetstream.PubAckFuture
	for hash, p := range r.wanted() {
		if queued[hash] {
			continue
		}
		rec, err := r.q.find(ctx, r.family+"."+hash) // after queued: what is not there any longer has its record
		if err != nil {
			return err
		}
		if rec.State.over() {
			r.start(ctx, p, rec, bringing)
			continue
		}
		if rec.revision == 0 {
			if err := r.lend(ctx, p); err != nil {
				return err
			}
		}
		future, err := r.send(p)
		if err != nil {
			return err
		}
		futures = append(futures, future)
	}
	return r.accepted(ctx, futures)
}

// wanted are the points that are missing, and not on their way.
func (r *run) wanted() map[string]sweep.Point {
	r.mu.Lock()
	defer r.mu.Unlock()
	wanted := maps.Clone(r.left)
	for hash := range r.coming {
		delete(wanted, hash)
	}
	return wanted
}

// queued are the points of which there is a message.
func (r *run) queued(ctx context.Context) (map[string]bool, error) {
	filter := subjects + r.f.Sweep.Kernel + "." + r.family + ".*"
	info, err := r.q.tasks.Info(ctx, jetstream.WithSubjectFilter(filter))
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for subject := range info.State.Subjects {
		there[hashOf(subject)] = true
	}
	return there, nil
}

// lend gives the queue what the folder has of a point that was begun.
func (r *run) lend(ctx context.Context, p sweep.Point) error {
	s := r.f.Status(p)
	if s.State != sweep.Begun && s.State != sweep.Trained {
		return nil
	}
	pack, err := r.f.Pack(p)
	if err != nil {
		return localError{err}
	}
	key := r.family + "." + p.Hash
	rec := record{State: free, Batch: s.Batch, File: key + ".0"}
	if err := r.q.store(ctx, rec.File, pack); err != nil {
		return err
	}
	if err := r.q.put(ctx, key, &rec); !errors.Is(err, errLost) {
		return err
	}
	return nil
}

// send sends a point's message. Its id is the hash of the point's settings, and of what
// is measured: a message that is sent twice is there once.
func (r *run) send(p sweep.Point) (jetstream.PubAckFuture, error) {
	msg := nats.NewMsg(subjectOf(r.f.Sweep, p.Hash))
	msg.Data = r.f.Single(p).JSON()
	msg.Header.Set(jetstream.MsgIDHeader, keyOf(r.f.Sweep, p.Hash))
	if len(msg.Data) > maxTask-1024 {
		return nil, localError{fmt.Errorf("the settings of point %s are longer than the queue takes", p.Hash)}
	}
	return r.q.js.PublishMsgAsync(msg)
}

// accepted waits for the server's answers. A point that was in the queue moments ago is
// looked for again when its message's id is forgotten.
func (r *run) accepted(ctx context.Context, futures []jetstream.PubAckFuture) error {
	for _, future := range futures {
		select {
		case <-ctx.Done():
			return nil
		case ack := <-future.Ok():
			if ack.Duplicate {
				r.notYet("")
			}
		case err := <-future.Err():
			if !strings.Contains(err.Error(), "maximum messages per subject") { // another has sent it
				return err
			}
		}
	}
	return nil
}
