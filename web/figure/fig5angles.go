package figure

import (
	"fmt"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/web/chart"
)

// angles draws how far the plane turned, by what changed.
func (b *builder) angles(id string, a experiment.Angles, returns []float64) {
	groups := []chart.Group{
		{Name: "context changed", Values: a.Frozen, Colour: chart.Frozen},
		{Name: "feedback restored", Values: a.Restored, Colour: chart.Feedback},
		{Name: "… same side", Values: a.SameSide, Colour: chart.Feedback},
		{Name: "… other side", Values: a.OtherSide, Colour: chart.Feedback},
		{Name: "back to context 1", Values: returns, Colour: chart.Source1},
	}
	table := chart.Table{Caption: "Angle to the plane of context 1, degrees", Columns: []string{"what changed", "repetitions", "mean", "sd", "least", "largest"}}
	var arrays []Array
	for i, g := range groups {
		d := analysis.Describe(g.Values)
		table.Rows = append(table.Rows, []any{g.Name, d.N, chart.Value(d.Mean), chart.Value(d.SD), chart.Value(d.Min), chart.Value(d.Max)})
		arrays = append(arrays, list([]string{"frozen", "restored", "same_side", "other_side", "return"}[i], g.Values))
	}
	violins := chart.Violins(chart.Axis{Name: "angle to the plane of context 1 (degrees)", Min: 0, Max: 90}, groups)
	restored := analysis.Describe(a.Restored)
	b.panel(Panel{ID: id,
		See: turned(mean(a.Frozen), restored.Mean, mean(a.SameSide), mean(a.OtherSide), mean(returns)),
		N: fmt.Sprintf("dots: %d repetitions with two fresh contexts each (%d for the way back); diamonds: means. "+
			"Planes in (y1, y2, PC1); PC1 fitted on %d test runs of other contexts (the paper: on one)",
			restored.N, len(returns), experiment.ComponentRuns), Table: table}, violins, arrays...)
}

// distances draws the angle of restored feedback against the distance of the contexts.
func (b *builder) distances(id string, a experiment.Angles) {
	rel := analysis.Relate(a.Distance, a.Restored)
	plot := chart.NewPlot(chart.Axis{Name: "distance of the two contexts (Frobenius)", Zero: true},
		chart.Axis{Name: "angle after feedback was restored (degrees)", Min: 0, Max: 90})
	plot.Points("repetition", a.Distance, a.Restored, chart.Style{Colour: chart.Feedback})
	b.panel(Panel{ID: id,
		See: fmt.Sprintf("Distance and angle go together by r = %s (p = %s): %s.", say(rel.R), say(rel.P),
			trend(rel, "the further the contexts, the larger the angle", "the further the contexts, the smaller the angle")),
		N:     fmt.Sprintf("one dot for each of %d repetitions", rel.N),
		Table: chart.Columns("Distance of contexts and angle", []string{"distance", "angle (degrees)"}, a.Distance, a.Restored)},
		plot, list("distance", a.Distance), list("angle", a.Restored))
}

// principalAngles shows the same without a choice of three axes.
func (b *builder) principalAngles(a experiment.Angles) {
	violins := chart.Violins(chart.Axis{Name: "larger principal angle (degrees)", Min: 0, Max: 90}, []chart.Group{
		{Name: "context changed", Values: a.FrozenAll, Colour: chart.Frozen}, {Name: "feedback restored", Values: a.RestoredAll, Colour: chart.Feedback}})
	f, r := analysis.Describe(a.FrozenAll), analysis.Describe(a.RestoredAll)
	b.panel(Panel{ID: "d-all",
		See: fmt.Sprintf("Between the planes that hold most of the activity of all units lie %s degrees after a new context alone, "+
			"and %s after feedback was restored.",
			say(f.Mean), say(r.Mean)),
		N:     fmt.Sprintf("dots: %d repetitions; diamonds: means. Not in the paper", r.N),
		Table: chart.Columns("Larger principal angle, degrees", []string{"frozen", "restored"}, a.FrozenAll, a.RestoredAll)},
		violins, list("frozen", a.FrozenAll), list("restored", a.RestoredAll))
}

