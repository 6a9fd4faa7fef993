package lab

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Training rests as the setting says, and only while somebody plays.
func TestTrainingYieldsToLivePages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		percent int
		playing bool
		rest    time.Duration
	}{{0, true, 0}, {20, true, 50 * time.Millisecond}, {50, true, 200 * time.Millisecond}, {50, false, 0}, {90, true, longestRest}} {
		synctest.Test(t, func(t *testing.T) {
			r := trainingRun{lab: &Lab{observer: &witness{playing: c.playing}, yield: c.percent}}
			began := time.Now()
			r.makeRoom(t.Context(), 0.2)
			if got := time.Since(began); got != c.rest {
				t.Errorf("after 200 ms with %d %% (playing: %t) it rests %v, want %v", c.percent, c.playing, got, c.rest)
			}
			ended, end := context.WithCancel(t.Context())
			end()
			began = time.Now()
			if r.makeRoom(ended, 0.2); time.Since(began) != 0 {
				t.Errorf("a run that is told to end rests %v", time.Since(began))
			}
		})
	}
}
