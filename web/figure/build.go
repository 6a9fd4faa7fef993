package figure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"unmixlab/sim/analysis"
	"unmixlab/web/chart"
)

// builder collects a figure; the first error of a chart stops it.
type builder struct {
	figure Figure
	places []Place    // of the panels
	origin checkpoint // to compare numbers with
	err    error
}

// How numbers come about: nearly all are measured in a test of the one network.
const (
	testedOnly = "tested only"
	fittedHere = "fitted by the lab for this figure"
)

// number adds a headline number.
func (b *builder) number(name string, value float64, n string) {
	b.add(Reading{Name: name, Value: Number(value), N: n})
}

// mean adds the mean of values as a headline number, with its sd.
func (b *builder) mean(name string, values []float64, over string) {
	b.add(meanOf(name, values, over))
}

// meanOf is the mean of values, NaN left out, with its sd and what that is over.
func meanOf(name string, values []float64, over string) Reading {
	d := analysis.Describe(values)
	sd := Number(d.SD)
	n := fmt.Sprintf("mean ± sd over %d %s", d.N, over)
	if d.Undefined > 0 {
		n += fmt.Sprintf(", %d undefined left out", d.Undefined)
	}
	return Reading{Name: name, Value: Number(d.Mean), SD: &sd, N: n}
}

// fitted adds a number for which something was fitted.
func (b *builder) fitted(r Reading) {
	r.How = fittedHere
	b.add(r)
}

// add adds a number with what it is called, and beside it what the published checkpoint
// reached.
func (b *builder) add(r Reading) {
	words := named(r.Name)
	r.Label, r.Unit = words.Label, words.Unit
	if r.How == "" {
		r.How = testedOnly
	}
	if v, ok := b.origin.values[r.Name]; ok {
		n := Number(v)
		r.Checkpoint, r.Origin = &n, b.origin.origin
	}
	b.figure.Numbers[r.Name] = r.Value
	b.figure.Readings = append(b.figure.Readings, r)
}

func (b *builder) note(format string, args ...any) {
	b.figure.Notes = append(b.figure.Notes, fmt.Sprintf(format, args...))
}

// drawing is what web/chart has of charts.
type drawing interface {
	Option() (json.RawMessage, error)
}

// place is that of a panel in the table, which has one for each.
func (b *builder) place(id string) Place {
	i := slices.IndexFunc(b.places, func(p Place) bool { return p.ID == id })
	if i < 0 {
		panic("figure: no place for a panel " + id)
	}
	return b.places[i]
}

// title is that of a panel.
func (b *builder) title(id string) string { return b.place(id).Title }

// panel adds a panel of a chart and of the data plotted in it; its title is the place's.
func (b *builder) panel(p Panel, c drawing, data ...Array) {
	p.Title = b.title(p.ID)
	p.Option = b.option(p.ID, c.Option)
	p.Table, p.data = p.Table.Thinned(tableRows), data
	b.figure.Panels = append(b.figure.Panels, p)
}

// inSpace adds a panel of three dimensions, with what stands in for it where there is
// no WebGL.
func (b *builder) inSpace(p Panel, s chart.Space, data ...Array) {
	p.Flat = b.option(p.ID, s.Flat)
	b.panel(p, s, data...)
}

func (b *builder) option(id string, encode func() (json.RawMessage, error)) json.RawMessage {
	option, err := encode()
	if err != nil && b.err == nil {
		b.err = fmt.Errorf("panel %s: %w", id, err)
	}
	return option
}

// tableRows is how long a panel's table is at most.
const tableRows = 200

// absent tells whether the model does not have a panel, and adds one that says why.
func (b *builder) absent(id string) bool {
	p := b.place(id)
	if p.Why == "" {
		return false
	}
	b.figure.Panels = append(b.figure.Panels, Panel{ID: id, Title: p.Title, Why: p.Why, See: "Not for this model.",
		Table: chart.Table{Caption: p.Title, Columns: []string{}, Rows: [][]any{}}})
	return true
}

// unitTraces is a table of about ten units over time: values[j] are those of unit j.
func unitTraces(caption string, time []float64, values [][]float64) chart.Table {
	columns, names := [][]float64{time}, []string{"sample"}
	for j := 0; j < len(values); j += max(1, len(values)/10) {
		columns, names = append(columns, values[j]), append(names, fmt.Sprintf("unit %d", j+1))
	}
	return chart.Columns(caption, names, columns...)
}

// list is a one-dimensional array.
func list(name string, values []float64) Array { return Array{name, []int{len(values)}, values} }

// grid is a two-dimensional one.
func grid(name string, rows [][]float64) Array {
	a := Array{Name: name, Shape: []int{len(rows), 0}}
	for _, r := range rows {
		a.Shape[1] = len(r)
		a.Values = append(a.Values, r...)
	}
	return a
}

// numbered is from, from+step, … of length n.
func numbered(from, step float64, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = from + step*float64(i)
	}
	return v
}

// every keeps each k-th value, the first included.
func every(k int, values []float64) []float64 {
	var v []float64
	for i := 0; i < len(values); i += max(k, 1) {
		v = append(v, values[i])
	}
	return v
}

// label writes a number for an axis of names.
func label(v float64) string { return fmt.Sprintf("%.4g", v) }

// labels are numbers as names of a heat map's axis.
func labels(values []float64) []string {
	l := make([]string, len(values))
	for i, v := range values {
		l[i] = label(v)
	}
	return l
}

func nans(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

// mostVarying are the columns of rows by their spread, the widest first.
func mostVarying(rows [][]float64) []int {
	spread := make([]float64, len(rows[0]))
	order := make([]int, len(spread))
	for j := range spread {
		column := make([]float64, len(rows))
		for i, r := range rows {
			column[i] = r[j]
		}
		spread[j], order[j] = analysis.Describe(column).SD, j
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(spread[b], spread[a]) })
	return order
}
