package figure

import (
	"context"
	"fmt"
	"math"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/web/chart"
)

// repetitions of the freeze experiment.
var repetitions = Parameter{Name: "repetitions", Label: "Repetitions", Min: 1, Max: 400, Default: 40, Whole: true,
	Help: "Freeze experiments, each with two fresh contexts; the paper has 40."}

// fig5 is how feedback turns the population's subspace.
func fig5(ctx context.Context, r Request, b *builder) error {
	n, err := r.own(repetitions)
	if err != nil {
		return err
	}
	run, pca, err := r.Components(ctx, 5)
	if err != nil {
		return err
	}
	f, err := r.Freeze(ctx, n, pca)
	if err != nil {
		return err
	}
	a := f.Angles()
	b.turnNumbers(a, f.Returns)
	over := "repetitions"
	b.mean("error_intact", a.ErrorIntact, over)
	b.mean("error_frozen", a.ErrorFrozen, over)
	b.mean("error_restored", a.ErrorRestored, over)
	b.number("variance_explained_3pc", pca.Cumulative(3),
		fmt.Sprintf("%d contexts of %d test runs", experiment.ComponentRuns*len(run.Spans), experiment.ComponentRuns))
	b.frozenTrace(f.First, f.Turns[0])
	b.frozenModulation(f.First)
	b.space(f)
	b.projection(f.First, f.Turns[0])
	b.angles("d", a, f.Returns)
	b.distances("e", a)
	b.principalAngles(a)
	b.variance(run.Population(), pca)
	b.componentSpace(run, pca)
	b.verdict("%s", turned(mean(a.Frozen), mean(a.Restored), mean(a.SameSide), mean(a.OtherSide), mean(f.Returns)))
	return nil
}

// turnNumbers are the angles of panels d and e.
func (b *builder) turnNumbers(a experiment.Angles, returns []float64) {
	b.mean("angle_frozen_mean", a.Frozen, "repetitions")
	b.mean("angle_restored_mean", a.Restored, "repetitions")
	b.mean("angle_same_side_mean", a.SameSide, "repetitions")
	b.mean("angle_other_side_mean", a.OtherSide, "repetitions")
	rel := analysis.Relate(a.Distance, a.Restored)
	b.number("distance_angle_r", rel.R, fmt.Sprintf("%d repetitions, p = %s", rel.N, chart.Text(rel.P)))
	b.mean("angle_return_mean", returns, "repetitions")
}

// frozenTrace is panel a: outputs and sources round freezing and restoring.
func (b *builder) frozenTrace(p experiment.Run, turn analysis.Turn) {
	from, to := experiment.FreezeSamples-200, 2*experiment.FreezeSamples
	time := numbered(float64(from), 1, to-from)
	st := p.Stretch(from, to)
	for j := range 2 {
		s, y := st.S.Column(j), st.Y.Column(j)
		plot := chart.NewPlot(chart.Axis{Name: "time (samples); the context changes at 1000", Min: float64(from), Max: float64(to)}, chart.Axis{Name: "signal"})
		plot.Line(fmt.Sprintf("source s%d", j+1), time, s, chart.Style{Colour: chart.Stimulus, Width: 3})
		plot.Line(fmt.Sprintf("output y%d", j+1), time, y, chart.Style{Colour: chart.Source(j)})
		plot.Frozen(experiment.FreezeSamples, experiment.FreezeSamples+experiment.FrozenFor, "feedback frozen")
		b.panel(Panel{ID: fmt.Sprintf("a%d", j+1), See: released(turn),
			N:     "the first repetition; single samples; errors are of both outputs, the last of 200 samples",
			Table: chart.Columns("Output and source", []string{"sample", "source", "output"}, time, s, y)},
			plot, list("sample", time), list("s", s), list("y", y))
	}
}

// released says what freezing and restoring feedback do to the outputs.
func released(t analysis.Turn) string {
	s := fmt.Sprintf("The error ‖s − y‖ is %s in context 1, %s in context 2 with feedback frozen, and %s once it is restored",
		say(t.ErrorIntact), say(t.ErrorFrozen), say(t.ErrorRestored))
	switch {
	case !(t.ErrorRestored < farFromSources):
		return s + ": outputs do not return to their sources."
	case t.ErrorFrozen > turnsMore*t.ErrorRestored:
		return s + ": outputs are wrong as long as feedback is frozen, and return to their sources."
	}
	return s + ": freezing makes little difference here."
}

