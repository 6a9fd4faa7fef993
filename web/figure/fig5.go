package figure

import (
	"context"
	"fmt"

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
	b.mean("error_intact", "Error with feedback intact", "", a.ErrorIntact, over)
	b.mean("error_frozen", "Error with feedback frozen", "", a.ErrorFrozen, over)
	b.mean("error_restored", "Error after feedback was restored, last 200 samples", "", a.ErrorRestored, over)
	b.number("variance_explained_3pc", "Variance in the first three components", "", pca.Cumulative(3),
		fmt.Sprintf("%d contexts of %d test runs", experiment.ComponentRuns*len(run.Spans), experiment.ComponentRuns))
	b.frozenTrace(f.First, f.Turns[0])
	b.frozenModulation(f.First)
	b.space(f)
	b.projection(f.First)
	b.angles("d", a, f.Returns)
	b.distances("e", a)
	b.principalAngles(a)
	b.variance(run.Population(), pca)
	b.componentSpace(run, pca)
	return nil
}

// turnNumbers are the angles of panels d and e.
func (b *builder) turnNumbers(a experiment.Angles, returns []float64) {
	b.mean("angle_frozen_mean", "Angle when the context changes and feedback is frozen", "degrees", a.Frozen, "repetitions")
	b.mean("angle_restored_mean", "Angle once feedback is restored", "degrees", a.Restored, "repetitions")
	b.mean("angle_same_side_mean", "… contexts on the same side of the square", "degrees", a.SameSide, "repetitions")
	b.mean("angle_other_side_mean", "… contexts on different sides", "degrees", a.OtherSide, "repetitions")
	rel := analysis.Relate(a.Distance, a.Restored)
	b.number("distance_angle_r", "Context distance against the restored angle, r", "", rel.R, fmt.Sprintf("%d repetitions, p = %s", rel.N, chart.Text(rel.P)))
	b.mean("angle_return_mean", "Angle between two visits to a context, another between them", "degrees", returns, "repetitions")
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
		b.panel(Panel{ID: fmt.Sprintf("a%d", j+1), Title: fmt.Sprintf("Output %d with feedback frozen and restored", j+1),
			See: seen(turn.ErrorRestored < farFromSources,
				"In the new context the output is wrong as long as feedback is frozen, and returns to its source once it is restored.",
				"The output does not return to its source once feedback is restored."),
			N: "the first repetition; single samples", Table: chart.Columns("Output and source", []string{"sample", "source", "output"}, time, s, y)},
			plot, list("sample", time), list("s", s), list("y", y))
	}
}

// frozenModulation is what panel a shows of the units: modulation while it is held.
func (b *builder) frozenModulation(p experiment.Run) {
	held, step := modulationHeat, mapStep(p)
	held.Frozen = [2]int{experiment.FreezeSamples / step, (experiment.FreezeSamples + experiment.FrozenFor) / step}
	b.modulationMap(Panel{ID: "a-modulation", Title: "Modulation is held while feedback is frozen",
		See: "From sample 1000 to 1500 nothing changes although the context has; then modulation moves to what the new context needs.",
		N:   "the first repetition: one context of 1000 samples, another of which the first 500 are frozen",
	}, p, p.Blocks("m"), held)
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
	b.inSpace(Panel{ID: "b", Title: "The population's path in space",
		See: fmt.Sprintf("Frozen, the path is %.1f degrees off the plane of context 1; once feedback is restored, %.0f degrees.", turn.Frozen, turn.Restored),
		N:   "the first repetition, 500 samples of each phase, every second; PC1 whitened, fitted on other contexts", Table: table}, s, arrays...)
}

// projection is panel c: what the readout sees.
func (b *builder) projection(p experiment.Run) {
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
	b.panel(Panel{ID: "c", Title: "What the readout sees",
		See: "With feedback intact and restored the outputs should lie on the sources (dotted); frozen, the same plane holds them turned and stretched.",
		N:   "the first repetition, 500 samples of each phase, every second", Table: chart.Columns("Outputs in three phases", names, columns...)}, plot, arrays...)
}
