package figure

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
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

// fig7 is what feedback says about the context.
func fig7(ctx context.Context, r Request, b *builder) error {
	n, err := r.own(points)
	if err != nil {
		return err
	}
	c, err := r.Grid(ctx, n)
	if err != nil {
		return err
	}
	d, err := decode(c, r.Seed)
	if err != nil {
		return err
	}
	b.number("grid_contexts", float64(len(c.Contexts)), fmt.Sprintf("%d points per axis, without near-singular ones", n))
	b.codeNumbers(c, d)
	b.stageDecoders(c, d, r.spec())
	b.feedbackDecoders(c, d)
	b.square(c)
	b.sheet(c, d)
	b.verdict("%s", d.verdict())
	if r.spec().Model != spec.Dale {
		b.note("The paper shows this for the Dalean network; here the %s model's feedback signals stand in.", r.spec().Model)
	}
	return nil
}

// stageTitle names a stage of the code on its axis.
func stageTitle(s experiment.Stage, sp spec.Spec) string {
	if s.Signal == "m" && sp.Model == spec.Dale {
		return "modulation units m"
	}
	return map[string]string{"x": "stimuli |x|", "z": "population |z|", "z_L": "lower rates z_L", "z_H": "upper rates z_H",
		"m": "modulation m", "l": "feedback signals"}[s.Signal]
}

// targets are (a,b) and the entries of the inverse of every context.
func targets(contexts []data.Context) (ab, inverse *mat.Dense) {
	var rows, inv [][]float64
	for _, c := range contexts {
		rows, inv = append(rows, []float64{c.A[0], c.A[2]}), append(inv, c.Inverse())
	}
	return analysis.Rows(rows), analysis.Rows(inv)
}

// decoded is how well contexts can be read off the stages, on folds left out.
type decoded struct {
	linear             []analysis.CrossValidated // (a, b) from each stage
	population         analysis.CrossValidated   // of these, the middle units'
	feedback           analysis.CrossValidated   // and the feedback's
	quadratic, inverse analysis.CrossValidated   // (a, b) and the inverse from the feedback
}

// decode fits decoders to a code; seed deals contexts to folds.
func decode(c experiment.Code, seed uint64) (d decoded, err error) {
	ab, inverse := targets(c.Contexts)
	for _, s := range c.Stages {
		v, err := analysis.CrossValidate(analysis.Rows(s.Means), ab, folds, seed)
		if err != nil {
			return d, err
		}
		d.linear = append(d.linear, v)
		switch s.Signal {
		case "z", "z_H":
			d.population = v
		}
	}
	d.feedback = d.linear[len(d.linear)-1]
	feedback := analysis.Rows(c.Feedback().Means)
	if d.quadratic, err = analysis.CrossValidate(analysis.Quadratic(feedback), ab, folds, seed); err != nil {
		return d, err
	}
	d.inverse, err = analysis.CrossValidate(feedback, inverse, folds, seed)
	return d, err
}

// verdict says what can be read off the feedback.
func (d decoded) verdict() string {
	s := fmt.Sprintf("From the feedback a linear decoder reads the context with R² %s, a quadratic one with %s, and the inverse is read linearly with %s",
		say(d.feedback.R2), say(d.quadratic.R2), say(d.inverse.R2))
	if d.inverse.R2 > tellsInverse && d.inverse.R2 > d.feedback.R2+tellsMore {
		return s + ": feedback says what has to be done, not what the context is."
	}
	return s + "."
}

// codeNumbers are R² of the decoders.
func (b *builder) codeNumbers(c experiment.Code, d decoded) {
	over := fmt.Sprintf("folds left out, %d contexts", len(c.Contexts))
	b.mean("r2_linear", d.feedback.Folds, over)
	b.mean("r2_quadratic", d.quadratic.Folds, over)
	b.mean("r2_inverse", d.inverse.Folds, over)
	b.mean("r2_linear_population", d.population.Folds, over)
	b.mean("r2_linear_stimuli", d.linear[0].Folds, over)
	for i, s := range c.Stages {
		if s.Signal == "z_L" {
			b.mean("r2_linear_lower", d.linear[i].Folds, over)
		}
	}
}

// stageColours are those of a code's stages, from the stimuli to the feedback.
var stageColours = []string{chart.Stimulus, chart.Source1, chart.Source3, chart.Feedback}

// stageDecoders is panel a: a linear decoder of (a, b) from each stage.
func (b *builder) stageDecoders(c experiment.Code, d decoded, sp spec.Spec) {
	var groups []chart.Group
	for i, v := range d.linear {
		groups = append(groups, chart.Group{Name: stageTitle(c.Stages[i], sp), Values: v.Folds, Colour: stageColours[i]})
	}
	b.folds(Panel{ID: "a",
		See: fmt.Sprintf("From the population a linear decoder reads the context with R² %s, from the stimuli with %s, from the feedback with %s.",
			say(d.population.R2), say(d.linear[0].R2), say(d.feedback.R2))}, groups, len(c.Contexts))
}

// feedbackDecoders is panel d: decoders of the context and of its inverse from the feedback.
func (b *builder) feedbackDecoders(c experiment.Code, d decoded) {
	b.folds(Panel{ID: "d", See: d.verdict()},
		[]chart.Group{
			{Name: "linear", Values: d.feedback.Folds, Colour: chart.Feedback},
			{Name: "quadratic", Values: d.quadratic.Folds, Colour: chart.Feedback},
			{Name: "inverse matrix", Values: d.inverse.Folds, Colour: chart.Feedback},
		}, len(c.Contexts))
}

