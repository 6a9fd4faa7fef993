package chart

import "unmixlab/sim/analysis"

// Group is one violin: its values, whose NaN are left out.
type Group struct {
	Name   string
	Values []float64
	Colour string
}

// violinPoints is at how many places a density is drawn, violinHalf how far a
// violin reaches to each side, in units of the distance of two.
const (
	violinPoints = 60
	violinHalf   = 0.38
	violinDots   = 120
)

// Violins lie side by side along a common value axis: the smoothed density of each
// group, its values as dots when there are not too many, and its mean as a diamond.
func Violins(value Axis, groups []Group) *Plot {
	p := NewPlot(value, Axis{Min: 0.5, Max: float64(len(groups)) + 0.5})
	p.item = true
	for i, g := range groups {
		p.groups = append(p.groups, g.Name)
		p.violin(float64(i+1), g)
	}
	return p
}

func (p *Plot) violin(at float64, g Group) {
	d := analysis.Estimate(g.Values, violinPoints)
	most := 0.0
	for _, v := range d.Value {
		most = max(most, v)
	}
	low, high := make([]float64, len(d.At)), make([]float64, len(d.At))
	for i, v := range d.Value {
		low[i], high[i] = at-violinHalf*v/most, at+violinHalf*v/most
	}
	if len(d.At) > 0 {
		p.Band(g.Name, d.At, low, high, Style{Colour: g.Colour, Opacity: 0.35})
	}
	if len(g.Values) <= violinDots {
		p.Points(g.Name, g.Values, scattered(at, len(g.Values)), Style{Colour: g.Colour, Size: 5, Opacity: 0.8})
	}
	mean := analysis.Describe(g.Values).Mean
	p.Points(g.Name+", mean", []float64{mean}, []float64{at}, Style{Colour: Ink, Size: 11, Symbol: "diamond"})
}

// scattered places n dots round a violin's middle, the same way every time.
func scattered(at float64, n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = at + 0.16*(float64(i*7%11)/10-0.5)
	}
	return y
}
