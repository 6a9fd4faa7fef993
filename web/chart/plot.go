package chart

import (
	"encoding/json"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Axis is named with its unit: "time since the switch (samples)". With Min and Max
// both 0 it fits the data; Categories make it one of names.
type Axis struct {
	Name       string
	Min, Max   float64
	Log        bool
	Zero       bool // zero is on it
	Categories []string
}

// Style is how a series looks; zero values are sensible.
type Style struct {
	Colour  string
	Width   float32 // of a line, px
	Dash    string  // "dashed", "dotted"
	Opacity float64 // 0 is opaque
	Symbol  string  // of points: "circle", "rect", "triangle", "diamond"
	Size    int     // of points, px
	Bare    bool    // a line without a label at its end
	Tag     bool    // a line whose label stays where there is a legend, and is not in it
}

// Plot is a two-dimensional chart under construction. A fresh one per request: it
// is not to be used again after Option.
type Plot struct {
	x, y   Axis
	series []series
	labels int // lines labelled at their end
	legend bool
	item   bool // tooltips by point rather than by x
	bands  int
	marks  []any
	shades []any
	visual *opts.VisualMap
	top    int
	turned bool     // categories on the y axis
	groups []string // names beside the y axis, in place of its numbers
}

// series is a go-echarts series and what that lacks.
type series struct {
	charts.SingleSeries
	EndLabel      *endLabel `json:"endLabel,omitempty"`
	tag           bool
	LabelLayout   map[string]any `json:"labelLayout,omitempty"`
	StackStrategy string         `json:"stackStrategy,omitempty"`
	Silent        bool           `json:"silent,omitempty"`
	Z             int            `json:"z,omitempty"`
	MarkLine      map[string]any `json:"markLine,omitempty"`
	MarkArea      map[string]any `json:"markArea,omitempty"`
}

type endLabel struct {
	Show       bool   `json:"show"`
	Formatter  string `json:"formatter"`
	Color      string `json:"color"`
	FontSize   int    `json:"fontSize"`
	LineHeight int    `json:"lineHeight"` // by which overlaps are found
	Distance   int    `json:"distance"`
}

// NewPlot is an empty plot.
func NewPlot(x, y Axis) *Plot { return &Plot{x: x, y: y, top: 16} }

// endLabels is how many lines are named at their end before a legend serves better.
const endLabels = 6

// Line adds a line through points; a y that is not finite is a gap.
func (p *Plot) Line(name string, x, y []float64, s Style) *Plot {
	width := s.Width
	if width == 0 {
		width = 1.5
	}
	l := series{tag: s.Tag, SingleSeries: charts.SingleSeries{
		Name: name, Type: "line", Symbol: "none", Data: pairs(x, y),
		LineStyle: &opts.LineStyle{Color: s.Colour, Width: width, Type: s.Dash, Opacity: opacity(s.Opacity)},
		ItemStyle: &opts.ItemStyle{Color: s.Colour},
	}}
	if !s.Bare && name != "" {
		l.EndLabel = &endLabel{Show: true, Formatter: "{a}", Color: s.Colour, FontSize: 12, LineHeight: 15, Distance: 4}
		l.LabelLayout = map[string]any{"moveOverlap": "shiftY"}
		p.labels++
	}
	p.series = append(p.series, l)
	return p
}

// Band shades between low and high.
func (p *Plot) Band(name string, x, low, high []float64, s Style) *Plot {
	stack := "band" + strconv.Itoa(p.bands)
	p.bands++
	height := make([]float64, len(low))
	for i := range low {
		height[i] = high[i] - low[i]
	}
	for i, y := range [][]float64{low, height} {
		b := series{StackStrategy: "all", Silent: true, Z: 1, SingleSeries: charts.SingleSeries{
			Name: name, Type: "line", Symbol: "none", Stack: stack, Data: pairs(x, y),
			LineStyle: &opts.LineStyle{Width: 0.001, Opacity: opts.Float(0)},
			ItemStyle: &opts.ItemStyle{Color: s.Colour},
		}}
		if i == 1 {
			b.AreaStyle = &opts.AreaStyle{Color: s.Colour, Opacity: opacity(max(s.Opacity, 0.18))}
		}
		p.series = append(p.series, b)
	}
	return p
}

// Points adds a scatter.
func (p *Plot) Points(name string, x, y []float64, s Style) *Plot {
	size := s.Size
	if size == 0 {
		size = 7
	}
	p.series = append(p.series, series{SingleSeries: charts.SingleSeries{
		Name: name, Type: "scatter", Symbol: s.Symbol, SymbolSize: size, Data: pairs(x, y),
		ItemStyle: &opts.ItemStyle{Color: s.Colour, Opacity: opacity(s.Opacity)},
	}})
	p.item = true
	return p
}

// Bars adds a bar for each category and, where sd is given, a line of ±sd. Colours
// are those of single bars, where they have not all the same.
func (p *Plot) Bars(name string, values, sd []float64, s Style, colours ...string) *Plot {
	var data any = Values(values)
	if len(colours) > 0 {
		bars := make([]map[string]any, len(values))
		for i, v := range values {
			bars[i] = map[string]any{"value": Value(v), "itemStyle": map[string]any{"color": colours[i]}}
		}
		data = bars
	}
	p.series = append(p.series, series{SingleSeries: charts.SingleSeries{
		Name: name, Type: "bar", Data: data, BarMaxWidth: "48",
		ItemStyle: &opts.ItemStyle{Color: s.Colour, Opacity: opacity(s.Opacity)},
	}})
	if sd != nil {
		at := make([]float64, len(values))
		for i := range at {
			at[i] = float64(i)
		}
		p.Spread(name+" ± sd", at, values, sd, Style{Colour: Ink})
	}
	return p
}

// Spread draws ±sd round each point as a line without a name of its own.
func (p *Plot) Spread(name string, x, y, sd []float64, s Style) *Plot {
	var data []any
	point := func(x, y any) {
		if p.turned {
			x, y = y, x
		}
		data = append(data, [2]any{x, y})
	}
	for i := range x {
		if i > 0 {
			point(Value(x[i]), nil)
		}
		point(Value(x[i]), Value(y[i]-sd[i]))
		point(Value(x[i]), Value(y[i]+sd[i]))
	}
	p.series = append(p.series, series{Silent: true, Z: 3, SingleSeries: charts.SingleSeries{
		Name: name, Type: "line", Symbol: "none", Data: data,
		LineStyle: &opts.LineStyle{Color: s.Colour, Width: 1.5}, ItemStyle: &opts.ItemStyle{Color: s.Colour},
	}})
	return p
}

// At marks a place on the x axis with a vertical line.
func (p *Plot) At(x float64, label string) *Plot {
	side := "insideEndTop" // left of the line
	if p.x.bounded() && x <= p.x.Min {
		side = "insideStartBottom"
	}
	p.marks = append(p.marks, map[string]any{"xAxis": Value(x), "label": markLabel(label, side), "lineStyle": markStyle()})
	return p
}

// Level marks a value on the y axis with a horizontal line.
func (p *Plot) Level(y float64, label string) *Plot {
	p.marks = append(p.marks, map[string]any{"yAxis": Value(y), "label": markLabel(label, "insideStartTop"), "lineStyle": markStyle()})
	return p
}

// Frozen marks a stretch of the x axis in which feedback is held: hatched, with an
// ice-blue edge, as everywhere in the lab.
func (p *Plot) Frozen(from, to float64, label string) *Plot {
	p.shades = append(p.shades, []any{
		map[string]any{"xAxis": Value(from), "name": label,
			"itemStyle": frozenStyle(),
			"label":     map[string]any{"show": label != "", "color": Muted, "fontSize": 12, "position": "insideTop"}},
		map[string]any{"xAxis": Value(to)},
	})
	return p
}

// Turned puts categories on the y axis, first on top, so that long names can be
// read. It stands before anything is added.
func (p *Plot) Turned() *Plot {
	p.turned = true
	p.x, p.y = p.y, p.x
	return p
}

// Legend names series above the plot instead of at their ends.
func (p *Plot) Legend() *Plot {
	p.legend = true
	return p
}

func markStyle() map[string]any {
	return map[string]any{"color": Muted, "type": "dashed", "width": 1}
}

func frozenStyle() map[string]any {
	return map[string]any{"color": Hatched, "borderColor": Frozen, "borderWidth": 1.5}
}

func markLabel(text, position string) map[string]any {
	return map[string]any{"show": text != "", "formatter": text, "position": position, "color": Muted, "fontSize": 12}
}

// opacity leaves an opaque series without the field.
func opacity(o float64) *float32 {
	if o == 0 {
		return nil
	}
	return opts.Float(float32(o))
}

// Option encodes the plot.
func (p *Plot) Option() (json.RawMessage, error) {
	p.legend = p.legend || p.labels > endLabels
	for i := range p.series {
		if p.legend && !p.series[i].tag {
			p.series[i].EndLabel = nil
		}
	}
	if len(p.series) > 0 && len(p.marks)+len(p.shades) > 0 {
		first := &p.series[0]
		first.MarkLine = map[string]any{"symbol": "none", "silent": true, "data": p.marks}
		first.MarkArea = map[string]any{"silent": true, "data": p.shades}
	}
	frame := charts.NewLine()
	frame.SetGlobalOptions(p.options()...)
	if p.groups != nil {
		frame.ExtendYAxis(p.groupAxis())
	}
	option := frame.JSON()
	option["media"] = p.layouts()
	return finish(option, p.series)
}

// finish takes out what go-echarts adds unasked, and puts the series in.
func finish(option map[string]any, s any) (json.RawMessage, error) {
	for _, name := range []string{"toolbox", "color", "title"} {
		delete(option, name)
	}
	option["series"] = s
	option["aria"] = map[string]any{"enabled": true}
	return encode(option)
}
