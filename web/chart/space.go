package chart

import (
	"encoding/json"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
)

// Space is a chart in three dimensions, of paths.
type Space struct {
	X, Y, Z string // axis names
	Paths   []Path
}

// Path is points (x,y,z) in order, drawn as a line or as dots.
type Path struct {
	Name   string
	Colour string
	Dots   bool
	Points [][3]float64
}

const (
	labelSize = 13 // px
	shortName = 12 // characters of an axis name that has room beside the box
)

// Option encodes the chart for echarts-gl.
func (s Space) Option() (json.RawMessage, error) {
	frame := charts.NewScatter3D()
	frame.SetGlobalOptions(charts.WithAnimation(false))
	option := frame.JSON()
	for axis, name := range map[string]string{"xAxis3D": s.X, "yAxis3D": s.Y, "zAxis3D": s.Z} {
		option[axis] = axis3D(name)
	}
	option["grid3D"] = map[string]any{
		"boxWidth": 100, "boxDepth": 100, "boxHeight": 90, "top": 16,
		"viewControl": map[string]any{"alpha": viewUp, "beta": viewRound, "autoRotate": false},
	}
	option["media"] = spaceLayouts()
	option["legend"] = map[string]any{"show": true, "top": "0", "textStyle": map[string]any{"color": Ink}}
	var all []map[string]any
	for _, p := range s.Paths {
		all = append(all, p.series())
	}
	return finish(option, all)
}

// spaceLayouts show the whole box from where it fits: from further away, with smaller
// labels, where there is less room.
func spaceLayouts() []any {
	return []any{
		map[string]any{"query": map[string]any{"maxWidth": narrowUpTo}, "option": spaceLayout(11, 310, -8, -10)},
		map[string]any{"option": spaceLayout(labelSize, 210, 0, -14)},
	}
}

// spaceLayout gives labels their height: where no font has Chinese characters, by
// which ECharts measures it, they would be cut to a third.
func spaceLayout(size, distance int, right, up float64) map[string]any {
	label := map[string]any{"fontSize": size, "lineHeight": size + 4}
	axis := map[string]any{"axisLabel": label, "nameTextStyle": label}
	return map[string]any{
		"grid3D":  map[string]any{"viewControl": map[string]any{"distance": distance, "center": []float64{right, up, 0}}},
		"xAxis3D": axis, "yAxis3D": axis, "zAxis3D": axis,
	}
}

func axis3D(name string) map[string]any {
	return map[string]any{
		"type": "value", "name": twoLines(name, shortName), "scale": true, "splitNumber": 4, "nameGap": 20,
		"nameTextStyle": map[string]any{"color": Ink},
		"axisLabel":     map[string]any{"color": Muted},
		"axisLine":      map[string]any{"lineStyle": map[string]any{"color": Muted}},
		"splitLine":     map[string]any{"lineStyle": map[string]any{"color": Rule}},
	}
}

func (p Path) series() map[string]any {
	data := make([][3]Value, len(p.Points))
	for i, v := range p.Points {
		data[i] = [3]Value{Value(v[0]), Value(v[1]), Value(v[2])}
	}
	if p.Dots {
		return map[string]any{"type": "scatter3D", "name": p.Name, "data": data, "symbolSize": 5,
			"itemStyle": map[string]any{"color": p.Colour}}
	}
	return map[string]any{"type": "line3D", "name": p.Name, "data": data,
		"lineStyle": map[string]any{"color": p.Colour, "width": 2}, "itemStyle": map[string]any{"color": p.Colour}}
}

// The direction from which both the chart and its flat stand-in are seen, degrees.
const (
	viewUp    = 22
	viewRound = 35
)

// Flat is the same seen from a fixed direction, for where there is no WebGL. Every
// axis is scaled to its range, and drawn as a line through the middle.
func (s Space) Flat() (json.RawMessage, error) {
	lo, hi := s.bounds()
	place := func(v [3]float64) (float64, float64) {
		for i := range v {
			v[i] = 2*(v[i]-lo[i])/math.Max(hi[i]-lo[i], 1e-12) - 1
		}
		return project(v)
	}
	p := NewPlot(Axis{Name: "seen from the side (scaled)", Min: -1.9, Max: 1.9}, Axis{Name: "seen from above (scaled)", Min: -1.9, Max: 1.9})
	p.item = true
	for _, path := range s.Paths {
		x, y := make([]float64, len(path.Points)), make([]float64, len(path.Points))
		for i, v := range path.Points {
			x[i], y[i] = place(v)
		}
		if path.Dots {
			p.Points(path.Name, x, y, Style{Colour: path.Colour, Size: 5})
		} else {
			p.Line(path.Name, x, y, Style{Colour: path.Colour, Bare: true})
		}
	}
	for i, name := range []string{s.X, s.Y, s.Z} {
		var from, to [3]float64
		from[i], to[i] = -1.2, 1.2
		x0, y0 := project(from)
		x1, y1 := project(to)
		p.Line(name, []float64{x0, x1}, []float64{y0, y1}, Style{Colour: Muted, Dash: "dotted", Tag: true})
	}
	for i := range p.series[:len(s.Paths)] {
		p.series[i].Z = 3
	}
	p.legend = true
	return p.Option()
}

func (s Space) bounds() (lo, hi [3]float64) {
	for i := range lo {
		lo[i], hi[i] = math.Inf(1), math.Inf(-1)
		for _, p := range s.Paths {
			for _, v := range p.Points {
				lo[i], hi[i] = math.Min(lo[i], v[i]), math.Max(hi[i], v[i])
			}
		}
	}
	return lo, hi
}

// project is the orthographic view of a point in the cube from -1 to 1.
func project(v [3]float64) (x, y float64) {
	up, round := viewUp*math.Pi/180, viewRound*math.Pi/180
	x = v[0]*math.Cos(round) - v[1]*math.Sin(round)
	depth := v[0]*math.Sin(round) + v[1]*math.Cos(round)
	return x, v[2]*math.Cos(up) + depth*math.Sin(up)
}
