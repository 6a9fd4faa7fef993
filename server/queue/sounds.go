package queue

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/nats-io/nats.go/jetstream"

	"unmixlab/server/store"
	"unmixlab/server/sweep"
)

// soundOf is the object of a sound: its samples, 32 bits each, the lowest byte first.
func soundOf(id string) string { return "sound-" + id }

// bringSounds puts the sounds of points into the queue that are not there.
func (q *Queue) bringSounds(ctx context.Context, points []sweep.Point, find sweep.Sound) error {
	seen := map[string]bool{}
	for _, p := range points {
		if p.Spec.Sources != "wav" {
			continue
		}
		for _, id := range p.Spec.WAV {
			if seen[id] {
				continue
			}
			seen[id] = true
			if err := q.bringSound(ctx, id, find); err != nil {
				return fmt.Errorf("the sound %s: %w", id, err)
			}
		}
	}
	return nil
}

func (q *Queue) bringSound(ctx context.Context, id string, find sweep.Sound) error {
	if _, err := q.files.GetInfo(ctx, soundOf(id)); !errors.Is(err, jetstream.ErrObjectNotFound) {
		return err
	}
	if find == nil {
		return errors.New("is not there")
	}
	samples, err := find(id)
	if err != nil {
		return err
	}
	return q.store(ctx, soundOf(id), store.SoundBytes(samples))
}

// sounds gives sounds out of the queue, or else those that a machine has itself. One that
// is another than its id says is refused.
func (q *Queue) sounds(ctx context.Context, own sweep.Sound) sweep.Sound {
	return func(id string) ([]float32, error) {
		b, err := q.fetch(ctx, soundOf(id))
		if errors.Is(err, jetstream.ErrObjectNotFound) && own != nil {
			return own(id)
		}
		if err != nil {
			return nil, err
		}
		samples := make([]float32, len(b)/4)
		for i := range samples {
			samples[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		if len(b)%4 != 0 || store.SoundID(samples) != id {
			return nil, errors.New("the queue has another sound by this name")
		}
		return samples, nil
	}
}
