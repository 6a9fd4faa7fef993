package experiment

import (
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/record"
)

// AtNoise plays the test once for each level of noise (sd on each stimulus), side by
// side: the same contexts and the same weights (Fig 1e).
func (s Setup) AtNoise(ctx context.Context, levels []float64) ([]Run, error) {
	contexts, err := s.draw(s.Contexts, forTest)
	if err != nil {
		return nil, err
	}
	var protocols []record.Protocol
	for _, sd := range levels {
		p := s.protocol(contexts)
		p.Noise = sd
		protocols = append(protocols, p)
	}
	return s.sideBySide(ctx, protocols)
}

// longest is how many samples are played in a row; a test with long contexts is
// split into runs that are played side by side.
const longest = 20000

// AtLengths plays the test's contexts for each of some lengths, in samples (Fig 1-s2d).
// The contexts of one length may be spread over several runs.
func (s Setup) AtLengths(ctx context.Context, lengths []int) ([][]Run, error) {
	contexts, err := s.draw(s.Contexts, forTest)
	if err != nil {
		return nil, err
	}
	var protocols []record.Protocol
	parts := make([]int, len(lengths))
	for i, n := range lengths {
		at := s
		at.Samples = n
		for part := range slices.Chunk(contexts, max(2, longest/n)) {
			protocols = append(protocols, at.protocol(part))
			parts[i]++
		}
	}
	all, err := s.sideBySide(ctx, protocols)
	if err != nil {
		return nil, err
	}
	runs := make([][]Run, len(lengths))
	for i, n := range parts {
		runs[i], all = all[:n], all[n:]
	}
	return runs, nil
}

// sideBySide plays protocols in lanes beside one another, as record.PlayAll does.
func (s Setup) sideBySide(ctx context.Context, protocols []record.Protocol) ([]Run, error) {
	recordings, err := record.PlayAll(ctx, s.Network, s.Sources, protocols)
	if err != nil {
		return nil, err
	}
	var runs []Run
	for _, rec := range recordings {
		runs = append(runs, cut(s.Network, rec))
	}
	return runs, nil
}

// AtTimeConstants plays the test with each of some time constants τ of modulation, in
// samples, in place of the network's own: nothing is trained again (Fig 2a, at test).
func (s Setup) AtTimeConstants(ctx context.Context, taus []float64) ([]Run, error) {
	var setups []Setup
	for _, tau := range taus {
		at := s
		at.Network = &model.Network{Spec: s.spec(), Params: s.Network.Params}
		at.Network.Spec.Tau = tau
		setups = append(setups, at)
	}
	contexts, err := s.draw(s.Contexts, forTest)
	if err != nil {
		return nil, err
	}
	return each(ctx, setups, func(int) []data.Context { return contexts })
}

// Condition is a test of the same network on other sources or in other contexts.
type Condition struct {
	Name     string
	Sources  *data.Sources
	Contexts []data.Context
}

// Under plays the network in each condition by itself.
func (s Setup) Under(ctx context.Context, conditions []Condition) ([]Run, error) {
	var setups []Setup
	for _, c := range conditions {
		at := s
		at.Sources = c.Sources
		setups = append(setups, at)
	}
	return each(ctx, setups, func(i int) []data.Context { return conditions[i].Contexts })
}

// each plays setups by themselves, as many at a time as there are cores.
func each(ctx context.Context, setups []Setup, contexts func(i int) []data.Context) ([]Run, error) {
	runs := make([]Run, len(setups))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range setups {
		work.Go(func() (err error) {
			runs[i], err = s.In(ctx, contexts(i))
			return err
		})
	}
	return runs, work.Wait()
}

// Conditions of Novel that are asked for by name.
const (
	AsTrained        = "as trained"
	NotNormalised    = "contexts not normalised"
	Swapped          = "sources swapped"
	SawtoothAndChord = "sawtooth 140, chord 150+210 Hz"
	SquareAndSine    = "square 80, sine 120 Hz"
)

// Novel are conditions for a network of two sources: the test as trained, contexts
// that are not normalised, and sources the network has not met (Fig 1-s6; the paper
// does not say which).
func (s Setup) Novel() ([]Condition, error) {
	contexts, err := s.draw(s.Contexts, forTest)
	if err != nil {
		return nil, err
	}
	wild, err := data.NewContexts("random", 2, 2, s.spec().Threshold, s.Seed)
	if err != nil {
		return nil, err
	}
	unnormalised, err := wild.Take(s.Contexts)
	if err != nil {
		return nil, err
	}
	own, seconds := s.Sources, s.spec().Duration
	pair := func(a, b *data.Sources, i, j int) *data.Sources {
		return &data.Sources{Names: []string{a.Names[i], b.Names[j]}, Signals: [][]float32{a.Signals[i], b.Signals[j]}}
	}
	ica := data.ICA([]float64{120, 80, 140}, seconds) // sine, square, sawtooth
	chords := data.Chords([]float64{100, 125, 150, 210}, seconds)
	return []Condition{
		{AsTrained, own, contexts},
		{NotNormalised, own, unnormalised},
		{Swapped, pair(own, own, 1, 0), contexts},
		{"chords 120+220, 100+145 Hz", data.Chords([]float64{120, 220, 100, 145}, seconds), contexts},
		{"sines 100, 180 Hz", data.Sines([]float64{100, 180}, seconds), contexts},
		{SawtoothAndChord, pair(ica, chords, 2, 1), contexts},
		{SquareAndSine, pair(ica, ica, 1, 0), contexts},
		{"sines 300, 450 Hz", data.Sines([]float64{300, 450}, seconds), contexts},
		{"sines 40, 60 Hz", data.Sines([]float64{40, 60}, seconds), contexts},
	}, nil
}
