package data

import (
	"math/rand/v2"
	"slices"

	"unmixlab/sim/spec"
)

// Stream gives the batches of a training run. Batch n is a pure function of the
// spec's seed and n, whatever was asked for before: a run that resumes goes on with
// the batches it would have had.
type Stream struct {
	spec     spec.Spec
	src      *Sources
	contexts *Contexts
	pcg      rand.PCG
	rand     *rand.Rand
	order    []int
}

// What the seed of a run is split into.
const (
	contextStream uint64 = iota + 1
	phaseStream
	noiseStream
)

// NewStream draws from the pool src, which holds at least sp.Dim signals. Errors are
// a spec.FieldError.
func NewStream(sp spec.Spec, src *Sources) (*Stream, error) {
	if len(src.Signals) < sp.Dim {
		return nil, spec.FieldError{Field: "dim", Message: "is more than there are sources: add sources or lower it"}
	}
	c, err := ContextsOf(sp, sp.Seed)
	if err != nil {
		return nil, err
	}
	s := &Stream{spec: sp, src: src, contexts: c, order: make([]int, len(src.Signals))}
	s.rand = rand.New(&s.pcg)
	return s, nil
}

// Batch makes batch number n in place; it allocates only when `into` has another size.
// Every source begins at a random sample of its own, the same in all rows. A pool of
// more than sp.Dim signals gives a random selection, in the pool's order.
func (s *Stream) Batch(n int, into *Batch) error {
	into.resize(s.spec.Batch, s.spec.Dim, s.spec.Steps)
	into.Number, into.seed, into.noise = n, s.spec.Seed, s.spec.Noise
	s.pcg.Seed(mixSeed(s.spec.Seed, phaseStream), uint64(n))
	s.choose(into.Pool)
	for j, p := range into.Pool {
		signal := s.src.Signals[p]
		start := s.rand.IntN(len(signal))
		for dst := into.S[j]; len(dst) > 0; start = 0 {
			dst = dst[copy(dst, signal[start:]):]
		}
	}
	s.contexts.seed(mixSeed(s.spec.Seed, contextStream), uint64(n))
	for r := range into.Contexts {
		if err := s.contexts.next(into.Contexts[r].A); err != nil {
			return err
		}
	}
	return nil
}

// choose writes a random selection of the pool in increasing order.
func (s *Stream) choose(pool []int) {
	for i := range s.order {
		s.order[i] = i
	}
	if len(pool) < len(s.order) {
		for i := range pool {
			k := i + s.rand.IntN(len(s.order)-i)
			s.order[i], s.order[k] = s.order[k], s.order[i]
		}
	}
	copy(pool, s.order)
	slices.Sort(pool)
}

// mixSeed scatters a seed and the number of a stream over 64 bits (the finaliser of
// Steele, Lea and Flood's SplitMix), so that neighbouring seeds have nothing in common.
func mixSeed(seed, stream uint64) uint64 {
	z := seed + stream*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
