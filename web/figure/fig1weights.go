package figure

import (
	"fmt"
	"math"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// effectiveWeights names the weights of a spatial network.
const effectiveWeights = "effective weights W_ro diag(m) W_x"

// shownContexts is over how many contexts panels of weights go.
const shownContexts = 6

// noWeights tells why a model has no weights to compare with the inverse; "" where it
// has.
func noWeights(sp spec.Spec) string {
	switch sp.Model {
	case spec.Dale:
		return "The Dalean network rectifies twice between stimuli and outputs, so that what it does to a stimulus " +
			"depends on the stimulus: there are no weights to compare with the inverse."
	case spec.Direct:
		return "The LSTM's readout is the output: no weights lie between stimuli and outputs that could be compared with the inverse."
	}
	return ""
}

// weightPanels are panel c: weights over contexts against the inverse, and their
// distance from it within a context.
func (b *builder) weightPanels(sp spec.Spec, run experiment.Run) {
	w := run.Weights()
	if b.absent("c") {
		b.number("late_weight_error", math.NaN(), "not for this model")
		return
	}
	course := analysis.WeightCourse(w, run.Inverses())
	b.mean("late_weight_error", course.PerContext, "contexts, second half of each")
	kind := "weights W"
	if diffuse(sp) == "" {
		kind = effectiveWeights
	}
	b.weightTraces("c", w, run, kind)
	b.course("c-error", "‖W − W*‖ (Frobenius)", chart.Feedback, course,
		fmt.Sprintf(seen(course.Late < weightsNear*course.Norm,
			"The weights come near the inverse: their distance is %s at its largest and %s late, where the inverses have a size of %s.",
			"The weights do not come near the inverse: their distance is %s at its largest and %s late, where the inverses have a size of %s."),
			say(course.Peak), say(course.Late), say(course.Norm)),
		fmt.Sprintf("mean ± sd over %d contexts, smoothed over 20 samples", len(w)))
}

// weightTraces draws weights (solid) over the inverse of each context (dotted).
func (b *builder) weightTraces(id string, w []analysis.Block, run experiment.Run, kind string) {
	inverses := run.Inverses()
	match := analysis.MatchWeights(w, inverses).Entries
	shown := min(shownContexts, len(w))
	entries, sources := w[0].N, run.S[0].N
	total := run.Spans[shown-1].To
	k := max(1, total/400)
	time := numbered(0, float64(k), (total+k-1)/k)
	plot := chart.NewPlot(chart.Axis{Name: "time (samples)"}, chart.Axis{Name: "weight"})
	names := []string{"sample"}
	columns := [][]float64{time}
	arrays := []Array{list("sample", time)}
	for e := range entries {
		values, ideal := make([]float64, 0, len(time)), make([]float64, 0, len(time))
		for t := 0; t < total; t += k {
			c := run.At(t)
			values = append(values, float64(w[c].Row(t - run.Spans[c].From)[e]))
			ideal = append(ideal, inverses[c][e])
		}
		name := fmt.Sprintf("w%d%d", e/sources+1, e%sources+1)
		colour := entryColour(e, sources)
		plot.Line(name+" of W*", time, ideal, chart.Style{Colour: colour, Dash: "dotted", Width: 2, Bare: true})
		plot.Line(name, time, values, chart.Style{Colour: colour})
		names = append(names, name, name+" of W*")
		columns = append(columns, values, ideal)
		arrays = append(arrays, list(name, values), list(name+"_inverse", ideal))
	}
	for c := 1; c < shown; c++ {
		plot.At(float64(run.Spans[c].From), "")
	}
	b.panel(Panel{ID: id,
		See: fmt.Sprintf(seen(match.R > weightsAlike,
			"With every change of context (dashed) the weights (solid) move to the entries of the inverse W* (dotted); at the ends of contexts r = %s.",
			"The weights (solid) do not come to lie on the entries of the inverse W* (dotted); at the ends of contexts r = %s."), say(match.R)),
		N:     fmt.Sprintf("the first %d contexts of the test run; %s", shown, kind),
		Table: chart.Columns("Weights over contexts", names, columns...)}, plot, arrays...)
}

// entryColour tells the weights of one output from those of another by hue: those
// that serve output i have the colour of source i, the first of them, then others.
func entryColour(e, sources int) string {
	hues := []string{chart.Source1, chart.Feedback, chart.Source3, chart.Source2, chart.Error, chart.Stimulus}
	if sources > 2 {
		return chart.Source(e / sources)
	}
	return hues[e%len(hues)]
}
