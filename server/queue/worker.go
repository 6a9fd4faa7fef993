package queue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unmixlab/server/sweep"
)

// Worker trains points of the queue.
type Worker struct {
	Name   string        // for people: the machine's, and what tells workers there apart
	Kernel string        // whose points it takes: the one in use
	Jobs   int           // points at once
	Save   time.Duration // between two checkpoints that go to the queue; 0: two minutes
	Dir    string        // where it works; what is there is not needed afterwards
	Sound  sweep.Sound   // sounds that are not in the queue
	Say    func(words string)
}

const (
	usualSave   = 2 * time.Minute
	askFor      = 30 * time.Second // that a core waits for a point before it asks anew
	laterAfter  = time.Minute      // a point comes back that this worker cannot do
	lastWords   = 20 * time.Second // that a worker takes at its end to hand back what it has
	beatsALease = 4
	mostDeaths  = 20 // of workers, one after the other, that brought a point no further
)

// Run trains points until the context ends, and then hands back those it has, with their
// checkpoints. It says how many that were. A connection that was closed for good, such as
// by a server that has another token now, is an error.
func (q *Queue) Run(ctx context.Context, w Worker) (back int, err error) {
	consumer, err := q.tasks.Consumer(ctx, w.Kernel)
	if err != nil {
		return 0, explain(err)
	}
	lease := consumer.CachedInfo().Config.AckWait
	var mu sync.Mutex
	var cores sync.WaitGroup
	for range w.Jobs {
		cores.Go(func() {
			for ctx.Err() == nil && !q.conn.IsClosed() {
				msg := q.next(ctx, consumer)
				if msg == nil {
					continue
				}
				if q.work(ctx, w, msg, lease) {
					mu.Lock()
					back++
					mu.Unlock()
				}
			}
		})
	}
	cores.Wait()
	if ctx.Err() == nil {
		return back, fmt.Errorf("the server does not take this worker any longer: %w", lastError(q.conn))
	}
	return back, nil
}

func lastError(conn *nats.Conn) error {
	if err := conn.LastError(); err != nil {
		return err
	}
	return nats.ErrConnectionClosed
}

// next is a message, or nil where there was none for a while.
func (q *Queue) next(ctx context.Context, consumer jetstream.Consumer) jetstream.Msg {
	asking, cancel := q.link.during(ctx, askFor)
	defer cancel()
	batch, err := consumer.Fetch(1, jetstream.FetchContext(asking))
	if err == nil {
		for msg := range batch.Messages() {
			return msg
		}
		err = batch.Error()
	}
	if err != nil && asking.Err() == nil { // there is a connection, and the server has trouble
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return nil
}

// work does one message's point; true means that it was handed back before its end.
func (q *Queue) work(ctx context.Context, w Worker, msg jetstream.Msg, lease time.Duration) bool {
	say := func(format string, args ...any) { w.Say(fmt.Sprintf(format, args...)) }
	meta, err := msg.Metadata()
	if err != nil {
		return false
	}
	s, p, err := sweep.ReadSingle(msg.Data())
	if err == nil && (s.Kernel != w.Kernel || msg.Subject() != subjectOf(s, p.Hash)) {
		err = errors.New("another version of the program has sent it: use the same one on all machines")
	}
	if err != nil {
		say("a point cannot be read: %v", err)
		msg.NakWithDelay(laterAfter)
		return false
	}
	h := &hold{q: q, w: w, msg: msg, key: keyOf(s, p.Hash), point: p, turn: turn{meta.Sequence.Stream, meta.NumDelivered}, say: say}
	err = h.do(ctx, s, lease)
	switch {
	case errors.Is(err, errTaken):
		if h.record.State.over() { // only the word that it is was lost
			msg.Ack()
		}
	case errors.Is(err, errLost):
		say("%s  %v", p.Hash, errLost)
	case err != nil && ctx.Err() != nil, errors.Is(err, sweep.ErrInterrupted):
		say("%s  handed back after batch %d", p.Hash, h.record.Batch)
		msg.Nak()
		q.conn.FlushTimeout(lastWords)
		return true
	case err != nil:
		say("%s  %v", p.Hash, err)
		msg.NakWithDelay(laterAfter)
	}
	return false
}

// scratch is a folder for one point.
func (w Worker) scratch() (string, error) { return os.MkdirTemp(w.Dir, "point-*") }
