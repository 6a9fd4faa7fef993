package figure

import (
	"context"
	"fmt"
	"math"
	"slices"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
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
func fig3(ctx context.Context, r Request, b *builder) error {
	run, err := r.Test(ctx)
	if err != nil {
		return err
	}
	m := run.Blocks("m")
	b.mean("clarity_y", analysis.SignalClarity(run.S, run.Y).PerContext, "contexts")
	s := analysis.Switch(m)
	b.number("modulation_within_sd", s.Within,
		fmt.Sprintf("sd over the second half, mean over %d units and %d contexts", m[0].N, len(m)))
	b.number("modulation_between_sd", s.Between,
		fmt.Sprintf("sd over %d contexts of late means, mean over %d units", len(m), m[0].N))
	w := run.Weights()
	match := analysis.MatchWeights(w, run.Inverses())
	b.number("effective_weight_correlation", match.Entries.R,
		fmt.Sprintf("%d entries at the end of %d contexts", match.Entries.N, len(w)))
	b.mean("effective_weight_error", match.Error, "context ends")
	b.kernel(r)
	b.modulationPanel(run, m, modulationHeat, s)
	b.errorCourse("c-error", analysis.ErrorCourse(run.S, run.Y), len(run.S))
	b.reach(r, run.Contexts())
	b.matchPanel(match)
	b.weightTraces("s1d", w, run, effectiveWeights)
	b.verdict(seen(inverted(match),
		"The effective weights that %d feedback signals make are the inverse of the context (r = %s, distance %s where its size is %s).",
		"The effective weights that %d feedback signals make are not the inverse of the context (r = %s, distance %s where its size is %s)."),
		r.spec().Feedback, say(match.Entries.R), say(mean(match.Error)), say(mean(match.Norm)))
	return nil
}

// inverted tells whether weights are the inverses of their contexts.
func inverted(m analysis.WeightMatch) bool {
	return m.Entries.R > weightsAlike && mean(m.Error) < weightsNear*mean(m.Norm)
}

// kernel is panel b: how strongly each feedback signal reaches each unit.
func (b *builder) kernel(r Request) {
	k := r.Network.Params.Tensor("K")
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
	plot.Legend()
	var arrays []Array
	for i, c := range columns {
		arrays = append(arrays, list(names[i], c))
	}
	b.panel(Panel{ID: "b", See: extent(columns[1:]),
		N:     fmt.Sprintf("the model's kernel, width %g, every signal's largest reach is 1", r.spec().Width),
		Table: chart.Columns("Kernel", names, columns...)}, plot, arrays...)
}

// extent says how many units signals reach; reach[j] are those of signal j, by unit.
func extent(reach [][]float64) string {
	strong, alike := math.MaxInt, true
	for _, signal := range reach {
		n := 0
		for _, v := range signal {
			if v > 0.5 {
				n++
			}
		}
		strong = min(strong, n)
		alike = alike && slices.Min(signal) == slices.Max(signal)
	}
	s := fmt.Sprintf("%d signals reach %d units, each at least %d of them with more than half of its strength", len(reach), len(reach[0]), strong)
	return s + seen(alike, "; every signal reaches all units alike.", ".")
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

// modulationPanel is modulation or gains of all units over contexts.
func (b *builder) modulationPanel(run experiment.Run, m []analysis.Block, h chart.HeatMap, s analysis.Switching) {
	shown, length := min(mapContexts, len(m)), run.Spans[0].To-run.Spans[0].From
	b.modulationMap(Panel{ID: "c",
		See: fmt.Sprintf(seen(s.Within < steady*s.Between, "It switches with the context: the sd between contexts is %s, that within one %s.",
			"It does not switch with the context alone: the sd between contexts is %s, that within one %s."), say(s.Between), say(s.Within)),
		N: fmt.Sprintf("the first %d contexts of %d samples, every %dth sample", shown, length, mapStep(run)),
	}, run, m, h)
}

// mapStep is how many samples lie between two that a map of modulation shows.
func mapStep(run experiment.Run) int {
	return roundStep(run.Spans[min(mapContexts, len(run.Spans))-1].To, heatBins)
}

// What maps show: modulation about zero, or gains from 0 to 1.
var (
	modulationHeat = chart.HeatMap{Measure: "modulation m", Diverging: true}
	gainHeat       = chart.HeatMap{Measure: "gain p", Min: 0, Max: 1}
)

// modulationMap draws a signal m of all units over contexts; h says how.
func (b *builder) modulationMap(p Panel, run experiment.Run, m []analysis.Block, h chart.HeatMap) {
	total, step := run.Spans[min(mapContexts, len(m))-1].To, mapStep(run)
	h.Values = make([][]float64, m[0].N)
	var time []float64
	for t := 0; t < total; t += step {
		c := run.At(t)
		time = append(time, float64(t))
		for j, v := range m[c].Row(t - run.Spans[c].From) {
			h.Values[j] = append(h.Values[j], float64(v))
		}
	}
	h.X = chart.Axis{Name: "time (samples)", Categories: labels(time)}
	h.Y = chart.Axis{Name: "unit", Categories: labels(numbered(1, 1, len(h.Values)))}
	p.Table = unitTraces(h.Measure+" over time, some units", time, h.Values)
	b.panel(p, h, list("sample", time), grid("units", h.Values))
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
	if b.absent("d") {
		return
	}
	sp := r.spec()
	var counts []float64
	var byCount, byWidth []string
	var clarity, failure, clarityW, failureW []float64
	for _, n := range signalCounts {
		c, e := r.Reach(contexts, n, sp.Width)
		counts, byCount = append(counts, float64(n)), append(byCount, label(float64(n)))
		clarity, failure = append(clarity, c), append(failure, e)
	}
	for _, w := range widths {
		c, e := r.Reach(contexts, sp.Feedback, w)
		name := label(w)
		if w >= spec.Uniform {
			name = "uniform"
		}
		byWidth = append(byWidth, name)
		clarityW, failureW = append(clarityW, c), append(failureW, e)
	}
	n := fmt.Sprintf("mean over %d contexts; closed form (least squares), the model's own W_x and W_ro: nothing trained or played", len(contexts))
	sweep := func(id, see, axis string, names []string, at, c, e []float64) {
		plot := chart.NewPlot(chart.Axis{Name: axis, Categories: names}, chart.Axis{Name: "best possible", Min: 0, Max: 1})
		index := numbered(0, 1, len(names))
		plot.Line("clarity", index, c, chart.Style{Colour: chart.Source1, Width: 2}).Points("clarity", index, c, chart.Style{Colour: chart.Source1})
		plot.Line("error", index, e, chart.Style{Colour: chart.Error, Dash: "dashed"})
		table := chart.Table{Caption: b.title(id), Columns: []string{axis, "clarity", "rms error in units of a source's sd"}}
		for i := range names {
			table.Rows = append(table.Rows, []any{names[i], chart.Value(c[i]), chart.Value(e[i])})
		}
		b.panel(Panel{ID: id, See: see, N: n, Table: table}, plot, list("at", at), list("clarity", c), list("error", e))
	}
	sweep("d", enough(byCount, failure),
		fmt.Sprintf("feedback signals (width %g)", sp.Width), byCount, counts, clarity, failure)
	sweep("e", suited(byWidth, failureW),
		fmt.Sprintf("width of the reach (%d signals)", sp.Feedback), byWidth, widths, clarityW, failureW)
}

// enough says from how many signals on the best possible feedback undoes contexts.
func enough(counts []string, failure []float64) string {
	from := len(failure)
	for from > 0 && failure[from-1] < undone {
		from--
	}
	switch from {
	case 0:
		return fmt.Sprintf("With any of these numbers some feedback undoes every context; with %s the error is %s.", counts[0], say(failure[0]))
	case len(failure):
		return fmt.Sprintf("None of these numbers is enough: with %s signals the best feedback leaves an error of %s.", counts[from-1], say(failure[from-1]))
	}
	return fmt.Sprintf("From %s signals on some feedback undoes every context (error %s); with %s the best leaves %s.",
		counts[from], say(failure[from]), counts[from-1], say(failure[from-1]))
}

// suited says with which widths the best possible feedback undoes contexts.
func suited(widths []string, failure []float64) string {
	var fit, unfit []string
	for i, w := range widths {
		if failure[i] < undone {
			fit = append(fit, w)
		} else {
			unfit = append(unfit, w)
		}
	}
	return fmt.Sprintf("Some feedback undoes every context with the widths %s. None does with %s.", enumerate(fit), enumerate(unfit))
}

// matchPanel is supplement 1d: effective weights against the inverse, entry by entry.
func (b *builder) matchPanel(m analysis.WeightMatch) {
	plot := chart.NewPlot(chart.Axis{Name: "entry of the inverse W*"}, chart.Axis{Name: "effective weight"})
	plot.Points("entries", m.Inverse, m.Weights, chart.Style{Colour: chart.Feedback, Size: 6, Opacity: 0.7})
	d := analysis.Describe(m.Inverse)
	plot.Line("equal", []float64{d.Min, d.Max}, []float64{d.Min, d.Max}, chart.Style{Colour: chart.Muted, Dash: "dashed"})
	b.panel(Panel{ID: "s1d-match",
		See: fmt.Sprintf(seen(inverted(m), "Through all units together the weights are the inverse of the mixture (r = %s, distance %s).",
			"Through all units together the weights are not the inverse of the mixture (r = %s, distance %s)."), say(m.Entries.R), say(mean(m.Error))),
		N:     fmt.Sprintf("%d entries: the last sample of each of %d contexts", m.Entries.N, len(m.Error)),
		Table: chart.Columns("Entries of weights and inverses", []string{"inverse", "effective weight"}, m.Inverse, m.Weights)},
		plot, list("inverse", m.Inverse), list("weight", m.Weights))
}
