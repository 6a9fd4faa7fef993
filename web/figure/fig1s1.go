package figure

import (
	"context"
	"fmt"

	"unmixlab/sim/analysis"
	"unmixlab/web/chart"
)

// Parameters of figure 1's first supplement.
var (
	window = Parameter{Name: "window", Label: "Window of the perceptron", Unit: "samples", Min: 1, Max: 150, Default: 1, Whole: true,
		Help: "How many samples it sees and gives at a time; 100 or more can do the task and take some ten seconds to train."}
	batches = Parameter{Name: "batches", Label: "Batches for the perceptron", Min: 1, Max: 20000, Default: 3000, Whole: true,
		Help: "The paper trained 5,000 of 32 contexts."}
)

// controlSamples is how many samples of a context the linear control is fitted on,
// and on how many others it is tested.
const controlSamples = 1024

// fig1s1 shows what networks without feedback reach in the same contexts.
func fig1s1(ctx context.Context, r Request, b *builder) error {
	size, err := r.own(window)
	if err != nil {
		return err
	}
	rounds, err := r.own(batches)
	if err != nil {
		return err
	}
	run, err := r.Test(ctx)
	if err != nil {
		return err
	}
	contexts := run.Contexts()
	mlp, err := r.Perceptron(ctx, contexts, size, rounds)
	if err != nil {
		return err
	}
	s, x := r.Mixture(contexts, 2*controlSamples)
	pairs := analysis.PairwiseRegression(s, x, func(i, j int) float64 { return contexts[i].Distance(contexts[j]) })
	fixed := analysis.FixedReadout(s, x, max(1, len(s)/2))
	ica := analysis.IndependentClarity(s, x, r.Seed)
	cx, cy := b.clarityNumbers(run)
	b.pairNumbers(pairs)
	b.fitted(meanOf("ica_clarity", "Independent components, found anew in every context", "", ica, "contexts"))
	b.fitted(meanOf("fixed_readout_clarity", "One linear map for all contexts", "", fixed, "contexts it was not fitted on"))
	b.fitted(meanOf("perceptron_clarity", "Perceptron without feedback", "", mlp, "contexts"))
	b.pairPanels(pairs)
	b.controls([]chart.Group{
		{Name: "stimuli", Values: cx.PerContext, Colour: chart.Stimulus},
		{Name: "linear, other", Values: pairs.Values, Colour: chart.Source3},
		{Name: "one linear map", Values: fixed, Colour: chart.Source3},
		{Name: "perceptron", Values: mlp, Colour: chart.Source2},
		{Name: "ICA, each anew", Values: ica, Colour: chart.Feedback},
		{Name: "this model", Values: cy.PerContext, Colour: chart.Source1},
	})
	return nil
}

// controls draws the clarity of what has no feedback, beside the stimuli's and the model's.
func (b *builder) controls(groups []chart.Group) {
	table := chart.Table{Caption: "Clarity without feedback", Columns: []string{"what", "mean clarity", "sd", "n"}}
	var arrays []Array
	for _, g := range groups {
		d := analysis.Describe(g.Values)
		table.Rows = append(table.Rows, []any{g.Name, chart.Value(d.Mean), chart.Value(d.SD), d.N})
		arrays = append(arrays, list(g.Name, g.Values))
	}
	violins := chart.Violins(chart.Axis{Name: "signal clarity", Min: 0, Max: 1}, groups)
	b.panel(Panel{ID: "controls", Title: "What networks without feedback reach",
		See: "A map that is fixed after it was fitted does not follow a new context; ICA does when it may look at all samples of each context first.",
		N:   "dots: contexts (pairs of contexts for “linear, other”); diamonds: means. Fitted by the lab for this request", Table: table}, violins, arrays...)
}

// pairNumbers are how a linear map does in its own context and in others.
func (b *builder) pairNumbers(p analysis.Pairs) {
	b.fitted(Reading{Name: "linear_same", Label: "Linear map, other samples of its own context",
		Value: Number(p.Same.Mean), N: fmt.Sprintf("mean over %d contexts", p.Same.N)})
	b.fitted(Reading{Name: "linear_other", Label: "Linear map, all other contexts",
		Value: Number(p.Other.Mean), N: fmt.Sprintf("mean over %d pairs of contexts", p.Other.N)})
	b.fitted(Reading{Name: "linear_distance_r", Label: "Context distance against the linear map's clarity, r",
		Value: Number(p.Relation.R), N: fmt.Sprintf("%d pairs, p = %s", p.Relation.N, chart.Text(p.Relation.P))})
}

// pairPanels draw the linear control of all pairs of contexts.
func (b *builder) pairPanels(p analysis.Pairs) {
	names := labels(numbered(1, 1, len(p.Clarity)))
	heat := chart.HeatMap{X: chart.Axis{Name: "tested in context", Categories: names}, Y: chart.Axis{Name: "fitted in context", Categories: names},
		Values: p.Clarity, Measure: "clarity", Min: 0, Max: 1}
	table := chart.Table{Caption: "Clarity of a linear map by context fitted (rows) and tested", Columns: append([]string{"fitted in"}, names...)}
	for i, row := range p.Clarity {
		cells := []any{i + 1}
		for _, v := range row {
			cells = append(cells, chart.Value(v))
		}
		table.Rows = append(table.Rows, cells)
	}
	b.panel(Panel{ID: "linear", Title: "A linear map holds in its own context",
		See: fmt.Sprintf("On the diagonal the map meets the context it was fitted in (%.2f), elsewhere another (%.2f).", p.Same.Mean, p.Other.Mean),
		N:   fmt.Sprintf("%d samples to fit, %d others to test", controlSamples, controlSamples), Table: table}, heat, grid("clarity", p.Clarity))
	plot := chart.NewPlot(chart.Axis{Name: "distance of the two contexts (Frobenius)", Zero: true}, chart.Axis{Name: "clarity", Min: 0, Max: 1})
	plot.Points("pair of contexts", p.Distance, p.Values, chart.Style{Colour: chart.Source3, Size: 5, Opacity: 0.6})
	b.panel(Panel{ID: "distance", Title: "Further contexts, worse transfer",
		See:   fmt.Sprintf("The correlation is r = %.2f (p = %s).", p.Relation.R, chart.Text(p.Relation.P)),
		N:     fmt.Sprintf("one dot for each of %d ordered pairs of different contexts", p.Relation.N),
		Table: chart.Columns("Distance and clarity of pairs of contexts", []string{"distance", "clarity"}, p.Distance, p.Values)},
		plot, list("distance", p.Distance), list("clarity", p.Values))
}