// frozenModulation is what panel a shows of the units: modulation while it is held.
func (b *builder) frozenModulation(p experiment.Run) {
	held, step := modulationHeat, mapStep(p)
	held.Frozen = [2]int{experiment.FreezeSamples / step, (experiment.FreezeSamples + experiment.FrozenFor) / step}
	b.modulationMap(Panel{ID: "a-modulation",
		See: fmt.Sprintf("From sample %d to %d modulation is held although the context has changed; by the end it is %s from where it was held, on average.",
			experiment.FreezeSamples, experiment.FreezeSamples+experiment.FrozenFor, say(moved(p.Whole("m")))),
		N: "the first repetition: one context of 1000 samples, another of which the first 500 are frozen",
	}, p, p.Blocks("m"), held)
}

// moved is how far modulation is at its end from where it was held, mean over units.
func moved(m analysis.Block) float64 {
	held, now := m.Row(experiment.FreezeSamples+experiment.FrozenFor-1), m.Row(m.T()-1)
	sum := 0.0
	for j := range held {
		sum += math.Abs(float64(now[j] - held[j]))
	}
	return sum / float64(len(held))
}

// phases of an experiment, with the colours they have in all panels.
var phases = []struct{ name, colour string }{
	{"context 1, intact", chart.Source1}, {"context 2, frozen", chart.Frozen}, {"context 2, restored", chart.Feedback},
}

// space is panel b: the population's path in (y1, y2, PC1).
func (b *builder) space(f experiment.Freezing) {
	s := chart.Space{X: "output y1", Y: "output y2", Z: "PC1 of the population"}
	var arrays []Array
	table := chart.Table{Caption: "Planes of the three phases",
		Columns: []string{"phase", "normal y1", "normal y2", "normal PC1", "angle to context 1 (degrees)"}}
	turn := f.Turns[0]
	for i, ph := range phases {
		from := experiment.Phases[i]
		st := f.First.Stretch(from, from+experiment.FrozenFor)
		y1, y2, pc := st.Y.Column(0), st.Y.Column(1), f.PCA.Scores(st.Z, 0)
		path := chart.Path{Name: ph.name, Colour: ph.colour}
		var rows [][]float64
		for k := 0; k < len(pc); k += 2 {
			path.Points = append(path.Points, [3]float64{y1[k], y2[k], pc[k]})
			rows = append(rows, []float64{y1[k], y2[k], pc[k]})
		}
		s.Paths = append(s.Paths, path)
		arrays = append(arrays, grid(fmt.Sprintf("phase%d", i+1), rows))
		nrm := turn.Normals[i]
		table.Rows = append(table.Rows, []any{ph.name, chart.Value(nrm[0]), chart.Value(nrm[1]), chart.Value(nrm[2]),
			chart.Value(analysis.Angle(turn.Normals[0], nrm))})
	}
	b.inSpace(Panel{ID: "b",
		See: fmt.Sprintf("Frozen, the path's plane is %s degrees from that of context 1; restored feedback turns it by %s.", say(turn.Frozen), say(turn.Restored)),
		N:   "the first repetition, 500 samples of each phase, every second; PC1 whitened, fitted on other contexts", Table: table}, s, arrays...)
}

// projection is panel c: what the readout sees.
func (b *builder) projection(p experiment.Run, turn analysis.Turn) {
	plot := chart.NewPlot(chart.Axis{Name: "output y1 (source s1)"}, chart.Axis{Name: "output y2 (source s2)"})
	y, s := p.Whole("y"), p.Whole("s")
	var arrays []Array
	columns, names := [][]float64{}, []string{}
	for i, ph := range phases {
		from := experiment.Phases[i]
		part := y.Slice(from, from+experiment.FrozenFor)
		y1, y2 := every(2, part.Column(0)), every(2, part.Column(1))
		plot.Line(ph.name, y1, y2, chart.Style{Colour: ph.colour, Bare: true})
		columns, names = append(columns, y1, y2), append(names, ph.name+" y1", ph.name+" y2")
		arrays = append(arrays, list(fmt.Sprintf("phase%d_y1", i+1), y1), list(fmt.Sprintf("phase%d_y2", i+1), y2))
	}
	src := s.Slice(experiment.Phases[2], experiment.Phases[2]+experiment.FrozenFor)
	plot.Line("sources", src.Column(0), src.Column(1), chart.Style{Colour: chart.Ink, Dash: "dotted", Bare: true})
	plot.Legend()
	b.panel(Panel{ID: "c",
		See: fmt.Sprintf("From the sources (dotted) the outputs are %s away with feedback intact, %s frozen, and %s restored.",
			say(turn.ErrorIntact), say(turn.ErrorFrozen), say(turn.ErrorRestored)),
		N: "the first repetition, 500 samples of each phase, every second", Table: chart.Columns("Outputs in three phases", names, columns...)}, plot, arrays...)
}
