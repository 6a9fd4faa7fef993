package figure

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// points of the grid of contexts.
var points = Parameter{Name: "points", Label: "Grid points per axis", Min: 6, Max: 30, Default: 20, Whole: true,
	Help: "Of the context square; 20 leave the paper's 272 contexts."}

// folds of the cross-validation.
const folds = 5

// coded tells why a figure about the code of contexts is not for a model.
func coded(sp spec.Spec) string {
	if sp.Model != spec.Dale && diffuse(sp) != "" {
		return "it is about feedback signals that are not the weights themselves: the Dalean, the spatial and the ideal model"
	}
	return twoSources(sp)
}

// code is what stages say about each context of the grid.
type code struct {
	names    []string // of stages, the feedback last
	titles   []string
	stages   [][][]float64 // stage, context, unit
	contexts []data.Context
	points   int
}

// fig7 is what feedback says about the context.
func fig7(ctx context.Context, r Request) (*builder, error) {
	n, err := r.own(points)
	if err != nil {
		return nil, err
	}
	c, err := r.code(ctx, n)
	if err != nil {
		return nil, err
	}
	b := newBuilder(r, "fig7")
	b.number("grid_contexts", "Contexts on the grid", "", float64(len(c.contexts)), fmt.Sprintf("%d points per axis, without near-singular ones", n))
	if err := b.decoders(r, c); err != nil {
		return nil, err
	}
	b.square(c)
	b.sheet(c)
	if r.spec().Model != spec.Dale {
		b.note("The paper shows this for the Dalean network; here the %s model's feedback signals stand in.", r.spec().Model)
	}
	return b, nil
}

// code plays every grid context after a random one, and takes means over its second half.
func (r Request) code(ctx context.Context, points int) (code, error) {
	c := code{contexts: data.Grid(points), points: points}
	before, err := r.contexts(len(c.contexts), forGrid)
	if err != nil {
		return c, err
	}
	type named struct {
		signal, title string
		size          bool // mean absolute value: the signal's own mean is near zero
	}
	take := []named{{"x", "stimuli |x|", true}, {"z", "population |z|", true}, {"m", "modulation m", false}, {"l", "feedback signals", false}}
	if r.spec().Model == spec.Dale {
		take = []named{{"x", "stimuli |x|", true}, {"z_L", "lower rates z_L", false}, {"z_H", "upper rates z_H", false}, {"m", "modulation units m", false}}
	}
	for _, t := range take {
		c.names, c.titles = append(c.names, t.signal), append(c.titles, t.title)
	}
	c.stages = make([][][]float64, len(take))
	var protocols []record.Protocol
	for i, grid := range c.contexts {
		p := r.test([]data.Context{before[i], grid})
		p.Seed += uint64(i)
		protocols = append(protocols, p)
	}
	for k := range c.stages {
		c.stages[k] = make([][]float64, len(protocols))
	}
	err = r.inGroups(ctx, protocols, func(i int, p played) {
		for k, t := range take {
			block := p.blocks(t.signal)[1]
			late := block.Slice(block.T()/2, block.T())
			mean := late.Mean()
			if t.size {
				mean = analysis.MeanSize(late)
			}
			c.stages[k][i] = mean
		}
	})
	return c, err
}

// targets are (a,b) and the entries of the inverse of every context.
func (c code) targets() (ab, inverse *mat.Dense) {
	var rows, inv [][]float64
	for _, k := range c.contexts {
		rows, inv = append(rows, []float64{k.A[0], k.A[2]}), append(inv, k.Inverse())
	}
	return analysis.Rows(rows), analysis.Rows(inv)
}

// decoders are panels a and d.
func (b *builder) decoders(r Request, c code) error {
	ab, inverse := c.targets()
	last := len(c.stages) - 1
	feedback := analysis.Rows(c.stages[last])
	var linear []analysis.CrossValidated
	for _, s := range c.stages {
		v, err := analysis.CrossValidate(analysis.Rows(s), ab, folds, r.Seed)
		if err != nil {
			return err
		}
		linear = append(linear, v)
	}
	quadratic, err := analysis.CrossValidate(analysis.Quadratic(feedback), ab, folds, r.Seed)
	if err != nil {
		return err
	}
	inv, err := analysis.CrossValidate(feedback, inverse, folds, r.Seed)
	if err != nil {
		return err
	}
	population := 1
	if r.spec().Model == spec.Dale {
		population = 2
	}
	over := "folds left out, " + fmt.Sprintf("%d contexts", len(c.contexts))
	b.mean("r2_linear", "Context (a, b) from the feedback, linear, R²", "", linear[last].Folds, over)
	b.mean("r2_quadratic", "… quadratic", "", quadratic.Folds, over)
	b.mean("r2_inverse", "Inverse of the context from the feedback, linear, R²", "", inv.Folds, over)
	b.mean("r2_linear_population", "Context from the population, linear, R²", "", linear[population].Folds, over)
	b.mean("r2_linear_stimuli", "Context from the stimuli, linear, R²", "", linear[0].Folds, over)
	if r.spec().Model == spec.Dale {
		b.mean("r2_linear_lower", "Context from the lower rates, linear, R²", "", linear[1].Folds, over)
	}
	n := fmt.Sprintf("dots: %d folds of %d contexts; diamonds: means. Least squares on mean activity over the second half of each context", folds, len(c.contexts))
	b.foldPanel("a", "Where the context can be read off", c.titles, linear, n,
		fmt.Sprintf("From the population a linear decoder reads the context with R² %.2f, from the stimuli with %.2f, from the feedback with %.2f.", linear[population].R2, linear[0].R2, linear[last].R2))
	b.foldPanel("d", "The feedback's code is not linear in the context", []string{"linear", "quadratic", "inverse matrix"}, []analysis.CrossValidated{linear[last], quadratic, inv}, n,
		fmt.Sprintf(seen(inv.R2 > linear[last].R2, "A linear decoder reads the context with R² %.2f, a quadratic one with %.2f, and the entries of the inverse can be read linearly with %.3f: feedback says what has to be done, not what the context is.",
			"A linear decoder reads the context with R² %.2f, a quadratic one with %.2f, and the entries of the inverse with %.3f."), linear[last].R2, quadratic.R2, inv.R2))
	return nil
}

