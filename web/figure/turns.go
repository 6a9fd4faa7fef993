package figure

import (
	"context"
	"errors"
	"runtime"

	"golang.org/x/sync/errgroup"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
)

// repetitions of the freeze experiment.
var repetitions = Parameter{Name: "repetitions", Label: "Repetitions", Min: 1, Max: 400, Default: 40, Whole: true,
	Help: "Freeze experiments, each with two fresh contexts; the paper has 40."}

// One freeze experiment: a context with feedback intact, then another, with feedback
// frozen for the first half of it (the published 500 of 1000 samples).
const (
	turnSamples  = 1000
	frozenFor    = 500
	sideBySide   = 16 // repetitions played at a time
	returnVisits = 16 // repetitions of the way back to a context
)

// turned are the freeze experiments of one model.
type turned struct {
	first    played // of them, to be shown
	firstPCA analysis.PCA
	turns    []analysis.Turn
	contexts [][2]data.Context
	returns  []float64 // degrees between the first and the second visit to a context
}

// population is the signal whose plane turns: z, or the upper rates of a Dalean network.
func (r Request) population() string {
	if r.File.Network.Params.Tensor("W_HL") != nil {
		return "z_H"
	}
	return "z"
}

// componentRuns is on how many test runs the components are fitted. The paper has
// one of 20 contexts; there, which contexts it has moves the angles by ten degrees.
const componentRuns = 3

// components fits PC1 and more, whitened, on test runs of their own. It returns the
// first of them with the fit.
func (r Request) components(ctx context.Context, k int) (played, analysis.PCA, error) {
	contexts, err := r.contexts(componentRuns*r.Contexts, forComponents)
	if err != nil {
		return played{}, analysis.PCA{}, err
	}
	var protocols []record.Protocol
	for i := range componentRuns {
		p := r.test(contexts[i*r.Contexts : (i+1)*r.Contexts])
		p.Seed += uint64(i)
		protocols = append(protocols, p)
	}
	recordings, err := record.PlayAll(ctx, r.File.Network, r.Sources, protocols)
	if err != nil {
		return played{}, analysis.PCA{}, err
	}
	var all []analysis.Block
	for _, rec := range recordings {
		all = append(all, cut(rec).blocks(r.population())...)
	}
	pca, ok := analysis.Principal(all, k, true)
	if !ok {
		err = errors.New("the population's activity is not finite: it has no principal components")
	}
	return cut(recordings[0]), pca, err
}

// Component is the population's first principal component as figure 5 fits it, at the
// paper's size and seed 1; ok is false for a model that has no population.
func Component(ctx context.Context, model string, file *modelfile.File, sources *data.Sources) (c PopulationComponent, ok bool, err error) {
	if sp := file.Network.Spec; sp.Model != spec.Dale && diffuse(sp) != "" {
		return c, false, nil
	}
	r, err := NewRequest(model, file, sources, nil)
	if err != nil {
		return c, false, err
	}
	_, pca, err := r.components(ctx, 1)
	return PopulationComponent{r.population(), pca}, err == nil, err
}

// PopulationComponent is a principal component of a signal, z or z_H.
type PopulationComponent struct {
	Signal string
	analysis.PCA
}

// turns runs n freeze experiments, and for some of them the way back.
func (r Request) turns(ctx context.Context, n int, pca analysis.PCA) (turned, error) {
	out := turned{firstPCA: pca}
	drawn, err := r.contexts(2*n, forTurns)
	if err != nil {
		return out, err
	}
	out.turns = make([]analysis.Turn, n)
	var protocols []record.Protocol
	for i := range n {
		pair := drawn[2*i : 2*i+2]
		out.contexts = append(out.contexts, [2]data.Context{pair[0], pair[1]})
		p := record.FreezeTest(pair, turnSamples, 1, frozenFor)
		p.Noise, p.Seed = r.Noise, r.Seed+uint64(i)
		protocols = append(protocols, p)
	}
	err = r.inGroups(ctx, protocols, func(i int, p played) {
		if i == 0 {
			out.first = p
		}
		out.turns[i] = r.turn(p, pca)
	})
	if err != nil {
		return out, err
	}
	out.returns, err = r.returns(ctx, min(n, returnVisits), pca)
	return out, err
}

