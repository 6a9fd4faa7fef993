package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"unmixlab/sim/spec"
)

// maxDraws bounds how often one context is drawn again.
const maxDraws = 1_000_000

// trialDraws is how many draws must hold at least trialKept contexts for a family
// and threshold to be accepted: a chance of acceptance below about 1 in 10,000 is
// refused, and one above it does not run into maxDraws.
const trialDraws, trialKept = 100_000, 16

// families tells how the matrices of each family are drawn: fill writes the rows of
// a (stimuli, sources), row-major. Diagonal places of a matrix that is not square go
// round: row i has its at column i mod sources.
var families = map[string]func(r *rand.Rand, a []float64, sources int){
	"random_norm":      fillRandomNorm,
	"random":           fillRandom,
	"scale":            fillScale,
	"scale_both":       fillScaleBoth,
	"interpolate":      fillInterpolate,
	"interpolate_both": fillInterpolateBoth,
	"constant":         fillConstant,
}

// Contexts draws contexts of one family from a seed. Square ones with a determinant
// of absolute value at most threshold are drawn again.
//
//   - random_norm: entries uniform in [0, 1), each row divided by its sum (the paper's)
//   - random: entries uniform in [0, 1)
//   - scale: diagonal, the first entry uniform in [0.3, 3), the others 1
//   - scale_both: diagonal, the first entry uniform in [0.3, 3), the others in [1, 2)
//   - interpolate: the first stimulus is a of the first source and 1-a of the second,
//     a uniform in [0.2, 1); every other stimulus is its own source
//   - interpolate_both: every stimulus is a of its own source and 1-a of the next,
//     with an a of its own, uniform in [0.2, 1)
//   - constant: [[0.8, 0.2], [0.5, 0.5]], for two sources only
type Contexts struct {
	stimuli, sources int
	threshold        float64
	fill             func(r *rand.Rand, a []float64, sources int)
	pcg              rand.PCG
	rand             *rand.Rand
	scratch          []float64
}

// NewContexts refuses an unknown family (field mixing) and a threshold that the
// family reaches too seldom or never (field threshold), as a spec.FieldError.
func NewContexts(family string, stimuli, sources int, threshold float64, seed uint64) (*Contexts, error) {
	fill, ok := families[family]
	if !ok {
		return nil, mixing("is %q, must be one of random_norm, random, scale, scale_both, interpolate, interpolate_both, constant", family)
	}
	if stimuli < 1 || sources < 1 || stimuli > 64 || sources > 64 {
		return nil, spec.FieldError{Field: "dim", Message: fmt.Sprintf("asks for %d stimuli of %d sources, from 1 to 64 can be mixed", stimuli, sources)}
	}
	if family == "constant" && (stimuli != 2 || sources != 2) {
		return nil, mixing("constant is a matrix of 2 stimuli and 2 sources, not of %d and %d: choose another family", stimuli, sources)
	}
	return newContexts(family, fill, stimuli, sources, threshold, seed)
}

// ContextsOf draws contexts as a spec says: of its family, or from its own matrices, each
// as likely as the next.
func ContextsOf(sp spec.Spec, seed uint64) (*Contexts, error) {
	if sp.Mixing != "file" {
		return NewContexts(sp.Mixing, sp.Dim, sp.Dim, sp.Threshold, seed)
	}
	each := sp.Dim * sp.Dim
	if len(sp.Matrices) < each || len(sp.Matrices)%each != 0 {
		return nil, spec.FieldError{Field: "matrices", Message: fmt.Sprintf("are %d numbers, must be %d for each matrix", len(sp.Matrices), each)}
	}
	return newContexts("file", func(r *rand.Rand, a []float64, _ int) {
		from := each * r.IntN(len(sp.Matrices)/each)
		copy(a, sp.Matrices[from:from+each])
	}, sp.Dim, sp.Dim, sp.Threshold, seed)
}

// newContexts is a generator whose threshold is reached often enough.
func newContexts(family string, fill func(*rand.Rand, []float64, int), stimuli, sources int, threshold float64, seed uint64) (*Contexts, error) {
	c := &Contexts{stimuli: stimuli, sources: sources, threshold: threshold, fill: fill, scratch: make([]float64, stimuli*sources)}
	c.rand = rand.New(&c.pcg)
	if err := c.tryThreshold(family); err != nil {
		return nil, err
	}
	c.seed(seed, 0)
	return c, nil
}

func mixing(format string, args ...any) error {
	return spec.FieldError{Field: "mixing", Message: fmt.Sprintf(format, args...)}
}

