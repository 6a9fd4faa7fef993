package queue

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/nats-io/nats.go/jetstream"

	"unmixlab/server/sweep"
)

// record is what the queue knows of a point that has been begun.
type record struct {
	State    state  `json:"state"`
	Turn     turn   `json:"turn"`     // whose it is, or was
	Progress uint64 `json:"progress"` // the delivery of the turn that last came further
	Batch    int    `json:"batch"`
	File     string `json:"file"`   // object with the point's files; "" for none
	Worker   string `json:"worker"` // for people

	revision uint64 // 0: the record is not there yet
}

type state string

const (
	free   state = "free" // its files wait for a worker
	held   state = "held"
	done   state = "done"
	failed state = "failed"
)

func (s state) over() bool { return s == done || s == failed }

// turn is one handing out of a point's message: a later one is greater.
type turn struct {
	Message  uint64 `json:"message"`
	Delivery uint64 `json:"delivery"`
}

func (t turn) after(u turn) bool {
	return t.Message > u.Message || t.Message == u.Message && t.Delivery > u.Delivery
}

var (
	errLost  = errors.New("was given to another worker, or taken out of the queue")
	errTaken = errors.New("is done, or another worker has it")
)

var fileForm = regexp.MustCompile(`^[0-9a-z.-]{1,100}$`)

// readRecord judges a record as others may have written it.
func readRecord(b []byte, revision uint64) (record, error) {
	r := record{revision: revision}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return r, fmt.Errorf("a record of the queue cannot be read: %w", err)
	}
	switch {
	case r.State != free && r.State != held && !r.State.over():
		return r, fmt.Errorf("a record of the queue has the state %.20q", r.State)
	case r.File != "" && !fileForm.MatchString(r.File), r.File == "" && r.State.over():
		return r, fmt.Errorf("a record of the queue has the file %.20q", r.File)
	case r.Batch < 0:
		return r, fmt.Errorf("a record of the queue has the batch %d", r.Batch)
	}
	return r, nil
}

// find gives a point's record; one without a revision where there is none.
func (q *Queue) find(ctx context.Context, key string) (record, error) {
	e, err := q.records.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return record{}, nil
	}
	if err != nil {
		return record{}, err
	}
	return readRecord(e.Value(), e.Revision())
}

// put writes a record that is still whose it was when it was read; errLost where it is
// another's, or gone.
func (q *Queue) put(ctx context.Context, key string, r *record) error {
	for {
		revision, err := q.write(ctx, key, *r)
		if err == nil {
			r.revision = revision
		}
		if !errors.Is(err, jetstream.ErrKeyExists) && !errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
			return err
		}
		there, err := q.find(ctx, key)
		if err != nil {
			return err
		}
		if there.revision == 0 || there.Turn != r.Turn || there.Worker != r.Worker {
			return errLost
		}
		r.revision = there.revision // an earlier try was done, and its answer was lost
	}
}

func (q *Queue) write(ctx context.Context, key string, r record) (revision uint64, err error) {
	b, err := json.Marshal(r)
	if err != nil {
		return 0, err
	}
	if r.revision == 0 {
		return q.records.Create(ctx, key, b)
	}
	return q.records.Update(ctx, key, b, r.revision)
}

// take makes a point a worker's, unless it is done or a later turn has it (errTaken).
func (q *Queue) take(ctx context.Context, key string, mine turn, worker string) (record, error) {
	for {
		r, err := q.find(ctx, key)
		if err != nil {
			return r, err
		}
		if r.State.over() || !mine.after(r.Turn) && r.State == held && r.Worker != worker {
			return r, errTaken
		}
		if r.Turn.Message != mine.Message {
			r.Progress = 0
		}
		r.State, r.Turn, r.Worker = held, mine, worker
		if err := q.put(ctx, key, &r); !errors.Is(err, errLost) {
			return r, err
		}
	}
}

// store keeps a point's files as an object.
func (q *Queue) store(ctx context.Context, name string, pack []byte) error {
	if len(pack) > sweep.MaxPack {
		return fmt.Errorf("the point's files have more than %d MB", sweep.MaxPack>>20)
	}
	_, err := q.files.PutBytes(ctx, name, pack)
	return err
}

// fetch gives a point's files; jetstream.ErrObjectNotFound where they are gone.
func (q *Queue) fetch(ctx context.Context, name string) ([]byte, error) {
	o, err := q.files.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	info, err := o.Info()
	if err != nil {
		return nil, err
	}
	if info.Size > sweep.MaxPack {
		return nil, fmt.Errorf("the object %s has more than %d MB", name, sweep.MaxPack>>20)
	}
	return io.ReadAll(io.LimitReader(o, sweep.MaxPack+1))
}

// drop removes an object; that it is gone is not an error.
func (q *Queue) drop(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	if err := q.files.Delete(ctx, name); !errors.Is(err, jetstream.ErrObjectNotFound) {
		return err
	}
	return nil
}
