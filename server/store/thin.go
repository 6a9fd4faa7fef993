package store

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"unmixlab/sim/train"
)

// Every tells which batches a thinned curve of a run always has: the multiples of
// this, one of 1, 5, 10, 50, 100 and so on, as each divides the next. So curves of
// several runs have batches in common, whatever their lengths.
func Every(batches, points int) int {
	if points <= 0 || batches <= points {
		return 1
	}
	most := max(0, 2*(points-2)/3)
	for every := 1; ; every *= 10 {
		if batches/every <= most {
			return every
		}
		if batches/(5*every) <= most {
			return 5 * every
		}
	}
}

// thinning keeps of a curve that comes batch by batch the first, the last, the
// multiples of Every and, of stretches of equal length, those with the lowest and the
// highest loss, so that a thinned curve keeps its peaks. It holds no more than it keeps.
type thinning struct {
	first, end, every int
	length            int // of a stretch, in batches; 0: there are none
	kept              map[int]train.Progress

	stretch   int // under way, from 1
	low, high train.Progress
}

func newThinning(first, last, points int) *thinning {
	t := &thinning{first: first, end: last, every: Every(last, points), kept: map[int]train.Progress{}}
	if stretches := (points - 2 - last/t.every) / 2; stretches > 0 {
		t.length = (last - first + stretches) / stretches
	}
	return t
}

// add takes the next batch, the last one of the window. Means are worked out for
// those alone that may be kept.
func (t *thinning) add(m train.Progress, w *train.Window) {
	begins := false
	if t.length > 0 {
		if stretch := 1 + (m.Batch-t.first)/t.length; stretch != t.stretch {
			t.keepPeaks()
			t.stretch, begins = stretch, true
		}
	}
	low := begins || m.Loss < t.low.Loss || math.IsNaN(t.low.Loss)
	high := begins || m.Loss > t.high.Loss || math.IsNaN(t.high.Loss)
	round := m.Batch == t.first || m.Batch == t.end || m.Batch%t.every == 0
	if !low && !high && !round {
		return
	}
	m.Mean = w.Means()
	if low {
		t.low = m
	}
	if high {
		t.high = m
	}
	if round {
		t.kept[m.Batch] = m
	}
}

func (t *thinning) keepPeaks() {
	if t.stretch > 0 {
		t.kept[t.low.Batch], t.kept[t.high.Batch] = t.low, t.high
	}
}

// metrics are those kept, in order of their batches.
func (t *thinning) metrics() []train.Progress {
	t.keepPeaks()
	return slices.SortedFunc(maps.Values(t.kept), func(a, b train.Progress) int { return cmp.Compare(a.Batch, b.Batch) })
}
