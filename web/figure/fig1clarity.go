package figure

import (
	"fmt"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/web/chart"
)

// correlations are panel d: how sources go with stimuli and with outputs; the latter
// is what it gives.
func (b *builder) correlations(run experiment.Run) analysis.Separation {
	x, y := analysis.Separate(run.S, run.X), analysis.Separate(run.S, run.Y)
	names := func(prefix string) []string {
		var n []string
		for i := range x.Sources {
			for j := range x.Units {
				n = append(n, fmt.Sprintf("s%d·%s%d", i+1, prefix, j+1))
			}
		}
		return n
	}
	table := chart.Table{Caption: "Correlation of sources with stimuli and outputs", Columns: []string{"pair", "mean r", "sd over contexts", "mean |r|"}}
	for k, stage := range []analysis.Separation{x, y} {
		for i, name := range names([]string{"x", "y"}[k]) {
			table.Rows = append(table.Rows, []any{name, chart.Value(stage.R[i]), chart.Value(stage.SD[i]), chart.Value(stage.Abs[i])})
		}
	}
	n := fmt.Sprintf("mean r ± sd over %d contexts", len(run.S))
	apart := func(p analysis.Separation) bool { return p.Own > withOwn && p.Cross < withOther }
	see := []string{
		fmt.Sprintf(seen(apart(x), "A stimulus goes with the source of its number by a mean |r| of %s, and with others by %s: sources are told apart.",
			"A stimulus goes with the source of its number by a mean |r| of %s, and with others by %s: they are mixed."), say(x.Own), say(x.Cross)),
		fmt.Sprintf(seen(apart(y), "An output goes with its own source (mean |r| %s) and with no other (%s).",
			"An output goes with its own source by a mean |r| of %s, and with others by %s: sources are not told apart well."), say(y.Own), say(y.Cross)),
	}
	for k, stage := range []analysis.Separation{x, y} {
		id, prefix := "d-stimuli", "x"
		if k == 1 {
			id, prefix = "d-outputs", "y"
		}
		plot := chart.NewPlot(chart.Axis{Name: "pair of source and " + map[string]string{"x": "stimulus", "y": "output"}[prefix], Categories: names(prefix)},
			chart.Axis{Name: "correlation r", Min: -1, Max: 1})
		var colours []string // of the outputs
		for i := range stage.R {
			if k == 1 {
				colours = append(colours, chart.Source(i%stage.Units))
			}
		}
		plot.Bars("r", stage.R, stage.SD, chart.Style{Colour: chart.Stimulus}, colours...)
		b.panel(Panel{ID: id, See: see[k], N: n, Table: table}, plot, list("r", stage.R), list("sd", stage.SD), list("abs", stage.Abs))
	}
	return y
}

// clarity draws the clarity of stimuli and outputs in every context.
func (b *builder) clarity(id string, run experiment.Run) {
	if b.absent(id) {
		return
	}
	x, y := analysis.SignalClarity(run.S, run.X).PerContext, analysis.SignalClarity(run.S, run.Y).PerContext
	violins := chart.Violins(chart.Axis{Name: "signal clarity (0: both sources alike, 1: one source alone)", Min: 0, Max: 1}, []chart.Group{
		{Name: "stimuli x", Values: x, Colour: chart.Stimulus}, {Name: "outputs y", Values: y, Colour: chart.Source1}})
	dx, dy := analysis.Describe(x), analysis.Describe(y)
	b.panel(Panel{ID: id,
		See: fmt.Sprintf(seen(dy.Min > clearContext && dx.Mean < clearContext,
			"Outputs are clear in every context (%s on average, %s at least), stimuli are not (%s).",
			"Outputs have a clarity of %s on average and %s at least, stimuli of %s."), say(dy.Mean), say(dy.Min), say(dx.Mean)),
		N: fmt.Sprintf("dots: %d contexts, each the mean over its units; diamonds: mean. Not normalised, as in Eq 19", len(x)),
		Table: chart.Columns("Signal clarity by context", []string{"context", "stimuli x", "outputs y"},
			numbered(1, 1, len(x)), x, y)}, violins, list("x", x), list("y", y))
}
