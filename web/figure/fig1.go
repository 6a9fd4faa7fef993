package figure

import (
	"context"
	"fmt"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/web/chart"
)

// fig1 is the proof of concept: signals round a change of context, weights against
// the inverse, correlations and clarity, and what noise does.
func fig1(ctx context.Context, r Request, b *builder) error {
	runs, err := r.AtNoise(ctx, append([]float64{r.Noise}, noiseLevels...))
	if err != nil {
		return err
	}
	run, noisy := runs[0], runs[1:]
	b.clarityNumbers(run)
	course := analysis.ErrorCourse(run.S, run.Y)
	b.mean("late_error", course.PerContext, "contexts, second half of each")
	b.number("peak_error", course.Peak,
		fmt.Sprintf("mean over %d contexts, at sample %d", len(run.S), course.PeakAt))
	b.signals(run)
	b.errorCourse("b-error", course, len(run.S))
	b.weightPanels(r.spec(), run)
	own := b.correlations(run)
	b.clarity("d-clarity", run)
	b.noise(noisy)
	b.verdict(seen(follow(course, own),
		"Outputs follow their sources: late in a context the error is %s, and an output goes with its own source by a mean |r| of %s, with another by %s.",
		"Outputs do not follow their sources: late in a context the error is %s, and an output goes with its own source by a mean |r| of %s, with another by %s."),
		say(course.Late), say(own.Own), say(own.Cross))
	return nil
}

// clarityNumbers are the clarities of stimuli and outputs.
func (b *builder) clarityNumbers(run experiment.Run) (x, y analysis.Clarity) {
	x, y = analysis.SignalClarity(run.S, run.X), analysis.SignalClarity(run.S, run.Y)
	b.mean("clarity_x", x.PerContext, "contexts")
	b.mean("clarity_y", y.PerContext, "contexts")
	return x, y
}

// before and after are how much of two contexts the panels of signals show, samples;
// soon and end are how much of the latter is right after the change, and settled.
const (
	shownOutputs = 4

	before = 150
	after  = 350
	soon   = 50
	end    = 100
)

// passing says how an output stands to its source round a change of context: s and y
// are what is shown, of which so many samples lie before the change.
func passing(s, y []float64, change int) string {
	late, settled := min(change+soon, len(s)), max(len(s)-end, change)
	first, next, last := meanDistance(s[:change], y[:change]), meanDistance(s[change:late], y[change:late]), meanDistance(s[settled:], y[settled:])
	numbers := fmt.Sprintf("The output is %s from its source before the change, on average, %s in the %d samples after it, and %s in the last %d shown",
		say(first), say(next), late-change, say(last), len(s)-settled)
	switch {
	case !(max(first, last) < nearSource):
		return numbers + ": it does not come to lie on the source."
	case next > 2*max(first, last):
		return numbers + ": it lies on the source, leaves it when the context changes, and comes back."
	}
	return numbers + ": it lies on the source before the change and after it."
}

// signals draws sources, stimuli and outputs round the change into the last but one
// context of the first three.
func (b *builder) signals(run experiment.Run) {
	k := min(2, len(run.Spans)-1)
	change := run.Spans[k].From
	from, to := max(change-before, run.Spans[k-1].From), min(change+after, run.Spans[k].To)
	time := numbered(float64(from-change), 1, to-from)
	get := func(name string, j int) []float64 { return run.Whole(name).Slice(from, to).Column(j) }
	sources := min(run.S[0].N, shownOutputs)
	for j := range sources {
		id := fmt.Sprintf("b-output%d", j+1)
		s, y, x := get("s", j), get("y", j), get("x", j)
		plot := chart.NewPlot(chart.Axis{Name: "time since the change of context (samples)"}, chart.Axis{Name: "signal"})
		plot.Line(fmt.Sprintf("source s%d", j+1), time, s, chart.Style{Colour: chart.Stimulus, Width: 3})
		plot.Line(fmt.Sprintf("output y%d", j+1), time, y, chart.Style{Colour: chart.Source(j)})
		plot.At(0, "new context")
		b.panel(Panel{ID: id, See: passing(s, y, change-from), N: "one change of context of the test run; single samples; distances are mean |s − y|",
			Table: chart.Columns("Signals round a change of context", []string{"sample", fmt.Sprintf("s%d", j+1), fmt.Sprintf("x%d", j+1), fmt.Sprintf("y%d", j+1)},
				time, s, x, y)}, plot, list("sample", time), list("s", s), list("x", x), list("y", y))
	}
	plot := chart.NewPlot(chart.Axis{Name: "time since the change of context (samples)"}, chart.Axis{Name: "stimulus"})
	var columns [][]float64
	var arrays []Array
	for j := range run.X[0].N {
		x := get("x", j)
		columns = append(columns, x)
		arrays = append(arrays, list(fmt.Sprintf("x%d", j+1), x))
		dash := ""
		if j%2 == 1 {
			dash = "dashed"
		}
		plot.Line(fmt.Sprintf("stimulus x%d", j+1), time, x, chart.Style{Colour: chart.Stimulus, Dash: dash})
	}
	plot.At(0, "new context")
	b.panel(Panel{ID: "b-stimuli",
		See: fmt.Sprintf("What the network is given: mixtures of the sources, in two contexts that are %s apart.",
			say(run.Spans[k-1].Context.Distance(run.Spans[k].Context))),
		N: "the same change of context; the distance is Frobenius",
		Table: chart.Columns("Stimuli round a change of context",
			append([]string{"sample"}, chart.Names("x", len(columns))...), append([][]float64{time}, columns...)...),
	}, plot, append([]Array{list("sample", time)}, arrays...)...)
}

// errorCourse draws how the error goes on within a context.
func (b *builder) errorCourse(id string, c analysis.Course, contexts int) {
	settled := "does not come to stay below twice its late value"
	if c.Settled >= 0 {
		settled = fmt.Sprintf("stays below twice its late value from sample %d on", c.Settled)
	}
	b.course(id, "error ‖s − y‖", chart.Error, c,
		fmt.Sprintf("The error peaks at sample %d and %s.", c.PeakAt, settled),
		fmt.Sprintf("mean ± sd over %d contexts, smoothed over 20 samples", contexts))
}

// course draws a deviation within contexts, mean ± sd.
func (b *builder) course(id, axis, colour string, c analysis.Course, see, n string) {
	time := numbered(0, 1, len(c.Mean))
	mean, sd := analysis.Smooth(c.Mean, 20), analysis.Smooth(c.SD, 20)
	low, high := make([]float64, len(mean)), make([]float64, len(mean))
	for i := range mean {
		low[i], high[i] = max(mean[i]-sd[i], 0), mean[i]+sd[i]
	}
	k := max(1, len(time)/500)
	plot := chart.NewPlot(chart.Axis{Name: "time since the change of context (samples)"}, chart.Axis{Name: axis, Zero: true})
	plot.Line("mean", every(k, time), every(k, mean), chart.Style{Colour: colour, Width: 2, Bare: true})
	plot.Band("± sd", every(k, time), every(k, low), every(k, high), chart.Style{Colour: colour})
	b.panel(Panel{ID: id, See: see, N: n,
		Table: chart.Columns(b.title(id), []string{"sample", "mean", "sd"}, time, c.Mean, c.SD)},
		plot, list("sample", time), list("mean", c.Mean), list("sd", c.SD))
}
