package figure

import (
	"context"
	"fmt"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// fig1s6 is where generalisation ends: other contexts, other sources.
func fig1s6(ctx context.Context, r Request, b *builder) error {
	conditions, err := r.Novel()
	if err != nil {
		return err
	}
	runs, err := r.Under(ctx, conditions)
	if err != nil {
		return err
	}
	tested := map[string]experiment.Run{}
	for i, c := range conditions {
		tested[c.Name] = runs[i]
	}
	control := tested[experiment.AsTrained]
	b.errorCourse("a", "Error within a context", analysis.ErrorCourse(control.S, control.Y), len(control.S))
	b.novelNumbers(tested)
	b.novelBars(conditions, runs)
	b.novelTrace(tested[experiment.SquareAndSine])
	return nil
}

// novelNumbers are the clarities of some conditions by their name.
func (b *builder) novelNumbers(tested map[string]experiment.Run) {
	for _, n := range []struct{ name, label, condition string }{
		{"clarity_control", "Clarity, as trained", experiment.AsTrained},
		{"clarity_new_contexts", "Clarity, rows of contexts not normalised", experiment.NotNormalised},
		{"clarity_sawtooth_chord", "Clarity, sawtooth and chord as sources", experiment.SawtoothAndChord},
		{"clarity_square_sine", "Clarity, square and sine as sources", experiment.SquareAndSine},
		{"clarity_swapped", "Clarity, the two sources swapped", experiment.Swapped},
	} {
		run := tested[n.condition]
		b.mean(n.name, n.label, "", analysis.SignalClarity(run.S, run.Y).PerContext, "contexts")
	}
}

// novelBars is panel b: clarity by condition.
func (b *builder) novelBars(conditions []experiment.Condition, runs []experiment.Run) {
	var names []string
	var mean, sd, order, late []float64
	table := chart.Table{Caption: "Clarity outside what was trained",
		Columns: []string{"condition", "clarity y", "sd over contexts", "clarity x", "late error", "contexts in which outputs keep their order"}}
	for i, p := range runs {
		c := analysis.Describe(analysis.SignalClarity(p.S, p.Y).PerContext)
		x := analysis.Describe(analysis.SignalClarity(p.S, p.X).PerContext)
		e := analysis.ErrorCourse(p.S, p.Y).Late
		o := analysis.Separate(p.S, p.Y).Order
		names, mean, sd = append(names, conditions[i].Name), append(mean, c.Mean), append(sd, c.SD)
		order, late = append(order, o), append(late, e)
		table.Rows = append(table.Rows, []any{conditions[i].Name,
			chart.Value(c.Mean), chart.Value(c.SD), chart.Value(x.Mean), chart.Value(e), chart.Value(o)})
	}
	plot := chart.NewPlot(chart.Axis{Categories: names}, chart.Axis{Name: "signal clarity", Min: 0, Max: 1})
	plot.Turned().Bars("clarity", mean, sd, chart.Style{Colour: chart.Source1})
	b.panel(Panel{ID: "b", Title: "Other contexts, other sources",
		See: "Near frequencies are unmixed nearly as well; other waveforms, far frequencies and contexts whose rows " +
			"do not add up to one are not. Swapped sources look clear, but each output follows the wrong one: " +
			"clarity does not notice order.",
		N: fmt.Sprintf("mean ± sd over %d contexts. Tested only: nothing was trained again", len(runs[0].S)), Table: table},
		plot, list("clarity", mean), list("sd", sd), list("late_error", late), list("order", order))
}

// novelTrace shows outputs for sources that the network has not met.
func (b *builder) novelTrace(p experiment.Run) {
	last := len(p.S) - 1
	to := p.S[last].T()
	from := max(0, to-400)
	time := numbered(float64(from), 1, to-from)
	s, y := p.S[last].Slice(from, to).Column(0), p.Y[last].Slice(from, to).Column(0)
	plot := chart.NewPlot(chart.Axis{Name: "time since the change of context (samples)"}, chart.Axis{Name: "signal"})
	plot.Line("source s1", time, s, chart.Style{Colour: chart.Stimulus, Width: 3}).Line("output y1", time, y, chart.Style{Colour: chart.Source1})
	b.panel(Panel{ID: "c", Title: "A square wave in place of what was trained",
		See: "The output is not the source that the network has never met.", N: "the end of the last context; single samples. Tested only",
		Table: chart.Columns("Square wave and output", []string{"sample", "s1", "y1"}, time, s, y)}, plot,
		list("sample", time), list("s", s), list("y", y))
	w := p.Weights()
	if w == nil {
		b.absent("d", "Weights for new sources", noWeights(p))
		return
	}
	b.weightTraces("d", w, p, "sources square 80 Hz and sine 120 Hz")
}

// twoSources tells why a figure is not for a model with another number of them.
func twoSources(sp spec.Spec) string {
	if sp.Dim != 2 {
		return fmt.Sprintf("it is defined for two sources, and this model has %d", sp.Dim)
	}
	return ""
}
