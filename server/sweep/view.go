package sweep

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"unmixlab/sim/analysis"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
	"unmixlab/web/figure"
)

// View is one way to look at a sweep: a measure over a setting, as lines of another or,
// as a map, over both.
type View struct {
	Measure string `json:"y"`
	X       string `json:"x"`  // a setting that the sweep changes, or seed
	By      string `json:"by"` // another; "" for none
	Map     bool   `json:"map"`
}

// Group are the points that differ in their seeds, and in what the view does not show.
type Group struct {
	X, By   string
	Values  []float64 // measured, one for each point; NaN left out
	Points  []string  // the names of those, in the same order
	N       int       // all of its points, done or not
	Learned int
}

// Settle makes a view one that the sweep has; whatever it does not have becomes what is
// usual: the first measure after the loss over the first setting that is a number.
func (r Results) Settle(v View) View {
	keys := r.Keys()
	if !slices.Contains(keys, v.Measure) {
		v.Measure = keys[min(1, len(keys)-1)]
	}
	axes := r.Axes()
	if !slices.Contains(axes, v.X) {
		v.X = axes[max(0, slices.IndexFunc(r.Sweep.Fields(), isNumber))]
	}
	if !slices.Contains(axes, v.By) || v.By == v.X {
		v.By = ""
	}
	v.Map = v.Map && v.By != ""
	return v
}

// Keys are the sweep's measures by their names, the loss first.
func (r Results) Keys() (keys []string) {
	for _, m := range r.Sweep.Measures() {
		keys = append(keys, m.Key)
	}
	return keys
}

// Axes are what a measure can be drawn over.
func (r Results) Axes() []string { return append(r.Sweep.Fields(), "seed") }

// Groups are the points by the values of a view's settings, in the values' order.
func Groups(all []Status, v View) []Group {
	var groups []Group
	at := map[[2]string]int{}
	for _, s := range all {
		key := [2]string{valueText(s, v.X), valueText(s, v.By)}
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, Group{X: key[0], By: key[1]})
		}
		g := &groups[i]
		g.N++
		if s.Learned {
			g.Learned++
		}
		if x := s.Value(v.Measure); !math.IsNaN(x) {
			g.Values, g.Points = append(g.Values, x), append(g.Points, s.Hash)
		}
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		return cmp.Or(compareValues(a.By, b.By), compareValues(a.X, b.X))
	})
	return groups
}

func valueText(s Status, field string) string {
	if field == "seed" {
		return strconv.FormatUint(s.Spec.Seed, 10)
	}
	return s.Values[field]
}

// compareValues has numbers in their order, and before texts.
func compareValues(a, b string) int {
	x, y := number(a), number(b)
	switch {
	case math.IsNaN(x) && math.IsNaN(y):
		return 0
	case math.IsNaN(y):
		return -1
	case math.IsNaN(x):
		return 1
	}
	return cmp.Compare(x, y)
}

// Panel draws a view: means with ± sd over points and every point as a dot, or a map
// of means; with the table of it.
func (r Results) Panel(v View) (figure.Panel, error) {
	groups := Groups(r.Points, v)
	p := figure.Panel{ID: panelID(v), Title: r.label(v.Measure) + " by " + lower(axisLabel(v.X)), See: r.see(groups, v), N: r.over(v)}
	if v.By != "" {
		p.Title += " and " + lower(axisLabel(v.By))
	}
	p.Table = r.table(groups, v, p.Title)
	draw := r.plot
	if v.Map {
		draw = r.heat
	}
	var err error
	p.Option, err = draw(groups, v)
	return p, err
}

func panelID(v View) string {
	return strings.NewReplacer(".", "-", "?", "-", "&", "-", "=", "-").Replace(v.Measure)
}

func (r Results) label(key string) string {
	for _, m := range r.Sweep.Measures() {
		if m.Key == key {
			return m.Label()
		}
	}
	return key
}

// axisLabel is what a setting is called on an axis, with its unit.
func axisLabel(name string) string {
	f, ok := spec.FieldNamed(name)
	if !ok {
		return name
	}
	if f.Unit != "" {
		return f.Label + " (" + f.Unit + ")"
	}
	return f.Label
}

func lower(text string) string { return strings.ToLower(text[:1]) + text[1:] }

func (r Results) over(v View) string {
	words := "Every dot is one network; lines are means ± sd over networks"
	if v.Map {
		words = "Means over networks"
	}
	if !slices.Contains([]string{v.X, v.By}, "seed") {
		words += fmt.Sprintf(" of %d seeds", len(r.Sweep.Seeds))
	}
	return words
}

// see says how many have learned and where the mean is largest.
func (r Results) see(groups []Group, v View) string {
	n, learned, measured := 0, 0, 0
	best, at := math.Inf(-1), Group{}
	for _, g := range groups {
		n, learned, measured = n+g.N, learned+g.Learned, measured+len(g.Values)
		if m := analysis.Describe(g.Values).Mean; m > best {
			best, at = m, g
		}
	}
	if measured == 0 {
		return fmt.Sprintf("Nothing is measured yet: %d networks are to be trained.", n)
	}
	words := fmt.Sprintf("%d of %d networks are measured; the mean is largest, %s, at %s %s", measured, n, chart.Text(best), lower(axisLabel(v.X)), at.X)
	if v.By != "" {
		words += fmt.Sprintf(", %s %s", lower(axisLabel(v.By)), at.By)
	}
	if r.Sweep.Learned != "" {
		words += fmt.Sprintf(". Learned (%s): %d of %d%s", r.Sweep.Learned, learned, n, learnedAt(groups))
	}
	return words + "."
}

// mostNamed are the values of the axis of which a sentence says how many have learned.
const mostNamed = 12

// learnedAt says how many of the points at each value of the axis have learned.
func learnedAt(groups []Group) string {
	xs := distinct(groups, func(g Group) string { return g.X })
	if len(xs) < 2 || len(xs) > mostNamed {
		return ""
	}
	slices.SortStableFunc(xs, compareValues)
	var at []string
	for _, x := range xs {
		n, learned := 0, 0
		for _, g := range groups {
			if g.X == x {
				n, learned = n+g.N, learned+g.Learned
			}
		}
		at = append(at, fmt.Sprintf("%d of %d at %s", learned, n, x))
	}
	return " (" + strings.Join(at, ", ") + ")"
}

func (r Results) table(groups []Group, v View, caption string) chart.Table {
	t := chart.Table{Caption: caption, Columns: []string{axisLabel(v.X)}, Rows: [][]any{}}
	if v.By != "" {
		t.Columns = append(t.Columns, axisLabel(v.By))
	}
	t.Columns = append(t.Columns, "mean", "sd", "networks")
	if r.Sweep.Learned != "" {
		t.Columns = append(t.Columns, "learned")
	}
	for _, g := range groups {
		d := analysis.Describe(g.Values)
		row := []any{g.X}
		if v.By != "" {
			row = append(row, g.By)
		}
		row = append(row, chart.Value(d.Mean), chart.Value(d.SD), fmt.Sprintf("%d of %d", len(g.Values), g.N))
		if r.Sweep.Learned != "" {
			row = append(row, fmt.Sprintf("%d of %d", g.Learned, g.N))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
