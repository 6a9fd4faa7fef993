package experiment

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/record"
)

// One freeze experiment: a context of FreezeSamples with feedback intact, then another,
// with feedback frozen for its first FrozenFor samples (the published 500 of 1000).
const (
	FreezeSamples = 1000
	FrozenFor     = 500
)

// returnVisits bounds the repetitions of the way back to a context.
const returnVisits = 16

// Freezing are repetitions of the freeze experiment (Fig 5 and 6g), each with two fresh
// contexts.
type Freezing struct {
	First    Run // the first repetition
	PCA      analysis.PCA
	Turns    []analysis.Turn
	Contexts [][2]data.Context // the one before and the one in which feedback was frozen
	Returns  []float64         // degrees between two visits to a context, another between them
}

// Freeze repeats the freeze experiment n times, and the way back at most 16 times, and
// measures how the population's plane turns in the space of the outputs and pca's
// first component.
func (s Setup) Freeze(ctx context.Context, n int, pca analysis.PCA) (Freezing, error) {
	f := Freezing{PCA: pca, Turns: make([]analysis.Turn, n)}
	drawn, err := s.draw(2*n, forTurns)
	if err != nil {
		return f, err
	}
	var protocols []record.Protocol
	for i := range n {
		pair := drawn[2*i : 2*i+2]
		f.Contexts = append(f.Contexts, [2]data.Context{pair[0], pair[1]})
		p := record.FreezeTest(pair, FreezeSamples, 1, FrozenFor)
		p.Noise, p.Seed = s.Noise, s.Seed+uint64(i)
		protocols = append(protocols, p)
	}
	err = s.inGroups(ctx, protocols, func(i int, r Run) {
		if i == 0 {
			f.First = r
		}
		intact, frozen, restored := r.phases()
		f.Turns[i] = analysis.TurnOf(intact, frozen, restored, pca)
	})
	if err != nil {
		return f, err
	}
	f.Returns, err = s.returns(ctx, min(n, returnVisits), pca)
	return f, err
}

// Phases are where the three phases of a freeze experiment that are compared begin,
// each FrozenFor samples long: intact, frozen and restored.
var Phases = [3]int{FreezeSamples - FrozenFor, FreezeSamples, FreezeSamples + FrozenFor}

func (r Run) phases() (intact, frozen, restored analysis.Stretch) {
	at := func(i int) analysis.Stretch { return r.Stretch(Phases[i], Phases[i]+FrozenFor) }
	return at(0), at(1), at(2)
}

// returns goes from a context to another and back, feedback intact all along, and
// compares the planes of the settled halves of both visits.
func (s Setup) returns(ctx context.Context, n int, pca analysis.PCA) ([]float64, error) {
	drawn, err := s.draw(2*n, forReturn)
	if err != nil {
		return nil, err
	}
	const visit = FreezeSamples
	var protocols []record.Protocol
	for i := range n {
		a, b := drawn[2*i], drawn[2*i+1]
		p := record.Test([]data.Context{a, b, a}, visit)
		p.Noise, p.Seed = s.Noise, s.Seed+uint64(i)
		protocols = append(protocols, p)
	}
	angles := make([]float64, n)
	err = s.inGroups(ctx, protocols, func(i int, r Run) {
		first, second := r.Stretch(visit/2, visit), r.Stretch(2*visit+visit/2, 3*visit)
		angles[i] = analysis.PlaneAngle(first, second, pca)
	})
	return angles, err
}

// groupSize is how many runs are kept at a time where only something of each is asked:
// recordings of wide populations are large.
const groupSize = 32

// inGroups plays protocols side by side, a group at a time, and asks something of each
// run. Runs of a group are asked at once, so ask may only write what is its own.
func (s Setup) inGroups(ctx context.Context, protocols []record.Protocol, ask func(i int, r Run)) error {
	for from := 0; from < len(protocols); from += groupSize {
		runs, err := s.sideBySide(ctx, protocols[from:min(from+groupSize, len(protocols))])
		if err != nil {
			return err
		}
		var asked errgroup.Group
		asked.SetLimit(runtime.GOMAXPROCS(0))
		for i, r := range runs {
			asked.Go(func() error {
				ask(from+i, r)
				return nil
			})
		}
		asked.Wait()
	}
	return nil
}

// Angles are a freezing's numbers in lists, one value per repetition; degrees.
type Angles struct {
	Frozen, Restored       []float64 // to the plane of the context before
	SameSide, OtherSide    []float64 // Restored, by the side of the context square
	Distance               []float64 // of the two contexts, Frobenius
	FrozenAll, RestoredAll []float64 // the larger principal angle in all dimensions
	// Mean ‖s-y‖ in each phase.
	ErrorIntact, ErrorFrozen, ErrorRestored []float64
}

// Angles sorts the repetitions' numbers into lists.
func (f Freezing) Angles() Angles {
	var a Angles
	for i, turn := range f.Turns {
		first, second := f.Contexts[i][0], f.Contexts[i][1]
		a.Frozen, a.Restored = append(a.Frozen, turn.Frozen), append(a.Restored, turn.Restored)
		a.FrozenAll, a.RestoredAll = append(a.FrozenAll, turn.FrozenAll), append(a.RestoredAll, turn.RestoredAll)
		a.Distance = append(a.Distance, first.Distance(second))
		if data.SameSide(first, second) {
			a.SameSide = append(a.SameSide, turn.Restored)
		} else {
			a.OtherSide = append(a.OtherSide, turn.Restored)
		}
		a.ErrorIntact = append(a.ErrorIntact, turn.ErrorIntact)
		a.ErrorFrozen = append(a.ErrorFrozen, turn.ErrorFrozen)
		a.ErrorRestored = append(a.ErrorRestored, turn.ErrorRestored)
	}
	return a
}