// variance is supplement 1a: variance explained over all contexts and within one.
func (b *builder) variance(z []analysis.Block, pca analysis.PCA) {
	components := len(pca.Ratio)
	all, one, sd := make([]float64, components), make([]float64, components), make([]float64, components)
	within := make([][]float64, components)
	var two []float64
	for _, block := range z {
		p, ok := analysis.Principal([]analysis.Block{block.Slice(block.T()/2, block.T())}, components, false)
		if !ok {
			continue
		}
		two = append(two, p.Cumulative(2))
		for k := range components {
			within[k] = append(within[k], p.Cumulative(k+1))
		}
	}
	for k := range components {
		all[k] = pca.Cumulative(k + 1)
		d := analysis.Describe(within[k])
		one[k], sd[k] = d.Mean, d.SD
	}
	at := numbered(1, 1, components)
	plot := chart.NewPlot(chart.Axis{Name: "components", Min: 1, Max: float64(components)}, chart.Axis{Name: "variance explained (share)", Min: 0, Max: 1})
	plot.Line("one context", at, one, chart.Style{Colour: chart.Source1, Width: 2}).Spread("± sd", at, one, sd, chart.Style{Colour: chart.Source1})
	plot.Line("all contexts", at, all, chart.Style{Colour: chart.Feedback, Width: 2})
	d := analysis.Describe(two)
	b.panel(Panel{ID: "s1a",
		See: fmt.Sprintf("Within a settled context two components hold %s %% of the variance (%s %% at least); "+
			"over all contexts two hold %s %%, three %s %%.", say(100*d.Mean), say(100*d.Min), say(100*pca.Cumulative(2)), say(100*pca.Cumulative(3))),
		N:     fmt.Sprintf("one context: mean ± sd over the second halves of %d contexts; all: one fit to %d", d.N, experiment.ComponentRuns*d.N),
		Table: chart.Columns("Variance explained, cumulative", []string{"components", "one context", "sd", "all contexts"}, at, one, sd, all)},
		plot, list("components", at), list("one", one), list("sd", sd), list("all", all), list("two_components", two))
}

// componentSpace is supplement 1b: five contexts in the space of three components.
func (b *builder) componentSpace(run experiment.Run, pca analysis.PCA) {
	z := run.Population()
	if b.absent("s1b") {
		return
	}
	s := chart.Space{X: "PC1", Y: "PC2", Z: "PC3"}
	var arrays []Array
	table := chart.Table{Caption: "Contexts shown", Columns: []string{"context", "a", "b"}}
	above := 0 // contexts with a > b
	for k := range min(5, len(z)) {
		late := z[k].Slice(max(0, z[k].T()-200), z[k].T())
		path := chart.Path{Name: fmt.Sprintf("context %d", k+1), Colour: chart.Source(k)}
		p1, p2, p3 := pca.Scores(late, 0), pca.Scores(late, 1), pca.Scores(late, 2)
		var rows [][]float64
		for i := range p1 {
			path.Points = append(path.Points, [3]float64{p1[i], p2[i], p3[i]})
			rows = append(rows, []float64{p1[i], p2[i], p3[i]})
		}
		s.Paths = append(s.Paths, path)
		arrays = append(arrays, grid(fmt.Sprintf("context%d", k+1), rows))
		a := run.Spans[k].Context.A
		if a[0] > a[2] {
			above++
		}
		table.Rows = append(table.Rows, []any{k + 1, chart.Value(a[0]), chart.Value(a[2])})
	}
	b.inSpace(Panel{ID: "s1b",
		See: fmt.Sprintf("Late activity in %d contexts, %d of them on the side a > b of the square; "+
			"the three components hold %s %% of the variance over all contexts.",
			len(s.Paths), above, say(100*pca.Cumulative(3))),
		N: "the last 200 samples of five contexts of the test run; components whitened", Table: table}, s, arrays...)
}
