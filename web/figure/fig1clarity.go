package figure

import (
	"fmt"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/web/chart"
)

// correlations are panel d: how sources go with stimuli and with outputs.
func (b *builder) correlations(run experiment.Run) {
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
	see := fmt.Sprintf(seen(y.Own > 0.9 && y.Cross < 0.2, "Stimuli go with all sources; output i goes with source i (mean |r| %.2g) and with no other (%.2g).",
		"Output i goes with source i by a mean |r| of %.2g, and with the others by %.2g: sources are not told apart well."), y.Own, y.Cross)
	for k, stage := range []analysis.Separation{x, y} {
		id, title, prefix := "d-stimuli", "Correlations of the stimuli", "x"
		if k == 1 {
			id, title, prefix = "d-outputs", "Correlations of the outputs", "y"
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
		b.panel(Panel{ID: id, Title: title, See: see, N: n, Table: table}, plot, list("r", stage.R), list("sd", stage.SD), list("abs", stage.Abs))
	}
}

// clarity draws the clarity of stimuli and outputs in every context.
func (b *builder) clarity(id string, run experiment.Run) {
	title := "Signal clarity"
	if run.S[0].N != 2 {
		b.absent(id, title, fmt.Sprintf("Clarity is defined for two sources; with %d, the correlations say how well they are told apart.", run.S[0].N))
		return
	}
	x, y := analysis.SignalClarity(run.S, run.X).PerContext, analysis.SignalClarity(run.S, run.Y).PerContext
	violins := chart.Violins(chart.Axis{Name: "signal clarity (0: both sources alike, 1: one source alone)", Min: 0, Max: 1}, []chart.Group{
		{Name: "stimuli x", Values: x, Colour: chart.Stimulus}, {Name: "outputs y", Values: y, Colour: chart.Source1}})
	dx, dy := analysis.Describe(x), analysis.Describe(y)
	b.panel(Panel{ID: id, Title: title,
		See: fmt.Sprintf(seen(dy.Min > 0.8, "Outputs are clear in every context (%.2f on average, %.2f at least), stimuli are not (%.2f).",
			"Outputs have a clarity of %.2f on average and %.2f at least, stimuli of %.2f."), dy.Mean, dy.Min, dx.Mean),
		N: fmt.Sprintf("dots: %d contexts, each the mean over its units; diamonds: mean. Not normalised, as in Eq 19", len(x)),
		Table: chart.Columns("Signal clarity by context", []string{"context", "stimuli x", "outputs y"},
			numbered(1, 1, len(x)), x, y)}, violins, list("x", x), list("y", y))
}