// inGroups plays protocols side by side, a group at a time: recordings of wide
// populations are large, and only what is asked of each is kept. Recordings of a
// group are asked at once, so ask may only write what is its own.
func (r Request) inGroups(ctx context.Context, protocols []record.Protocol, ask func(i int, p played)) error {
	for from := 0; from < len(protocols); from += 2 * sideBySide {
		to := min(from+2*sideBySide, len(protocols))
		recordings, err := record.PlayAll(ctx, r.File.Network, r.Sources, protocols[from:to])
		if err != nil {
			return err
		}
		var asked errgroup.Group
		asked.SetLimit(runtime.GOMAXPROCS(0))
		for i, rec := range recordings {
			asked.Go(func() error {
				ask(from+i, cut(rec))
				return nil
			})
		}
		asked.Wait()
	}
	return nil
}

// turn measures one experiment: samples 500-1000, 1000-1500 and 1500-2000.
func (r Request) turn(p played, pca analysis.PCA) analysis.Turn {
	return analysis.TurnOf(r.stretch(p, turnSamples-frozenFor, turnSamples), r.stretch(p, turnSamples, turnSamples+frozenFor),
		r.stretch(p, turnSamples+frozenFor, 2*turnSamples), pca)
}

// stretch is samples from..to of a whole recording.
func (r Request) stretch(p played, from, to int) analysis.Stretch {
	get := func(name string) analysis.Block {
		s := p.Signal(name)
		return analysis.Block{N: s.Width, Data: s.Data}.Slice(from, to)
	}
	return analysis.Stretch{S: get("s"), Y: get("y"), Z: get(r.population())}
}

// returns goes from a context to another and back, feedback intact all along, and
// compares the planes of the settled halves of both visits.
func (r Request) returns(ctx context.Context, n int, pca analysis.PCA) ([]float64, error) {
	drawn, err := r.contexts(2*n, forReturn)
	if err != nil {
		return nil, err
	}
	var protocols []record.Protocol
	for i := range n {
		a, b := drawn[2*i], drawn[2*i+1]
		p := record.Test([]data.Context{a, b, a}, turnSamples)
		p.Noise, p.Seed = r.Noise, r.Seed+uint64(i)
		protocols = append(protocols, p)
	}
	angles := make([]float64, n)
	err = r.inGroups(ctx, protocols, func(i int, p played) {
		first, second := r.stretch(p, turnSamples/2, turnSamples), r.stretch(p, 5*turnSamples/2, 3*turnSamples)
		angles[i] = analysis.PlaneAngle(first, second, pca)
	})
	return angles, err
}

// angles are the experiments' angles by what changed, and context distances.
type angles struct {
	frozen, restored, same, other, distance []float64
	frozenAll, restoredAll                  []float64
	intactError, frozenError, restoredError []float64
}

func (t turned) angles() angles {
	var a angles
	for i, turn := range t.turns {
		first, second := t.contexts[i][0], t.contexts[i][1]
		a.frozen, a.restored = append(a.frozen, turn.Frozen), append(a.restored, turn.Restored)
		a.frozenAll, a.restoredAll = append(a.frozenAll, turn.FrozenAll), append(a.restoredAll, turn.RestoredAll)
		a.distance = append(a.distance, first.Distance(second))
		if data.SameSide(first, second) {
			a.same = append(a.same, turn.Restored)
		} else {
			a.other = append(a.other, turn.Restored)
		}
		a.intactError = append(a.intactError, turn.ErrorIntact)
		a.frozenError = append(a.frozenError, turn.ErrorFrozen)
		a.restoredError = append(a.restoredError, turn.ErrorRestored)
	}
	return a
}
