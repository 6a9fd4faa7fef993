package sweep

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"unmixlab/sim/analysis"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
	"unmixlab/web/figure"
)

// plot is a measure over a setting.
func (r Results) plot(groups []Group, v View) (json.RawMessage, error) {
	axis, place := scale(groups, v.X)
	plot := chart.NewPlot(axis, chart.Axis{Name: r.label(v.Measure)})
	for i, by := range distinct(groups, func(g Group) string { return g.By }) {
		style := chart.Style{Colour: chart.Source(i), Width: 2}
		var x, mean, sd, dotX, dotY []float64
		for _, g := range groups {
			if g.By != by || len(g.Values) == 0 {
				continue
			}
			d := analysis.Describe(g.Values)
			x, mean, sd = append(x, place(g.X)), append(mean, d.Mean), append(sd, d.SD)
			for _, y := range g.Values {
				dotX, dotY = append(dotX, place(g.X)), append(dotY, y)
			}
		}
		name := "mean"
		if v.By != "" {
			name = lineName(v.By, by)
		}
		plot.Line(name, x, mean, style)
		plot.Spread(name+" ± sd", x, mean, sd, chart.Style{Colour: style.Colour})
		plot.Points(name, dotX, dotY, chart.Style{Colour: style.Colour, Opacity: 0.6})
	}
	return plot.Option()
}

// lineName is what stands beside the line of a value: with the setting's symbol or, where
// that is short, its name. The panel's title says the whole.
func lineName(field, value string) string {
	const room = 8 // letters
	f, _ := spec.FieldNamed(field)
	switch {
	case f.Symbol != "":
		return f.Symbol + " " + value
	case len(f.Label) <= room:
		return lower(f.Label) + " " + value
	}
	return value
}

// scale is the axis of a setting and where its values stand: numbers by their size, on
// a logarithmic axis where they span much, and texts one after the other.
func scale(groups []Group, field string) (chart.Axis, func(string) float64) {
	texts := distinct(groups, func(g Group) string { return g.X })
	slices.SortStableFunc(texts, compareValues)
	axis := chart.Axis{Name: axisLabel(field)}
	if !isNumber(field) || field == "seed" {
		axis.Categories = texts
		return axis, func(text string) float64 { return float64(slices.Index(texts, text)) }
	}
	low, high := number(texts[0]), number(texts[len(texts)-1])
	if axis.Log = low > 0 && high/low >= 50; axis.Log {
		axis.Min, axis.Max = low, high
	}
	return axis, number
}

// heat is a measure over two settings.
func (r Results) heat(groups []Group, v View) (json.RawMessage, error) {
	xs, ys := distinct(groups, func(g Group) string { return g.X }), distinct(groups, func(g Group) string { return g.By })
	slices.SortStableFunc(xs, compareValues)
	slices.SortStableFunc(ys, compareValues)
	h := chart.HeatMap{X: chart.Axis{Name: axisLabel(v.X), Categories: xs}, Y: chart.Axis{Name: axisLabel(v.By), Categories: ys}, Measure: r.label(v.Measure)}
	for range ys {
		h.Values = append(h.Values, slices.Repeat([]float64{math.NaN()}, len(xs)))
	}
	for _, g := range groups {
		h.Values[slices.Index(ys, g.By)][slices.Index(xs, g.X)] = analysis.Describe(g.Values).Mean
	}
	return h.Option()
}

func distinct(groups []Group, of func(Group) string) (texts []string) {
	for _, g := range groups {
		if text := of(g); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// Figure is every measure over the sweep's usual setting, with another as lines.
func (r Results) Figure() (*figure.Figure, error) {
	n := CountOf(r.Points)
	axes := r.Axes()
	made := &figure.Figure{Figure: "sweep", Title: "Sweep " + r.Sweep.Name, Model: r.Sweep.Name,
		Training: fmt.Sprintf("%d of %d networks trained, %d seeds, %s kernel.", n.By[Done], n.Points, len(r.Sweep.Seeds), r.Sweep.Kernel),
		Params:   map[string]any{"seeds": len(r.Sweep.Seeds), "points": n.Points}}
	for _, key := range r.Keys() {
		v := r.Settle(View{Measure: key})
		if i := slices.IndexFunc(axes[:len(axes)-1], func(name string) bool { return name != v.X }); i >= 0 {
			v.By = axes[i]
		}
		p, err := r.Panel(v)
		if err != nil {
			return nil, err
		}
		made.Panels = append(made.Panels, p)
	}
	return made, nil
}
