// Package experiment makes the paper's experiments on a trained network: a Setup is
// the network with its sources, a seed, a number of contexts, their length and noise;
// each of its methods is one experiment, and gives recordings cut into contexts (Run)
// or plain numbers. What they mean is for sim/analysis to say, what they look like for
// web/figure.
//
// Letters: T samples, S sources, X stimuli, Z middle units, M feedback signals,
// C contexts. Figure and equation numbers are those of Naumann, Keijser and
// Sprekeler, eLife 2022;11:e76096.
//
// The same setup gives the same numbers. Contexts come from the seed and from what
// they are drawn for, so that no experiment depends on which were made before it.
package experiment

import (
	"context"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
)

// Setup is a network with what experiments on it are given.
type Setup struct {
	Network  *model.Network
	Sources  *data.Sources
	Seed     uint64  // decides contexts and noise
	Contexts int     // C, in a test run
	Samples  int     // T, of each context
	Noise    float64 // sd on each stimulus
}

// The paper's test run, and the seed that is taken where none is given.
const (
	PaperContexts = 20
	PaperSamples  = 1000
	UsualSeed     = 1
)

// Paper is the paper's test of a network, under the noise it was trained with.
func Paper(n *model.Network, src *data.Sources) Setup {
	return Setup{Network: n, Sources: src, Seed: UsualSeed, Contexts: PaperContexts, Samples: PaperSamples, Noise: n.Spec.Noise}
}

// Test plays the published test: C contexts of the network's own family, one after the
// other.
func (s Setup) Test(ctx context.Context) (Run, error) {
	contexts, err := s.TestContexts()
	if err != nil {
		return Run{}, err
	}
	return s.In(ctx, contexts)
}

// TestContexts are the C contexts of the test run.
func (s Setup) TestContexts() ([]data.Context, error) { return s.draw(s.Contexts, forTest) }

// In plays the published test in given contexts.
func (s Setup) In(ctx context.Context, contexts []data.Context) (Run, error) {
	rec, err := record.Play(ctx, s.Network, s.Sources, s.protocol(contexts))
	if err != nil {
		return Run{}, err
	}
	return cut(s.Network, rec), nil
}

// SourceSignals are the network's sources in full, (T,S).
func (s Setup) SourceSignals() analysis.Block {
	b := analysis.Block{N: s.spec().Dim}
	for t := range s.Sources.Len() {
		for j := range b.N {
			b.Data = append(b.Data, s.Sources.At(j, t))
		}
	}
	return b
}

func (s Setup) spec() spec.Spec { return s.Network.Spec }

// What contexts are drawn for: each has draws of its own.
const (
	forTest uint64 = iota
	forComponents
	forTurns
	forReturn
	forGrid
)

// draw gives n contexts of the network's own family.
func (s Setup) draw(n int, purpose uint64) ([]data.Context, error) {
	sp := s.spec()
	c, err := data.ContextsOf(sp, s.Seed+purpose<<56)
	if err != nil {
		return nil, err
	}
	return c.Take(n)
}

// protocol is T samples of each context, one after the other.
func (s Setup) protocol(contexts []data.Context) record.Protocol {
	p := record.Test(contexts, s.Samples)
	p.Noise, p.Seed = s.Noise, s.Seed
	return p
}
