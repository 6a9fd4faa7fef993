package chart

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// HeatMap is a matrix of values by colour: values[i][j] belongs to Y i and X j.
type HeatMap struct {
	X, Y      Axis // of categories
	Values    [][]float64
	Measure   string // what a colour means, with its unit
	Diverging bool   // about zero: the two signs of modulation; else paper – feedback
	Min, Max  float64

	// Frozen are the first column of a stretch in which feedback is held and the one
	// after its last; both 0 where there is none.
	Frozen [2]int
}

// overCells is the level of drawing above that of a map's cells.
const overCells = 5

// Option encodes the heat map. With Min and Max both 0 the colours fit the data.
func (h HeatMap) Option() (json.RawMessage, error) {
	lo, hi := h.scale()
	colours := []string{Paper, Feedback}
	if h.Diverging {
		colours = []string{ModulationMinus, Paper, ModulationPlus}
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
	option := frame.JSON()
	option["media"] = p.layouts()
	option["xAxis"], option["yAxis"] = []any{roundX{p.xAxis(), h.X.round(), hidden}}, []any{roundY{p.yAxis(), h.Y.round(), hidden}}
	cells := series{SingleSeries: charts.SingleSeries{Name: h.Measure, Type: "heatmap", Data: data}}
	if h.Frozen[1] > h.Frozen[0] {
		cells.MarkArea = map[string]any{"silent": true, "z": overCells, "itemStyle": frozenStyle(),
			"data": []any{[]any{map[string]any{"xAxis": h.Frozen[0]}, map[string]any{"xAxis": h.Frozen[1] - 1}}}}
	}
	return finish(option, []series{cells})
}

// roundX and roundY are axes whose labels stand at round numbers, without ticks.
type (
	roundX struct {
		opts.XAxis
		AxisLabel map[string]any `json:"axisLabel"`
		AxisTick  map[string]any `json:"axisTick"`
	}
	roundY struct {
		opts.YAxis
		AxisLabel map[string]any `json:"axisLabel"`
		AxisTick  map[string]any `json:"axisTick"`
	}
)

var hidden = map[string]any{"show": false}

// round are labels of categories that are numbers: a few that are round ones, beside
// the first. Where there are none such, labels stand at equal distances.
func (a Axis) round() map[string]any {
	return map[string]any{"color": Muted, "fontSize": 12, "hideOverlap": true, "customValues": a.labelled()}
}

// labelled are the places of the categories that get a label.
func (a Axis) labelled() []int {
	for _, step := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000} {
		if at := a.multiples(step); len(at) < fewLabels {
			break
		} else if len(at) <= mostLabels {
			return at
		}
	}
	var at []int
	for i := 0; i < len(a.Categories); i += 1 + len(a.Categories)/mostLabels {
		at = append(at, i)
	}
	return at
}

// multiples are the places of categories that are whole multiples of a step and, at
// steps that leave it room, of a first that is 1.
func (a Axis) multiples(step int) []int {
	var at []int
	for i, name := range a.Categories {
		v, err := strconv.Atoi(name)
		if err != nil {
			return nil
		}
		if v%step == 0 || i == 0 && v == 1 && step > 2 {
			at = append(at, i)
		}
	}
	return at
}

// fewLabels and mostLabels are between how many labels of a heat map's axis there
// should be.
const (
	fewLabels  = 3
	mostLabels = 11
)

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
