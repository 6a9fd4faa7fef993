package chart

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// options are the plot's frame: axes, tooltip, legend.
func (p *Plot) options() []charts.GlobalOpts {
	trigger := "axis"
	if p.item {
		trigger = "item"
	}
	o := []charts.GlobalOpts{
		charts.WithAnimation(false),
		charts.WithTooltipOpts(opts.Tooltip{Trigger: trigger, BackgroundColor: Paper, BorderColor: Rule}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(p.legend), Top: "0", ItemWidth: 16, ItemHeight: 8,
			TextStyle: &opts.TextStyle{Color: Ink}, Data: p.names()}),
		charts.WithXAxisOpts(p.xAxis()),
		charts.WithYAxisOpts(p.yAxis()),
	}
	if p.visual != nil {
		o = append(o, charts.WithVisualMapOpts(*p.visual))
	}
	return o
}

// names are the legend's: every series once, without tags and those that only add to
// another.
func (p *Plot) names() []string {
	names := []string{}
	seen := map[string]bool{}
	for _, s := range p.series {
		if s.Name != "" && !s.Silent && !s.tag && !seen[s.Name] {
			seen[s.Name] = true
			names = append(names, s.Name)
		}
	}
	return names
}

func (p *Plot) xAxis() opts.XAxis {
	a := opts.XAxis{
		Type: p.x.kind(), Name: p.x.Name, NameLocation: "middle", NameGap: 30, Scale: opts.Bool(!p.x.Zero),
		AxisLabel: tickLabels(), AxisLine: axisLine(), AxisTick: ticks(),
		SplitLine: &opts.SplitLine{Show: opts.Bool(false)},
	}
	if p.x.Categories != nil {
		a.Data = p.x.Categories
	} else if p.x.bounded() {
		a.Min, a.Max = Value(p.x.Min), Value(p.x.Max)
	}
	return a
}

func (p *Plot) yAxis() opts.YAxis {
	a := opts.YAxis{
		Type: p.y.kind(), Name: p.y.Name, NameLocation: "middle", NameGap: 44, Scale: opts.Bool(!p.y.Zero),
		AxisLabel: tickLabels(), AxisLine: axisLine(),
		SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: Rule}},
	}
	if p.groups != nil {
		a.Show, a.Inverse = opts.Bool(false), opts.Bool(true)
		a.Name = ""
	}
	if p.y.Categories != nil {
		a.Inverse = opts.Bool(p.turned)
		a.Data = p.y.Categories
		a.SplitLine.Show = opts.Bool(false)
	} else if p.y.bounded() {
		a.Min, a.Max = Value(p.y.Min), Value(p.y.Max)
	}
	return a
}

// groupAxis is the second y axis: the names of groups that are drawn at 1, 2, 3 …
func (p *Plot) groupAxis() opts.YAxis {
	return opts.YAxis{
		Type: "category", Data: p.groups, Position: "left", Inverse: opts.Bool(true),
		AxisLabel: &opts.AxisLabel{Color: Ink, FontSize: 12},
		AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
		SplitLine: &opts.SplitLine{Show: opts.Bool(false)},
	}
}

func (a Axis) kind() string {
	switch {
	case a.Categories != nil:
		return "category"
	case a.Log:
		return "log"
	}
	return "value"
}

func (a Axis) bounded() bool { return a.Min != 0 || a.Max != 0 }

func tickLabels() *opts.AxisLabel {
	return &opts.AxisLabel{Color: Muted, FontSize: 12, HideOverlap: opts.Bool(true)}
}

func axisLine() *opts.AxisLine {
	return &opts.AxisLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: Muted}, OnZero: opts.Bool(false)}
}

func ticks() *opts.AxisTick {
	return &opts.AxisTick{Show: opts.Bool(true)}
}
