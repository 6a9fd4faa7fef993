package figure

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// beside names other networks that figure 2 sets beside the model.
var beside = Parameter{Name: "with", Label: "Models beside it", Text: true,
	Help: "Ids of modulation models, separated by commas, such as networks trained with other time constants or inputs."}

// maxBeside bounds how many are played for one figure.
const maxBeside = 8

// trainedNetwork is a network of the comparison, played in the same contexts.
type trainedNetwork struct {
	name    string // id, time constant and input
	weights analysis.Course
	errors  analysis.Course
	clarity analysis.Summary
	within  float64 // fluctuation of the weights
}

// namesBeside are the ids that a query names.
func namesBeside(query url.Values) []string {
	var ids []string
	for id := range strings.SplitSeq(query.Get(beside.Name), ",") {
		if id = strings.TrimSpace(id); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// others finds the networks that the request names; one that is not there or not for
// the comparison is a spec.Errors on the field "with".
func (r Request) others() ([]Request, error) {
	var out []Request
	wrong := func(format string, args ...any) error {
		return spec.Errors{{Field: beside.Name, Message: fmt.Sprintf(format, args...)}}
	}
	for _, id := range namesBeside(r.Params) {
		if len(out) == maxBeside {
			return nil, wrong("names more than %d models", maxBeside)
		}
		if r.Find == nil {
			return nil, wrong("cannot be looked up here: give the model by its id in the lab")
		}
		file, sources, err := r.Find(id)
		if err != nil {
			return nil, wrong("names %q: %v", id, err)
		}
		if why := filteredWeights(file.Network.Spec); why != "" {
			return nil, wrong("names %q, but %s", id, why)
		}
		other := r
		other.Model, other.Network, other.Sources = id, file.Network, sources
		out = append(out, other)
	}
	return out, nil
}

// besideOthers plays other networks in the contexts of the model's own run, which comes
// first of them; without others there is nothing to set side by side.
func (r Request) besideOthers(ctx context.Context, own experiment.Run, others []Request) ([]trainedNetwork, error) {
	if len(others) == 0 {
		return nil, nil
	}
	all := []trainedNetwork{r.trainedNetwork(own)}
	for _, q := range others {
		run, err := q.In(ctx, own.Contexts())
		if err != nil {
			return nil, err
		}
		all = append(all, q.trainedNetwork(run))
	}
	return all, nil
}

// trainedNetwork is what the comparison asks of the request's own network.
func (r Request) trainedNetwork(p experiment.Run) trainedNetwork {
	w := p.Blocks("w")
	return trainedNetwork{
		name:    fmt.Sprintf("%s, τ %g, input %s", r.Model, r.spec().Tau, r.spec().Input),
		weights: analysis.WeightCourse(w, p.Inverses()), errors: analysis.ErrorCourse(p.S, p.Y),
		clarity: analysis.Describe(analysis.SignalClarity(p.S, p.Y).PerContext), within: analysis.Switch(w).Within,
	}
}

// side draws the model and others side by side: each trained for its own setting,
// all tested in the same contexts.
func (b *builder) side(all []trainedNetwork, contexts int) {
	if len(all) == 0 {
		return
	}
	n := fmt.Sprintf("mean over %d contexts, the same for all. Retrained: every network was trained with its own settings", contexts)
	b.sideCourses("side-weights", "‖W − W*‖ (Frobenius)", n, all, func(t trainedNetwork) analysis.Course { return t.weights })
	b.sideCourses("side-errors", "error ‖s − y‖", n, all, func(t trainedNetwork) analysis.Course { return t.errors })
	b.sideClarity(n, all)
}

func (b *builder) sideCourses(id, axis, n string, all []trainedNetwork, of func(trainedNetwork) analysis.Course) {
	plot := chart.NewPlot(chart.Axis{Name: "time since the change of context (samples)"}, chart.Axis{Name: axis, Zero: true}).Legend()
	time := numbered(0, 1, len(of(all[0]).Mean))
	names, columns, arrays := []string{"sample"}, [][]float64{time}, []Array{list("sample", time)}
	k := max(1, len(time)/500)
	see := fmt.Sprintf("In the first %d samples: %s. Late: %s.", earlySamples,
		ends(all, func(t trainedNetwork) float64 { return of(t).Early(earlySamples) }), ends(all, func(t trainedNetwork) float64 { return of(t).Late }))
	for i, t := range all {
		mean := of(t).Mean
		plot.Line(t.name, every(k, time), every(k, analysis.Smooth(mean, 20)), chart.Style{Colour: chart.Source(i), Width: 2, Bare: true})
		names, columns, arrays = append(names, t.name), append(columns, mean), append(arrays, list(t.name, mean))
	}
	b.panel(Panel{ID: id, See: see, N: n + "; smoothed over 20 samples", Table: chart.Columns(b.title(id), names, columns...)}, plot, arrays...)
}

// ends says which of the networks has the least of something, and which the most.
func ends(all []trainedNetwork, of func(trainedNetwork) float64) string {
	least, most := all[0], all[0]
	for _, t := range all {
		if of(t) < of(least) {
			least = t
		}
		if of(t) > of(most) {
			most = t
		}
	}
	return fmt.Sprintf("from %s (%s) to %s (%s)", say(of(least)), least.name, say(of(most)), most.name)
}

func (b *builder) sideClarity(n string, all []trainedNetwork) {
	var names []string
	var clarity, sd, early50, late, within []float64
	rows := [][]any{}
	for _, t := range all {
		names = append(names, t.name)
		clarity, sd = append(clarity, t.clarity.Mean), append(sd, t.clarity.SD)
		early50, late, within = append(early50, t.weights.Early(earlySamples)), append(late, t.weights.Late), append(within, t.within)
		rows = append(rows, []any{t.name, t.clarity.Mean, t.clarity.SD, t.weights.Early(earlySamples), t.weights.Late, t.within})
	}
	plot := chart.NewPlot(chart.Axis{Name: "signal clarity", Min: 0, Max: 1}, chart.Axis{Categories: names}).Turned()
	plot.Bars("outputs y", clarity, sd, chart.Style{Colour: chart.Source1})
	b.panel(Panel{ID: "side-clarity",
		See: fmt.Sprintf("Clarity: %s.", ends(all, func(t trainedNetwork) float64 { return t.clarity.Mean })),
		N:   "lines are ± sd over contexts; " + n,
		Table: chart.Table{Caption: "Networks side by side",
			Columns: []string{"network", "clarity y", "sd over contexts", "‖W − W*‖ in the first 50 samples", "late ‖W − W*‖", "fluctuation"},
			Rows:    rows}},
		plot, list("clarity", clarity), list("sd", sd), list("early", early50), list("late", late), list("fluctuation", within))
}
