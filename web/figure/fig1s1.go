package figure

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	b.fitted(meanOf("ica_clarity", ica, "contexts"))
	b.fitted(meanOf("fixed_readout_clarity", fixed, "contexts it was not fitted on"))
	b.fitted(meanOf("perceptron_clarity", mlp, "contexts"))
	b.pairPanels(pairs)
	fitted := map[string]float64{"a linear map fitted elsewhere": pairs.Other.Mean, "one linear map for all contexts": mean(fixed), "the perceptron": mean(mlp)}
	b.controls(beyond(mean(cy.PerContext), fitted), []chart.Group{
		{Name: "stimuli", Values: cx.PerContext, Colour: chart.Stimulus},
		{Name: "linear, other", Values: pairs.Values, Colour: chart.Source3},
		{Name: "one linear map", Values: fixed, Colour: chart.Source3},
		{Name: "perceptron", Values: mlp, Colour: chart.Source2},
		{Name: "ICA, each anew", Values: ica, Colour: chart.Feedback},
		{Name: "this model", Values: cy.PerContext, Colour: chart.Source1},
	})
	return nil
}

// beyond says whether a model is clearer than everything that stays as it was fitted.
func beyond(model float64, fitted map[string]float64) string {
	var numbers, reach []string
	for _, name := range slices.Sorted(maps.Keys(fitted)) {
		numbers = append(numbers, fmt.Sprintf("%s %s", name, say(fitted[name])))
		if !(fitted[name] < model-clearer) {
			reach = append(reach, name)
		}
	}
	s := fmt.Sprintf("This model reaches a clarity of %s; %s. ", say(model), strings.Join(numbers, ", "))
	switch {
	case !(model > clearOutputs):
		return s + "The outputs of this model are not clear."
	case len(reach) == 0:
		return s + "What stays as it was fitted does not follow a new context."
	}
	return s + fmt.Sprintf("This model is not clearer by more than %g than %s.", clearer, strings.Join(reach, " and "))
}

// controls draws the clarity of what has no feedback, beside the stimuli's and the model's.
func (b *builder) controls(see string, groups []chart.Group) {
	b.verdict("%s", see)
	table := chart.Table{Caption: "Clarity without feedback", Columns: []string{"what", "mean clarity", "sd", "n"}}
	var arrays []Array
	for _, g := range groups {
		d := analysis.Describe(g.Values)
		table.Rows = append(table.Rows, []any{g.Name, chart.Value(d.Mean), chart.Value(d.SD), d.N})
		arrays = append(arrays, list(g.Name, g.Values))
	}
	violins := chart.Violins(chart.Axis{Name: "signal clarity", Min: 0, Max: 1}, groups)
	b.panel(Panel{ID: "controls", See: see,
		N:     "ICA looks at all samples of each context first; dots: contexts (pairs of contexts for “linear, other”); diamonds: means. Fitted by the lab for this request",
		Table: table}, violins, arrays...)
}

// pairNumbers are how a linear map does in its own context and in others.
func (b *builder) pairNumbers(p analysis.Pairs) {
	b.fitted(Reading{Name: "linear_same",
		Value: Number(p.Same.Mean), N: fmt.Sprintf("mean over %d contexts", p.Same.N)})
	b.fitted(Reading{Name: "linear_other",
		Value: Number(p.Other.Mean), N: fmt.Sprintf("mean over %d pairs of contexts", p.Other.N)})
	b.fitted(Reading{Name: "linear_distance_r",
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
	b.panel(Panel{ID: "linear",
		See: fmt.Sprintf(seen(p.Same.Mean > clearUnit && p.Other.Mean < p.Same.Mean-clearLoss,
			"On the diagonal the map meets the context it was fitted in (%s), elsewhere another, and does not hold there (%s).",
			"On the diagonal the map meets the context it was fitted in (%s), elsewhere another (%s)."), say(p.Same.Mean), say(p.Other.Mean)),
		N: fmt.Sprintf("%d samples to fit, %d others to test", controlSamples, controlSamples), Table: table}, heat, grid("clarity", p.Clarity))
	plot := chart.NewPlot(chart.Axis{Name: "distance of the two contexts (Frobenius)", Zero: true}, chart.Axis{Name: "clarity", Min: 0, Max: 1})
	plot.Points("pair of contexts", p.Distance, p.Values, chart.Style{Colour: chart.Source3, Size: 5, Opacity: 0.6})
	b.panel(Panel{ID: "distance",
		See: fmt.Sprintf("Distance and clarity go together by r = %s (p = %s): %s.", say(p.Relation.R), say(p.Relation.P),
			trend(p.Relation, "the further the contexts, the better the transfer", "the further the contexts, the worse the transfer")),
		N:     fmt.Sprintf("one dot for each of %d ordered pairs of different contexts", p.Relation.N),
		Table: chart.Columns("Distance and clarity of pairs of contexts", []string{"distance", "clarity"}, p.Distance, p.Values)},
		plot, list("distance", p.Distance), list("clarity", p.Values))
}
