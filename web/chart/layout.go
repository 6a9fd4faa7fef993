package chart

// Widths, px: of a panel beside another, of one on a telephone, and up to which a
// chart is laid out for the latter.
const (
	widePanel   = 540
	narrowPanel = 280
	narrowUpTo  = 420
)

const (
	letter    = 6  // px, about the width of one
	legendRow = 20 // px
)

// legendRows is how many rows the legend takes in a panel of that width, px.
func (p *Plot) legendRows(width int) int {
	if !p.legend {
		return 0
	}
	rows, used := 1, 0
	for _, name := range p.names() {
		item := 32 + letter*len([]rune(name))
		if used > 0 && used+item > width {
			rows, used = rows+1, 0
		}
		used += item
	}
	return rows
}

// gridTop leaves the legend its room, px.
func (p *Plot) gridTop(width int) int {
	if !p.legend {
		return p.top
	}
	return p.top + 8 + legendRow*p.legendRows(width)
}

// layouts are the plot's layout for a telephone and, where that does not apply, the
// one beside other panels: ECharts takes nothing back by itself.
func (p *Plot) layouts() []any {
	return []any{
		map[string]any{"query": map[string]any{"maxWidth": narrowUpTo}, "option": p.narrow()},
		map[string]any{"option": p.wide()},
	}
}

// narrow has less beside the plot, and long names in two lines.
func (p *Plot) narrow() map[string]any {
	left, right, bottom := 52, 16, 52
	switch {
	case p.groups != nil:
		left = 100
	case p.turned:
		left = 140
	}
	if p.labels > 0 && !p.legend {
		right = 84
	}
	name := twoLines(p.x.Name, (narrowPanel-left)/letter)
	if name != p.x.Name {
		bottom = 68
	}
	categories := map[string]any{"width": left - 12, "overflow": "break", "fontSize": 11, "lineHeight": 12}
	return p.layout(place{left, right, p.gridTop(narrowPanel), bottom}, name, 38, categories)
}

func (p *Plot) wide() map[string]any {
	left, right := 64, 24
	switch {
	case p.groups != nil:
		left = 112
	case p.turned:
		left = 208
	}
	if p.labels > 0 && !p.legend {
		right = 96
	}
	categories := map[string]any{"width": left - 12, "overflow": "none", "fontSize": 12, "lineHeight": 15}
	return p.layout(place{left, right, p.gridTop(widePanel), 52}, p.x.Name, 44, categories)
}

// place is what lies round a plot, px.
type place struct{ left, right, top, bottom int }

func (p *Plot) layout(at place, name string, gap int, categories map[string]any) map[string]any {
	var y any = map[string]any{"nameGap": gap}
	switch labels := map[string]any{"axisLabel": categories}; {
	case p.groups != nil:
		y = []any{map[string]any{}, labels}
	case p.turned:
		y = labels
	}
	return map[string]any{
		"grid":  map[string]any{"left": at.left, "right": at.right, "top": at.top, "bottom": at.bottom},
		"xAxis": map[string]any{"name": name, "nameTextStyle": map[string]any{"lineHeight": 15}},
		"yAxis": y,
	}
}

// twoLines breaks a name of more than so many characters at the space nearest its
// middle.
func twoLines(name string, short int) string {
	if len([]rune(name)) <= short {
		return name
	}
	at := -1
	for i, c := range name {
		if c == ' ' && (at < 0 || max(i, len(name)-i) < max(at, len(name)-at)) {
			at = i
		}
	}
	if at < 0 {
		return name
	}
	return name[:at] + "\n" + name[at+1:]
}