func (b *builder) foldPanel(id, title string, names []string, results []analysis.CrossValidated, n, see string) {
	var groups []chart.Group
	var arrays []Array
	table := chart.Table{Caption: title, Columns: []string{"decoder", "mean R²", "least fold", "largest fold"}}
	colours := []string{chart.Stimulus, chart.Source1, chart.Source3, chart.Feedback}
	for i, v := range results {
		d := analysis.Describe(v.Folds)
		colour := chart.Feedback
		if id == "a" {
			colour = colours[i]
		}
		groups = append(groups, chart.Group{Name: names[i], Values: v.Folds, Colour: colour})
		table.Rows = append(table.Rows, []any{names[i], chart.Value(d.Mean), chart.Value(d.Min), chart.Value(d.Max)})
		arrays = append(arrays, list(names[i], v.Folds))
	}
	option, err := chart.Violins(chart.Axis{Name: "R² on contexts left out (1: read without error)"}, groups)
	b.panel(Panel{ID: id, Title: title, See: see, N: n, Table: table}, option, err, arrays...)
}

// shownSignals is of how many feedback signals panel b shows the square.
const shownSignals = 4

// square is panel b: each feedback signal over the square of contexts.
func (b *builder) square(c code) {
	last := c.stages[len(c.stages)-1]
	axis := make([]string, c.points)
	for i := range axis {
		axis[i] = fmt.Sprintf("%.2f", float64(i)/float64(c.points-1))
	}
	for j := range min(shownSignals, len(last[0])) {
		rows := make([][]float64, c.points)
		for i := range rows {
			rows[i] = nans(c.points)
		}
		table := chart.Table{Caption: fmt.Sprintf("Feedback signal %d by context", j+1), Columns: []string{"a", "b", "mean"}}
		var values []float64
		for k, ctx := range c.contexts {
			a, bb := ctx.A[0], ctx.A[2]
			rows[c.cell(bb)][c.cell(a)] = last[k][j]
			table.Rows = append(table.Rows, []any{chart.Value(a), chart.Value(bb), chart.Value(last[k][j])})
			values = append(values, last[k][j])
		}
		d := analysis.Describe(values)
		see := "The signal varies with both coordinates of the context, and steeply near the diagonal, where contexts can hardly be undone."
		if d.SD < 1e-3 {
			see = "This signal is silent: it is the same in all contexts."
		}
		option, err := chart.HeatMap{X: chart.Axis{Name: "a (share of source 1 in stimulus 1)", Categories: axis}, Y: chart.Axis{Name: "b (share of source 1 in stimulus 2)", Categories: axis},
			Values: rows, Measure: "signal", Diverging: true}.Option()
		b.panel(Panel{ID: fmt.Sprintf("b%d", j+1), Title: fmt.Sprintf("Feedback signal %d over the contexts", j+1), See: see,
			N: fmt.Sprintf("one cell for each of %d contexts, mean over the second half of it", len(c.contexts)), Table: table}, option, err, grid("signal", rows))
	}
}

func (c code) cell(v float64) int { return int(v*float64(c.points-1) + 0.5) }

// sheet is panel c: three feedback signals in space, a dot for each context.
func (b *builder) sheet(c code) {
	last := c.stages[len(c.stages)-1]
	axes := mostVarying(last)
	if len(axes) < 3 {
		b.absent("c", "Feedback in space", "The model has fewer than three feedback signals.")
		return
	}
	s := chart.Space{X: fmt.Sprintf("signal %d", axes[0]+1), Y: fmt.Sprintf("signal %d", axes[1]+1), Z: fmt.Sprintf("signal %d", axes[2]+1),
		Paths: []chart.Path{{Name: "a > b", Colour: chart.Source1, Dots: true}, {Name: "a < b", Colour: chart.Feedback, Dots: true}}}
	table := chart.Table{Caption: "Feedback by context", Columns: []string{"a", "b", s.X, s.Y, s.Z}}
	var rows [][]float64
	for k, ctx := range c.contexts {
		v := [3]float64{last[k][axes[0]], last[k][axes[1]], last[k][axes[2]]}
		side := 0
		if ctx.A[0] < ctx.A[2] {
			side = 1
		}
		s.Paths[side].Points = append(s.Paths[side].Points, v)
		rows = append(rows, []float64{ctx.A[0], ctx.A[2], v[0], v[1], v[2]})
		table.Rows = append(table.Rows, []any{chart.Value(ctx.A[0]), chart.Value(ctx.A[2]), chart.Value(v[0]), chart.Value(v[1]), chart.Value(v[2])})
	}
	flat, flatErr := s.Flat()
	if flatErr != nil && b.err == nil {
		b.err = flatErr
	}
	option, err := s.Option()
	b.panel(Panel{ID: "c", Title: "Contexts on a curved sheet", Flat: flat, See: "Contexts lie on a curved sheet in the space of feedback signals, one half for each side of the context square.",
		N: fmt.Sprintf("one dot for each of %d contexts; the three signals that vary most", len(c.contexts)), Table: table}, option, err, grid("context_and_signals", rows))
}
