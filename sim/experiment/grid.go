package experiment

import (
	"context"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
)

// Code is what stages say about each context of a grid over the context square (Fig 7).
type Code struct {
	Points   int            // of the grid, on each axis
	Contexts []data.Context // C of them
	Stages   []Stage        // on the way from the stimuli to the feedback
}

// Stage is a signal's mean in each context.
type Stage struct {
	Signal string
	Size   bool        // mean of the absolute value, for signals whose own mean is near zero
	Means  [][]float64 // (C,N)
}

// Feedback is the last stage: what feedback says.
func (c Code) Feedback() Stage { return c.Stages[len(c.Stages)-1] }

// Grid plays every context of data.Grid after a random one, and takes means over the
// second half of it.
func (s Setup) Grid(ctx context.Context, points int) (Code, error) {
	c := Code{Points: points, Contexts: data.Grid(points), Stages: stagesOf(s.spec())}
	before, err := s.draw(len(c.Contexts), forGrid)
	if err != nil {
		return c, err
	}
	var protocols []record.Protocol
	for i, grid := range c.Contexts {
		p := s.protocol([]data.Context{before[i], grid})
		p.Seed += uint64(i)
		protocols = append(protocols, p)
	}
	for k := range c.Stages {
		c.Stages[k].Means = make([][]float64, len(protocols))
	}
	return c, s.inGroups(ctx, protocols, func(i int, r Run) {
		for _, stage := range c.Stages {
			block := r.Blocks(stage.Signal)[1]
			late := block.Slice(block.T()/2, block.T())
			if stage.Size {
				stage.Means[i] = analysis.MeanSize(late)
			} else {
				stage.Means[i] = late.Mean()
			}
		}
	})
}

// stagesOf are a network's stages: of a Dalean one rates, which have a mean, and its
// modulation, where others have the feedback signals themselves.
func stagesOf(sp spec.Spec) []Stage {
	if sp.Model == spec.Dale {
		return []Stage{{Signal: "x", Size: true}, {Signal: "z_L"}, {Signal: "z_H"}, {Signal: "m"}}
	}
	return []Stage{{Signal: "x", Size: true}, {Signal: "z", Size: true}, {Signal: "m"}, {Signal: "l"}}
}
