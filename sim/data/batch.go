package data

import (
	"fmt"
	"slices"
)

// Batch is what one training batch is given: S sources of T samples, shared by all
// rows, and one context a row.
type Batch struct {
	Number   int
	Pool     []int       // which signals of the pool the sources are
	S        [][]float32 // S sources of T samples
	Contexts []Context   // one a row

	seed    uint64
	noise   float64
	entries []float64 // the contexts' matrices, one after the other
}

// FixedBatch is a batch of given sources (S of T samples) and contexts, without noise.
func FixedBatch(sources [][]float32, contexts []Context) *Batch {
	b := &Batch{S: sources, Contexts: contexts}
	for i := range sources {
		b.Pool = append(b.Pool, i)
	}
	for _, c := range contexts {
		if c.Sources != len(sources) || c.Stimuli != contexts[0].Stimuli {
			panic(fmt.Sprintf("data: a %d×%d context in a batch of %d sources and %d stimuli", c.Stimuli, c.Sources, len(sources), contexts[0].Stimuli))
		}
	}
	return b
}

// Rows is the number of rows.
func (b *Batch) Rows() int { return len(b.Contexts) }

// Samples is T.
func (b *Batch) Samples() int { return len(b.S[0]) }

// Source is the T samples of source j.
func (b *Batch) Source(j int) []float32 { return b.S[j] }

// Stimuli mixes all T samples for one group of rows, lane l being row group·lanes + l
// (at most 16 lanes): stimulus i of sample t is at dst[t·stride + i·lanes + l]. Lanes
// beyond the batch's rows are zero. The noise of a group depends on the seed, the
// batch's number and the group alone, so groups may be written by several goroutines
// at once.
func (b *Batch) Stimuli(dst []float32, stride, group, lanes int) {
	first := group * lanes
	rows := max(0, min(lanes, b.Rows()-first))
	if stimuli := b.Contexts[0].Stimuli; rows < lanes {
		for t := range b.Samples() {
			clear(dst[t*stride : t*stride+stimuli*lanes])
		}
	}
	if rows == 0 {
		return
	}
	contexts := b.Contexts[first : first+rows]
	if b.noise == 0 {
		Mix(dst, stride, lanes, contexts, b.S, nil)
		return
	}
	var normal Normal
	normal.Seed(mixSeed(b.seed, noiseStream), uint64(b.Number)<<16+uint64(group))
	sd := float32(b.noise)
	Mix(dst, stride, lanes, contexts, b.S, func() float32 { return sd * normal.Next() })
}

// resize gives the batch room, keeping what it has where that is enough.
func (b *Batch) resize(rows, sources, samples int) {
	if len(b.Contexts) == rows && len(b.S) == sources && len(b.S[0]) == samples && len(b.entries) == rows*sources*sources {
		return
	}
	b.Pool = make([]int, sources)
	b.S = make([][]float32, sources)
	for j := range b.S {
		b.S[j] = make([]float32, samples)
	}
	n := sources * sources
	b.entries = make([]float64, rows*n)
	b.Contexts = make([]Context, rows)
	for r := range b.Contexts {
		b.Contexts[r] = Context{Stimuli: sources, Sources: sources, A: slices.Clip(b.entries[r*n : (r+1)*n])}
	}
}
