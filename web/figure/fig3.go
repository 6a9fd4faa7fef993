package figure

import (
	"context"
	"fmt"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// diffuse tells why a figure is not for a model without diffuse feedback to units.
func diffuse(sp spec.Spec) string {
	if sp.Model == spec.Spatial || sp.Model == spec.Ideal {
		return ""
	}
	return "it is about units that diffuse feedback multiplies: the spatial and the ideal model"
}

// fig3 is spatially diffuse modulation: its kernel, its switching, what it can reach
// and the effective weights it makes.
func fig3(ctx context.Context, r Request) (*builder, error) {
	contexts, run, err := r.testRun(ctx)
	if err != nil {
		return nil, err
	}
	b := newBuilder(r, "fig3")
	m := run.blocks("m")
	b.mean("clarity_y", "Signal clarity of the outputs", "", analysis.SignalClarity(run.s, run.y).PerContext, "contexts")
	s := analysis.Switch(m)
	b.number("modulation_within_sd", "Modulation within contexts, sd", "", s.Within, fmt.Sprintf("sd over the second half, mean over %d units and %d contexts", m[0].N, len(m)))
	b.number("modulation_between_sd", "Modulation between contexts, sd", "", s.Between, fmt.Sprintf("sd over %d contexts of late means, mean over %d units", len(m), m[0].N))
	w, _, _ := r.weights(run)
	match := analysis.MatchWeights(w, run.inverses())
	b.number("effective_weight_correlation", "Effective weights against the inverse, r", "", match.Entries.R, fmt.Sprintf("%d entries at the end of %d contexts", match.Entries.N, len(w)))
	b.mean("effective_weight_error", "Distance of the effective weights from the inverse", "", match.Error, "context ends")
	b.kernel(r)
	b.modulationMap("c", run, m, "modulation m", true, s)
	b.errorCourse("c-error", "Error after a change of context", analysis.ErrorCourse(run.s, run.y), len(run.s))
	b.reach(r, contexts)
	b.matchPanel(match)
	b.weightTraces("s1d", w, run, "effective weights W_ro diag(m) W_x")
	return b, nil
}

// kernel is panel b: how strongly each feedback signal reaches each unit.
func (b *builder) kernel(r Request) {
	k := r.File.Network.Params.Tensor("K")
	units, signals := k.Shape[0], k.Shape[1]
	at := numbered(0, 1, units)
	plot := chart.NewPlot(chart.Axis{Name: "unit (on a ring)"}, chart.Axis{Name: "reach of a feedback signal", Min: 0, Max: 1})
	columns, names := [][]float64{at}, []string{"unit"}
	for j := range signals {
		v := make([]float64, units)
		for i := range v {
			v[i] = float64(k.Data[i*signals+j])
		}
		columns, names = append(columns, v), append(names, fmt.Sprintf("signal %d", j+1))
		plot.Line(fmt.Sprintf("signal %d", j+1), at, v, chart.Style{Colour: entryColour(j, 2)})
	}
	option, err := plot.Legend().Option()
	var arrays []Array
	for i, c := range columns {
		arrays = append(arrays, list(names[i], c))
	}
	b.panel(Panel{ID: "b", Title: "Reach of the feedback signals",
		See: fmt.Sprintf("%d signals reach %d units; each reaches many, and none reaches all alike.", signals, units),
		N:   fmt.Sprintf("the model's kernel, width %g, every signal's largest reach is 1", r.spec().Width), Table: chart.Columns("Kernel", names, columns...)}, option, err, arrays...)
}

// heatBins and mapContexts bound the size of heat maps over time.
const (
	heatBins    = 160
	mapContexts = 8
)

// roundStep is the least of 1, 2, 5, 10, 20 … that leaves at most so many of a total.
func roundStep(total, most int) int {
	for decade := 1; ; decade *= 10 {
		for _, k := range []int{decade, 2 * decade, 5 * decade} {
			if k*most >= total {
				return k
			}
		}
	}
}

// modulationMap draws modulation or gains of all units over contexts.
func (b *builder) modulationMap(id string, run played, m []analysis.Block, measure string, diverging bool, s analysis.Switching) {
	shown := min(mapContexts, len(m))
	total := run.spans[shown-1].To
	k := roundStep(total, heatBins)
	rows := make([][]float64, m[0].N)
	var time []float64
	for t := 0; t < total; t += k {
		c := contextAt(run, t)
		time = append(time, float64(t))
		for j, v := range m[c].Row(t - run.spans[c].From) {
			rows[j] = append(rows[j], float64(v))
		}
	}
	h := chart.HeatMap{X: chart.Axis{Name: "time (samples)", Categories: labels(time)}, Y: chart.Axis{Name: "unit", Categories: labels(numbered(1, 1, len(rows)))},
		Values: rows, Measure: measure, Diverging: diverging}
	if !diverging {
		h.Min, h.Max = 0, 1
	}
	option, err := h.Option()
	columns := [][]float64{time}
	names := []string{"sample"}
	for j := 0; j < len(rows); j += max(1, len(rows)/10) {
		columns, names = append(columns, rows[j]), append(names, fmt.Sprintf("unit %d", j+1))
	}
	p := Panel{ID: id, Title: "Modulation switches with the context",
		See: fmt.Sprintf(seen(s.Within < s.Between/3, "Modulation differs between contexts (sd %.2g) and stays as it is within one (sd %.2g).",
			"Modulation differs between contexts by %.2g (sd), and within one by %.2g."), s.Between, s.Within),
		N:     fmt.Sprintf("the first %d contexts of %d samples, every %dth sample", shown, run.spans[0].To-run.spans[0].From, k),
		Table: chart.Columns(measure+" over time, some units", names, columns...)}
	b.panel(p, option, err, list("sample", time), grid("units", rows))
}

// Values of the sweeps of panels d and e: signals, and widths of which the last
// reaches all units alike.
var (
	signalCounts = []int{1, 2, 3, 4, 6, 8, 10}
	widths       = []float64{0, 0.1, 0.2, 0.5, 1, 2, 5, spec.Uniform}
)

// reach is panels d and e: the best that any feedback could do through these
// weights, by the number of signals and by the width of their reach.
func (b *builder) reach(r Request, contexts []data.Context) {
	if why := twoSources(r.spec()); why != "" {
		b.absent("d", "How many signals are enough", why)
		return
	}
	sp := r.spec()
	var counts []float64
	var byCount, byWidth []string
	var clarity, failure, clarityW, failureW []float64
	for _, n := range signalCounts {
		c, e := r.bestOf(contexts, n, sp.Width)
		counts, byCount = append(counts, float64(n)), append(byCount, label(float64(n)))
		clarity, failure = append(clarity, c), append(failure, e)
	}
	for _, w := range widths {
		c, e := r.bestOf(contexts, sp.Feedback, w)
		name := label(w)
		if w >= spec.Uniform {
			name = "uniform"
		}
		byWidth = append(byWidth, name)
		clarityW, failureW = append(clarityW, c), append(failureW, e)
	}
	n := fmt.Sprintf("mean over %d contexts; closed form (least squares), the model's own W_x and W_ro: nothing trained or played", len(contexts))
	sweep := func(id, title, see, axis string, names []string, at, c, e []float64) {
		plot := chart.NewPlot(chart.Axis{Name: axis, Categories: names}, chart.Axis{Name: "best possible", Min: 0, Max: 1})
		index := numbered(0, 1, len(names))
		plot.Line("clarity", index, c, chart.Style{Colour: chart.Source1, Width: 2}).Points("clarity", index, c, chart.Style{Colour: chart.Source1})
		plot.Line("error", index, e, chart.Style{Colour: chart.Error, Dash: "dashed"})
		option, err := plot.Option()
		table := chart.Table{Caption: title, Columns: []string{axis, "clarity", "rms error in units of a source's sd"}}
		for i := range names {
			table.Rows = append(table.Rows, []any{names[i], chart.Value(c[i]), chart.Value(e[i])})
		}
		b.panel(Panel{ID: id, Title: title, See: see, N: n, Table: table}, option, err, list("at", at), list("clarity", c), list("error", e))
	}
	sweep("d", "How many signals are enough", "From dim² = 4 signals on, some feedback undoes every context; fewer do not reach all inverses.",
		fmt.Sprintf("feedback signals (width %g)", sp.Width), byCount, counts, clarity, failure)
	sweep("e", "How wide their reach may be", "Any width does, as long as signals do not reach all units alike.",
		fmt.Sprintf("width of the reach (%d signals)", sp.Feedback), byWidth, widths, clarityW, failureW)
}

// bestOf is the mean clarity and error at the best feedback of n signals of a width.
func (r Request) bestOf(contexts []data.Context, n int, width float64) (clarity, failure float64) {
	p := r.File.Network.Params
	wx, wro := p.Tensor("W_x").Data, p.Tensor("W_ro").Data
	basis := model.Basis(wx, wro, model.RingKernel(r.spec().Units, n, width), r.spec().Dim)
	for _, c := range contexts {
		best := analysis.ReachOf(basis, c.A, c.Sources)
		clarity += best.Clarity / float64(len(contexts))
		failure += best.Error / float64(len(contexts))
	}
	return clarity, failure
}

// matchPanel is supplement 1d: effective weights against the inverse, entry by entry.
func (b *builder) matchPanel(m analysis.WeightMatch) {
	plot := chart.NewPlot(chart.Axis{Name: "entry of the inverse W*"}, chart.Axis{Name: "effective weight"})
	plot.Points("entries", m.Inverse, m.Weights, chart.Style{Colour: chart.Feedback, Size: 6, Opacity: 0.7})
	d := analysis.Describe(m.Inverse)
	plot.Line("equal", []float64{d.Min, d.Max}, []float64{d.Min, d.Max}, chart.Style{Colour: chart.Muted, Dash: "dashed"})
	option, err := plot.Option()
	b.panel(Panel{ID: "s1d-match", Title: "Effective weights against the inverse",
		See: fmt.Sprintf(seen(m.Entries.R > 0.9, "Through all units together, feedback makes the weights the inverse of the mixture (r = %.3f).",
			"Through all units together, feedback makes weights that go with the inverse by r = %.3f."), m.Entries.R),
		N:     fmt.Sprintf("%d entries: the last sample of each of %d contexts", m.Entries.N, len(m.Error)),
		Table: chart.Columns("Entries of weights and inverses", []string{"inverse", "effective weight"}, m.Inverse, m.Weights)},
		option, err, list("inverse", m.Inverse), list("weight", m.Weights))
}
