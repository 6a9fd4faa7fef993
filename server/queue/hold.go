package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"unmixlab/server/sweep"
)

// hold is a point while a worker has it.
type hold struct {
	q     *Queue
	w     Worker
	msg   jetstream.Msg
	key   string
	point sweep.Point
	turn  turn
	say   func(format string, args ...any)

	record record // as it was last read or written
}

// do takes a point, trains it, and puts what came of it into the queue.
func (h *hold) do(ctx context.Context, s sweep.Sweep, lease time.Duration) error {
	err := h.q.patiently(ctx, func(ctx context.Context) (err error) {
		h.record, err = h.q.take(ctx, h.key, h.turn, h.w.Name)
		return err
	})
	if err != nil {
		return err
	}
	dir, err := h.w.scratch()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var beating sync.WaitGroup
	defer beating.Wait()
	beats, stop := context.WithCancel(context.WithoutCancel(ctx)) // to the end of handing back
	defer stop()
	beating.Go(func() { h.beat(beats, lease/beatsALease, cancel) })
	f, err := sweep.Create(dir, s, h.q.sounds(ctx, h.w.Sound))
	if err == nil {
		err = h.begin(ctx, f)
	}
	if err == nil {
		err = h.train(ctx, f)
	}
	if err != nil && errors.Is(context.Cause(ctx), errLost) {
		return errLost
	}
	return err
}

// beat says that the point is being worked at, as long as it is this worker's.
func (h *hold) beat(ctx context.Context, every time.Duration, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(max(every, 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asking, done := context.WithTimeout(ctx, every)
		r, err := h.q.find(asking, h.key)
		done()
		switch {
		case err != nil: // a server that is away takes no point from anybody
		case r.Turn != h.turn || r.Worker != h.w.Name:
			cancel(errLost)
			return
		default:
			h.msg.InProgress()
		}
	}
}

// begin gives the folder what others have reached.
func (h *hold) begin(ctx context.Context, f *sweep.Folder) error {
	if name := h.record.File; name != "" {
		err := h.q.patiently(ctx, func(ctx context.Context) error {
			pack, err := h.q.fetch(ctx, name)
			if errors.Is(err, jetstream.ErrObjectNotFound) {
				return nil
			}
			if err == nil {
				if wrong := f.Unpack(h.point, pack); wrong != nil {
					h.say("%s  begins anew: %v", h.point.Hash, wrong)
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	h.say("%s  %s seed %d, from batch %d", h.point.Hash, f.Sweep.Name, h.point.Spec.Seed, f.Status(h.point).Batch)
	if n := h.turn.Delivery - h.record.Progress; n > mostDeaths {
		return f.Fail(h.point, fmt.Sprintf("%d workers ended, one after the other, without coming further: has the machine too little memory?", n-1))
	}
	return nil
}

// train trains the point while its checkpoints go to the queue, and ends with what came
// of it there. A queue that does not answer keeps nobody from training.
func (h *hold) train(ctx context.Context, f *sweep.Folder) error {
	checkpoints := make(chan parcel, 1)
	var sending sync.WaitGroup
	going, stop := context.WithCancel(ctx)
	sending.Go(func() {
		for p := range checkpoints {
			if err := h.keep(going, p); err == nil {
				h.say("%s  batch %d of %d is kept", h.point.Hash, p.batch, h.point.Spec.Batches)
			}
		}
	})
	err := f.Train(ctx, h.point, sweep.Options{Save: cmp.Or(h.w.Save, usualSave), Saved: func(p sweep.Point, batch int) {
		pack, err := f.Pack(p)
		if err != nil || ctx.Err() != nil { // what counts is sent once more below
			return
		}
		select { // the newest is enough
		case <-checkpoints:
		default:
		}
		checkpoints <- parcel{held, batch, pack}
	}})
	stop()
	close(checkpoints)
	sending.Wait()
	return h.end(ctx, f, err)
}

// end puts what a training came to into the queue.
func (h *hold) end(ctx context.Context, f *sweep.Folder, trained error) error {
	last := parcel{state: done, batch: f.Status(h.point).Batch}
	switch {
	case errors.Is(context.Cause(ctx), errLost):
		return errLost
	case errors.Is(trained, sweep.ErrFailed):
		last.state = failed
	case trained != nil:
		last.state = free
	}
	pack, err := f.Pack(h.point)
	if err != nil {
		return err
	}
	last.pack = pack
	if ctx.Err() != nil { // a last effort
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		ctx = late
	}
	if err := h.keep(ctx, last); err != nil {
		return cmp.Or(lostOrNil(err), trained, sweep.ErrInterrupted)
	}
	if last.state == free {
		return trained
	}
	h.say("%s  is %s after batch %d", h.point.Hash, last.state, last.batch)
	acked, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerAfter)
	defer cancel()
	h.msg.DoubleAck(acked) // without it the next worker finds the point done
	return nil
}

func lostOrNil(err error) error {
	if errors.Is(err, errLost) {
		return err
	}
	return nil
}

// parcel is what a worker has of a point.
type parcel struct {
	state state
	batch int
	pack  []byte
}

// keep puts a point's files into the queue and the record on them, as long as the point
// is this worker's. An object is one worker's: who has lost the point writes into none
// that counts.
func (h *hold) keep(ctx context.Context, p parcel) error {
	name := fmt.Sprintf("%s.%d-%d", h.key, h.turn.Message, h.turn.Delivery)
	err := h.q.patiently(ctx, func(ctx context.Context) error { return h.q.store(ctx, name, p.pack) })
	if err != nil {
		return err
	}
	next := h.record
	next.State, next.Batch, next.File = p.state, p.batch, name
	if p.batch > h.record.Batch {
		next.Progress = h.turn.Delivery
	}
	if err := h.q.patiently(ctx, func(ctx context.Context) error { return h.q.put(ctx, h.key, &next) }); err != nil {
		if errors.Is(err, errLost) && h.record.File != name { // else whoever has the point now may need it
			h.q.drop(ctx, name)
		}
		return err
	}
	if before := h.record.File; before != name {
		h.q.drop(ctx, before) // what stays goes with time
	}
	h.record = next
	return nil
}