// tryThreshold draws from a fixed seed of its own.
func (c *Contexts) tryThreshold(family string) error {
	if c.stimuli != c.sources {
		return nil
	}
	c.seed(0, 1)
	a := make([]float64, c.stimuli*c.sources)
	dets := make([]float64, 0, 1000)
	for n, kept := 0, 0; n < trialDraws; n++ {
		d := c.draw(a)
		if !(d <= c.threshold) {
			if kept++; kept == trialKept {
				return nil
			}
		}
		if len(dets) < cap(dets) {
			dets = append(dets, d)
		}
	}
	slices.Sort(dets)
	return spec.FieldError{Field: "threshold", Message: fmt.Sprintf(
		"is %g, but %s contexts of %d sources hardly ever have so large a determinant: half of them are below %.1g, so use that or less",
		c.threshold, family, c.sources, dets[len(dets)/2])}
}

// Next is a fresh context.
func (c *Contexts) Next() (Context, error) {
	x := Context{Stimuli: c.stimuli, Sources: c.sources, A: make([]float64, c.stimuli*c.sources)}
	return x, c.next(x.A)
}

// Take is n fresh contexts.
func (c *Contexts) Take(n int) ([]Context, error) {
	all := make([]Context, n)
	for i := range all {
		var err error
		if all[i], err = c.Next(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// MarshalBinary saves where the generator stands.
func (c *Contexts) MarshalBinary() ([]byte, error) { return c.pcg.MarshalBinary() }

// UnmarshalBinary goes on from a saved state, in a generator that NewContexts made
// with the same family, shape and threshold.
func (c *Contexts) UnmarshalBinary(b []byte) error { return c.pcg.UnmarshalBinary(b) }

func (c *Contexts) seed(a, b uint64) { c.pcg.Seed(a, b) }

// next draws into a until the determinant is large enough.
func (c *Contexts) next(a []float64) error {
	for range maxDraws {
		if d := c.draw(a); !(d <= c.threshold) {
			return nil
		}
	}
	return spec.FieldError{Field: "threshold", Message: fmt.Sprintf("is %g, but none of %d contexts reached it: use a lower one", c.threshold, maxDraws)}
}

// draw fills a once and returns |det|, or +Inf where there is none.
func (c *Contexts) draw(a []float64) float64 {
	c.fill(c.rand, a, c.sources)
	if c.stimuli != c.sources {
		return math.Inf(1)
	}
	copy(c.scratch, a)
	return math.Abs(det(c.scratch, c.sources))
}

func fillRandom(r *rand.Rand, a []float64, _ int) {
	for i := range a {
		a[i] = r.Float64()
	}
}

func fillRandomNorm(r *rand.Rand, a []float64, sources int) {
	fillRandom(r, a, sources)
	for ; len(a) > 0; a = a[sources:] {
		sum := 0.0
		for _, v := range a[:sources] {
			sum += v
		}
		for j := range sources {
			a[j] /= sum
		}
	}
}

func fillScale(r *rand.Rand, a []float64, sources int) {
	diagonal(a, sources, func(row int) float64 {
		if row == 0 {
			return 0.3 + 2.7*r.Float64()
		}
		return 1
	})
}

func fillScaleBoth(r *rand.Rand, a []float64, sources int) {
	diagonal(a, sources, func(row int) float64 {
		if row == 0 {
			return 0.3 + 2.7*r.Float64()
		}
		return 1 + r.Float64()
	})
}

func fillInterpolate(r *rand.Rand, a []float64, sources int) {
	diagonal(a, sources, func(int) float64 { return 1 })
	share(a, 0, sources, 0.2+0.8*r.Float64())
}

func fillInterpolateBoth(r *rand.Rand, a []float64, sources int) {
	clear(a)
	for row := range len(a) / sources {
		share(a, row, sources, 0.2+0.8*r.Float64())
	}
}

func fillConstant(_ *rand.Rand, a []float64, _ int) { copy(a, []float64{0.8, 0.2, 0.5, 0.5}) }

func diagonal(a []float64, sources int, entry func(row int) float64) {
	clear(a)
	for row := range len(a) / sources {
		a[row*sources+row%sources] = entry(row)
	}
}

// share gives a row `own` of its own source and the rest of the next one.
func share(a []float64, row, sources int, own float64) {
	r := a[row*sources : (row+1)*sources]
	r[row%sources] = own
	r[(row+1)%sources] += 1 - own
}