// folds draws R² of decoders on the folds left out.
func (b *builder) folds(p Panel, groups []chart.Group, contexts int) {
	p.N = fmt.Sprintf("dots: %d folds of %d contexts; diamonds: means. Least squares on mean activity over the second half of each context", folds, contexts)
	p.Table = chart.Table{Caption: b.title(p.ID), Columns: []string{"decoder", "mean R²", "least fold", "largest fold"}}
	var arrays []Array
	for _, g := range groups {
		d := analysis.Describe(g.Values)
		p.Table.Rows = append(p.Table.Rows, []any{g.Name, chart.Value(d.Mean), chart.Value(d.Min), chart.Value(d.Max)})
		arrays = append(arrays, list(g.Name, g.Values))
	}
	b.panel(p, chart.Violins(chart.Axis{Name: "R² on contexts left out (1: read without error)"}, groups), arrays...)
}

// shownSignals is of how many feedback signals panel b shows the square.
const shownSignals = 4

// square is panel b: each feedback signal over the square of contexts.
func (b *builder) square(c experiment.Code) {
	last := c.Feedback().Means
	axis := make([]string, c.Points)
	for i := range axis {
		axis[i] = fmt.Sprintf("%.2f", float64(i)/float64(c.Points-1))
	}
	for j := range min(shownSignals, len(last[0])) {
		rows := make([][]float64, c.Points)
		for i := range rows {
			rows[i] = nans(c.Points)
		}
		table := chart.Table{Caption: fmt.Sprintf("Feedback signal %d by context", j+1), Columns: []string{"a", "b", "mean"}}
		var values, firsts, seconds []float64
		for k, ctx := range c.Contexts {
			a, bb := ctx.A[0], ctx.A[2]
			rows[cell(bb, c.Points)][cell(a, c.Points)] = last[k][j]
			table.Rows = append(table.Rows, []any{chart.Value(a), chart.Value(bb), chart.Value(last[k][j])})
			values, firsts, seconds = append(values, last[k][j]), append(firsts, a), append(seconds, bb)
		}
		d := analysis.Describe(values)
		see := fmt.Sprintf("From %s to %s over the contexts; the signal goes with a by r = %s, with b by r = %s.",
			say(d.Min), say(d.Max), say(analysis.Relate(firsts, values).R), say(analysis.Relate(seconds, values).R))
		if d.SD < silent {
			see = "This signal is silent: it is the same in all contexts."
		}
		heat := chart.HeatMap{X: chart.Axis{Name: "a (share of source 1 in stimulus 1)", Categories: axis},
			Y:      chart.Axis{Name: "b (share of source 1 in stimulus 2)", Categories: axis},
			Values: rows, Measure: "signal", Diverging: true}
		b.panel(Panel{ID: fmt.Sprintf("b%d", j+1), See: see,
			N: fmt.Sprintf("one cell for each of %d contexts, mean over the second half of it", len(c.Contexts)), Table: table}, heat, grid("signal", rows))
	}
}

// cell is the place of a coordinate from 0 to 1 among the points of an axis.
func cell(v float64, points int) int { return int(v*float64(points-1) + 0.5) }

// sheet is panel c: three feedback signals in space, a dot for each context.
func (b *builder) sheet(c experiment.Code, d decoded) {
	last := c.Feedback().Means
	if b.absent("c") {
		return
	}
	axes := mostVarying(last)
	s := chart.Space{X: fmt.Sprintf("signal %d", axes[0]+1), Y: fmt.Sprintf("signal %d", axes[1]+1), Z: fmt.Sprintf("signal %d", axes[2]+1),
		Paths: []chart.Path{{Name: "a > b", Colour: chart.Source1, Dots: true}, {Name: "a < b", Colour: chart.Feedback, Dots: true}}}
	table := chart.Table{Caption: "Feedback by context", Columns: []string{"a", "b", s.X, s.Y, s.Z}}
	var rows [][]float64
	for k, ctx := range c.Contexts {
		v := [3]float64{last[k][axes[0]], last[k][axes[1]], last[k][axes[2]]}
		side := 0
		if ctx.A[0] < ctx.A[2] {
			side = 1
		}
		s.Paths[side].Points = append(s.Paths[side].Points, v)
		rows = append(rows, []float64{ctx.A[0], ctx.A[2], v[0], v[1], v[2]})
		table.Rows = append(table.Rows, []any{chart.Value(ctx.A[0]), chart.Value(ctx.A[2]), chart.Value(v[0]), chart.Value(v[1]), chart.Value(v[2])})
	}
	b.inSpace(Panel{ID: "c",
		See: fmt.Sprintf(seen(d.quadratic.R2 > d.feedback.R2+bySquares,
			"Contexts lie on a curved sheet: squares of the signals tell R² %s of the context, the signals alone %s.",
			"The contexts in the space of the signals; their squares tell R² %s of the context, the signals alone %s."), say(d.quadratic.R2), say(d.feedback.R2)),
		N: fmt.Sprintf("one dot for each of %d contexts; the three signals that vary most", len(c.Contexts)), Table: table}, s, grid("context_and_signals", rows))
}
