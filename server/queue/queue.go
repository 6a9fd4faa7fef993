// Package queue has a sweep's points trained by machines without a common folder, over
// NATS JetStream. A stream holds a message for each point that is to be done; a bucket
// of objects the points' files; a bucket of keys a record for each point that somebody
// has begun: who has it, and where its files are. A record changes only by whoever knows
// its last revision, so that a point that two have trained is recorded once. What is done
// is brought into the sweep's folder, which stays the truth; the queue may be lost.
package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unmixlab/server/sweep"
)

// Lease is for how long a worker may be silent before its point goes to another, where
// nobody says otherwise: longer than a laptop's lid is closed for, or a disk is slow.
const Lease = 5 * time.Minute

const (
	streamName  = "UNMIXLAB"
	recordsName = "unmixlab_points"
	filesName   = "unmixlab_files"
	subjects    = "unmixlab.task."

	maxTasks    = 1_000_000
	maxTask     = 128 << 10           // bytes of a message
	maxRecord   = 4 << 10             // bytes
	maxPulls    = 100_000             // of workers that wait
	kept        = 30 * 24 * time.Hour // what nobody asks for, in the buckets
	duplicates  = 2 * time.Second     // in which a message that is sent again is known
	answerAfter = 10 * time.Second    // at most
)

// Queue is the queue on a server.
type Queue struct {
	conn    *nats.Conn
	link    *link
	js      jetstream.JetStream
	tasks   jetstream.Stream
	records jetstream.KeyValue
	files   jetstream.ObjectStore
}

// open finds the queue on a server, or makes it, with a lease: 0 is that of the queue
// that is there, or else Lease. A lease of another length changes the queue's.
func open(ctx context.Context, conn *nats.Conn, l *link, lease time.Duration) (*Queue, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*answerAfter)
	defer cancel()
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(answerAfter), jetstream.WithPublishAsyncMaxPending(256))
	if err != nil {
		return nil, err
	}
	q := &Queue{conn: conn, link: l, js: js}
	if err := q.open(ctx, lease); err != nil {
		return nil, fmt.Errorf("the queue cannot be used: %w", explain(err))
	}
	return q, nil
}

// open finds what there is, as somebody may have given it more replicas, and makes the rest.
func (q *Queue) open(ctx context.Context, lease time.Duration) (err error) {
	q.tasks, err = q.js.Stream(ctx, streamName)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		q.tasks, err = q.js.CreateStream(ctx, jetstream.StreamConfig{
			Name: streamName, Subjects: []string{subjects + ">"}, Retention: jetstream.WorkQueuePolicy, Storage: jetstream.FileStorage,
			MaxMsgs: maxTasks, MaxMsgSize: maxTask, MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, DiscardNewPerSubject: true,
			Duplicates: duplicates,
		})
	}
	if err != nil {
		return err
	}
	for _, kernel := range sweep.Kernels {
		if err := q.consumer(ctx, kernel, lease); err != nil {
			return err
		}
	}
	q.records, err = q.js.KeyValue(ctx, recordsName)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		q.records, err = q.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: recordsName, History: 1, MaxValueSize: maxRecord, TTL: kept})
	}
	if err != nil {
		return err
	}
	q.files, err = q.js.ObjectStore(ctx, filesName)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		q.files, err = q.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: filesName, TTL: kept})
	}
	return err
}

// consumer makes what hands out the points of a kernel, or changes its lease.
func (q *Queue) consumer(ctx context.Context, kernel string, lease time.Duration) error {
	if lease == 0 {
		_, err := q.tasks.Consumer(ctx, kernel)
		if !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return err
		}
		lease = Lease
	}
	_, err := q.tasks.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: kernel, FilterSubject: subjects + kernel + ".>", AckPolicy: jetstream.AckExplicitPolicy, AckWait: lease,
		MaxDeliver: -1, MaxAckPending: -1, MaxWaiting: maxPulls,
	})
	return err
}

// Close ends the connection.
func (q *Queue) Close() { q.conn.Close() }

// Cores are the cores of workers of one kernel.
type Cores struct {
	Busy    int // that have a point
	Waiting int // for one
}

// Cores says how many cores of workers are there for a sweep's kernel.
func (q *Queue) Cores(ctx context.Context, kernel string) (Cores, error) {
	c, err := q.tasks.Consumer(ctx, kernel)
	if err != nil {
		return Cores{}, explain(err)
	}
	info := c.CachedInfo()
	return Cores{info.NumAckPending, info.NumWaiting}, nil
}

// family is what the points of a sweep have in common in the queue: its name, and what
// else decides what a point's files say.
func family(s sweep.Sweep) string {
	b, err := json.Marshal([]any{s.Name, s.Measure, s.Every, s.Kernel})
	if err != nil {
		panic("queue: " + err.Error()) // of texts and a number
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// keyOf is the key of a point's record, and the end of its message's subject.
func keyOf(s sweep.Sweep, hash string) string { return family(s) + "." + hash }

func subjectOf(s sweep.Sweep, hash string) string {
	return subjects + s.Kernel + "." + keyOf(s, hash)
}

// hashOf is the point of a key.
func hashOf(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// explain says what to do about an error of a server.
func explain(err error) error {
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount), errors.Is(err, nats.ErrNoResponders):
		return fmt.Errorf("%w: the server has to have JetStream switched on, as that of serve --workers has", err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrTimeout):
		return fmt.Errorf("%w: the server does not answer", err)
	}
	return err
}

// patiently tries until something is done, the context ends, or it is of no use to try
// again.
func (q *Queue) patiently(ctx context.Context, try func(context.Context) error) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		one, cancel := q.link.during(ctx, 6*answerAfter)
		err := try(one)
		cancel()
		if err == nil || errors.Is(err, errLost) || errors.Is(err, errTaken) || errors.Is(err, nats.ErrConnectionClosed) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}
