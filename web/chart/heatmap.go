package chart

import (
	"encoding/json"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// HeatMap is a matrix of values by colour: values[i][j] belongs to Y i and X j.
type HeatMap struct {
	X, Y      Axis // of categories
	Values    [][]float64
	Measure   string // what a colour means, with its unit
	Diverging bool   // about zero: source1 – paper – feedback; else paper – feedback
	Min, Max  float64
}

// Option encodes the heat map. With Min and Max both 0 the colours fit the data.
func (h HeatMap) Option() (json.RawMessage, error) {
	lo, hi := h.scale()
	colours := []string{Paper, Feedback}
	if h.Diverging {
		colours = []string{Source1, Paper, Feedback}
	}
	p := &Plot{x: h.X, y: h.Y, top: 40, item: true}
	p.visual = &opts.VisualMap{
		Type: "continuous", Min: float32(lo), Max: float32(hi), Calculable: opts.Bool(false), Dimension: "2",
		Orient: "horizontal", Left: "center", Top: "0",
		Text:      []string{format(hi) + " " + h.Measure, format(lo)},
		InRange:   &opts.VisualMapInRange{Color: colours},
		TextStyle: &opts.TextStyle{Color: Muted},
	}
	data := make([][3]Value, 0, len(h.Values)*len(h.X.Categories))
	for i, row := range h.Values {
		for j, v := range row {
			data = append(data, [3]Value{Value(j), Value(i), Value(v)})
		}
	}
	frame := charts.NewHeatMap()
	frame.SetGlobalOptions(p.options()...)
	return finish(frame.JSON(), []series{{SingleSeries: charts.SingleSeries{Name: h.Measure, Type: "heatmap", Data: data}}})
}

func (h HeatMap) scale() (lo, hi float64) {
	if h.Min != 0 || h.Max != 0 {
		return h.Min, h.Max
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, row := range h.Values {
		for _, v := range row {
			if !math.IsNaN(v) {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	if lo > hi {
		return 0, 1
	}
	if h.Diverging {
		hi = math.Max(math.Abs(lo), math.Abs(hi))
		lo = -hi
	}
	return lo, hi
}

func format(v float64) string {
	b, _ := Value(math.Round(v*100) / 100).MarshalJSON()
	return string(b)
}
