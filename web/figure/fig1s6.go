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
	b.errorCourse("a", analysis.ErrorCourse(control.S, control.Y), len(control.S))
	b.novelNumbers(tested)
	b.novelBars(conditions, runs)
	b.novelTrace(r.spec(), tested[experiment.SquareAndSine])
	return nil
}

// novelNumbers are the clarities of some conditions by their name.
func (b *builder) novelNumbers(tested map[string]experiment.Run) {
	for _, n := range []struct{ name, condition string }{
		{"clarity_control", experiment.AsTrained},
		{"clarity_new_contexts", experiment.NotNormalised},
		{"clarity_sawtooth_chord", experiment.SawtoothAndChord},
		{"clarity_square_sine", experiment.SquareAndSine},
		{"clarity_swapped", experiment.Swapped},
	} {
		run := tested[n.condition]
		b.mean(n.name, analysis.SignalClarity(run.S, run.Y).PerContext, "contexts")
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
	see := transfer(names, mean, order)
	b.verdict("%s", see)
	plot := chart.NewPlot(chart.Axis{Categories: names}, chart.Axis{Name: "signal clarity", Min: 0, Max: 1})
	plot.Turned().Bars("clarity", mean, sd, chart.Style{Colour: chart.Source1})
	b.panel(Panel{ID: "b", See: see,
		N: fmt.Sprintf("mean ± sd over %d contexts. Tested only: nothing was trained again", len(runs[0].S)), Table: table},
		plot, list("clarity", mean), list("sd", sd), list("late_error", late), list("order", order))
}

// transfer says under which conditions clarity is kept; the first is that of training.
// Order is the share of contexts in which every output follows its own source.
func transfer(names []string, clarity, order []float64) string {
	var kept, lost, wrong []string
	for i, name := range names[1:] {
		switch {
		case !(clarity[i+1] > clarity[0]-clearLoss):
			lost = append(lost, name)
		case order[i+1] < 0.5 && order[0] >= 0.5:
			wrong = append(wrong, name)
		default:
			kept = append(kept, name)
		}
	}
	if !(clarity[0] > clearOutputs) {
		return fmt.Sprintf("As trained the outputs are not clear (%s): other conditions tell nothing of generalisation.", say(clarity[0]))
	}
	s := fmt.Sprintf("As trained the clarity is %s. Within %g of it: %s. Lower: %s.", say(clarity[0]), clearLoss, enumerate(kept), enumerate(lost))
	if len(wrong) > 0 {
		s += fmt.Sprintf(" As clear, but with outputs that follow the wrong source, which clarity does not notice: %s.", enumerate(wrong))
	}
	return s
}

// novelTrace shows outputs for sources that the network has not met.
func (b *builder) novelTrace(sp spec.Spec, p experiment.Run) {
	last := len(p.S) - 1
	to := p.S[last].T()
	from := max(0, to-400)
	time := numbered(float64(from), 1, to-from)
	s, y := p.S[last].Slice(from, to).Column(0), p.Y[last].Slice(from, to).Column(0)
	distance := meanDistance(s, y)
	plot := chart.NewPlot(chart.Axis{Name: "time since the change of context (samples)"}, chart.Axis{Name: "signal"})
	plot.Line("source s1", time, s, chart.Style{Colour: chart.Stimulus, Width: 3}).Line("output y1", time, y, chart.Style{Colour: chart.Source1})
	b.panel(Panel{ID: "c",
		See: fmt.Sprintf(seen(distance < nearSource, "The output lies on the square wave: mean |s − y| is %s, and r = %s.",
			"The output is not the square wave: mean |s − y| is %s, and r = %s."), say(distance), say(analysis.Relate(s, y).R)),
		N:     "the end of the last context; single samples. Tested only",
		Table: chart.Columns("Square wave and output", []string{"sample", "s1", "y1"}, time, s, y)}, plot,
		list("sample", time), list("s", s), list("y", y))
	if b.absent("d") {
		return
	}
	b.weightTraces("d", p.Weights(), p, "sources square 80 Hz and sine 120 Hz")
}

// twoSources tells why a figure is not for a model with another number of them.
func twoSources(sp spec.Spec) string {
	if sp.Dim != 2 {
		return fmt.Sprintf("it is defined for two sources, and this model has %d", sp.Dim)
	}
	return ""
}
