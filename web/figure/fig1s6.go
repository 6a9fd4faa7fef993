package figure

import (
	"context"
	"fmt"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// fig1s6 is where generalisation ends: other contexts, other sources.
func fig1s6(ctx context.Context, r Request) (*builder, error) {
	conditions, err := r.novelConditions()
	if err != nil {
		return nil, err
	}
	runs, err := r.playConditions(ctx, conditions)
	if err != nil {
		return nil, err
	}
	b := newBuilder(r, "fig1-s6")
	b.errorCourse("a", "Error within a context", analysis.ErrorCourse(runs[0].s, runs[0].y), len(runs[0].s))
	var names []string
	var mean, sd, order, late []float64
	table := chart.Table{Caption: "Clarity outside what was trained", Columns: []string{"condition", "clarity y", "sd over contexts", "clarity x", "late error", "contexts in which outputs keep their order"}}
	for i, p := range runs {
		c := analysis.Describe(analysis.SignalClarity(p.s, p.y).PerContext)
		x := analysis.Describe(analysis.SignalClarity(p.s, p.x).PerContext)
		e := analysis.ErrorCourse(p.s, p.y).Late
		o := analysis.Separate(p.s, p.y).Order
		names, mean, sd = append(names, conditions[i].name), append(mean, c.Mean), append(sd, c.SD)
		order, late = append(order, o), append(late, e)
		table.Rows = append(table.Rows, []any{conditions[i].name, chart.Value(c.Mean), chart.Value(c.SD), chart.Value(x.Mean), chart.Value(e), chart.Value(o)})
	}
	b.mean("clarity_control", "Clarity, as trained", "", analysis.SignalClarity(runs[0].s, runs[0].y).PerContext, "contexts")
	b.mean("clarity_new_contexts", "Clarity, rows of contexts not normalised", "", analysis.SignalClarity(runs[1].s, runs[1].y).PerContext, "contexts")
	b.mean("clarity_sawtooth_chord", "Clarity, sawtooth and chord as sources", "", analysis.SignalClarity(runs[5].s, runs[5].y).PerContext, "contexts")
	b.mean("clarity_square_sine", "Clarity, square and sine as sources", "", analysis.SignalClarity(runs[6].s, runs[6].y).PerContext, "contexts")
	b.mean("clarity_swapped", "Clarity, the two sources swapped", "", analysis.SignalClarity(runs[2].s, runs[2].y).PerContext, "contexts")
	plot := chart.NewPlot(chart.Axis{Categories: names}, chart.Axis{Name: "signal clarity", Min: 0, Max: 1})
	option, err := plot.Turned().Bars("clarity", mean, sd, chart.Style{Colour: chart.Source1}).Option()
	b.panel(Panel{ID: "b", Title: "Other contexts, other sources",
		See: "Near frequencies are unmixed nearly as well; other waveforms, far frequencies and contexts whose rows do not add up to one are not. Swapped sources look clear, but each output follows the wrong one: clarity does not notice order.",
		N:   fmt.Sprintf("mean ± sd over %d contexts. Tested only: nothing was trained again", len(runs[0].s)), Table: table},
		option, err, list("clarity", mean), list("sd", sd), list("late_error", late), list("order", order))
	b.novelTrace(r, runs[6])
	return b, nil
}

// novelConditions are the test as trained, with contexts that are not normalised,
// and with sources the network has not met.
func (r Request) novelConditions() ([]condition, error) {
	contexts, err := r.contexts(r.Contexts, forTest)
	if err != nil {
		return nil, err
	}
	wild, err := data.NewContexts("random", 2, 2, r.spec().Threshold, r.Seed)
	if err != nil {
		return nil, err
	}
	unnormalised, err := wild.Take(r.Contexts)
	if err != nil {
		return nil, err
	}
	own, seconds := r.Sources, r.spec().Duration
	pair := func(a, b *data.Sources, i, j int) *data.Sources {
		return &data.Sources{Names: []string{a.Names[i], b.Names[j]}, Signals: [][]float32{a.Signals[i], b.Signals[j]}}
	}
	ica := data.ICA([]float64{120, 80, 140}, seconds) // sine, square, sawtooth
	chords := data.Chords([]float64{100, 125, 150, 210}, seconds)
	return []condition{
		{"as trained", own, contexts},
		{"contexts not normalised", own, unnormalised},
		{"sources swapped", pair(own, own, 1, 0), contexts},
		{"chords 120+220, 100+145 Hz", data.Chords([]float64{120, 220, 100, 145}, seconds), contexts},
		{"sines 100, 180 Hz", data.Sines([]float64{100, 180}, seconds), contexts},
		{"sawtooth 140, chord 150+210 Hz", pair(ica, chords, 2, 1), contexts},
		{"square 80, sine 120 Hz", pair(ica, ica, 1, 0), contexts},
		{"sines 300, 450 Hz", data.Sines([]float64{300, 450}, seconds), contexts},
		{"sines 40, 60 Hz", data.Sines([]float64{40, 60}, seconds), contexts},
	}, nil
}

// novelTrace shows outputs for sources that the network has not met.
func (b *builder) novelTrace(r Request, p played) {
	last := len(p.s) - 1
	to := p.s[last].T()
	from := max(0, to-400)
	time := numbered(float64(from), 1, to-from)
	s, y := p.s[last].Slice(from, to).Column(0), p.y[last].Slice(from, to).Column(0)
	plot := chart.NewPlot(chart.Axis{Name: "time since the change of context (samples)"}, chart.Axis{Name: "signal"})
	plot.Line("source s1", time, s, chart.Style{Colour: chart.Stimulus, Width: 3}).Line("output y1", time, y, chart.Style{Colour: chart.Source1})
	option, err := plot.Option()
	b.panel(Panel{ID: "c", Title: "A square wave in place of what was trained",
		See: "The output is not the source that the network has never met.", N: "the end of the last context; single samples. Tested only",
		Table: chart.Columns("Square wave and output", []string{"sample", "s1", "y1"}, time, s, y)}, option, err,
		list("sample", time), list("s", s), list("y", y))
	w, _, why := r.weights(p)
	if w == nil {
		b.absent("d", "Weights for new sources", why)
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
