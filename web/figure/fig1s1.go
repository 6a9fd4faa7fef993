package figure

import (
	"context"
	"fmt"
	"math/rand/v2"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/web/chart"
)

// Parameters of figure 1's first supplement.
var (
	window  = Parameter{Name: "window", Label: "Window of the perceptron", Unit: "samples", Min: 1, Max: 150, Default: 1, Whole: true, Help: "How many samples it sees and gives at a time; 100 or more can do the task and take some ten seconds to train."}
	batches = Parameter{Name: "batches", Label: "Batches for the perceptron", Min: 1, Max: 20000, Default: 3000, Whole: true, Help: "The paper trained 5,000 of 32 contexts."}
)

// controlSamples is how many samples of a context the linear control is fitted on,
// and on how many others it is tested.
const controlSamples = 1024

// fig1s1 shows what networks without feedback reach in the same contexts.
func fig1s1(ctx context.Context, r Request) (*builder, error) {
	contexts, run, err := r.testRun(ctx)
	if err != nil {
		return nil, err
	}
	b := newBuilder(r, "fig1-s1")
	cx, cy := b.clarityNumbers(run)
	s, x := r.mixture(contexts, 2*controlSamples)
	pairs := analysis.PairwiseRegression(s, x, func(i, j int) float64 { return contexts[i].Distance(contexts[j]) })
	ica := r.independent(s, x)
	fixed := analysis.FixedReadout(s, x, max(1, len(s)/2))
	mlp, err := r.perceptron(ctx, contexts)
	if err != nil {
		return nil, err
	}
	fitted := len(b.figure.Readings)
	b.number("linear_same", "Linear map, other samples of its own context", "", pairs.Same.Mean, fmt.Sprintf("mean over %d contexts", pairs.Same.N))
	b.number("linear_other", "Linear map, all other contexts", "", pairs.Other.Mean, fmt.Sprintf("mean over %d pairs of contexts", pairs.Other.N))
	b.number("linear_distance_r", "Context distance against the linear map's clarity, r", "", pairs.Relation.R, fmt.Sprintf("%d pairs, p = %s", pairs.Relation.N, chart.Text(pairs.Relation.P)))
	b.mean("ica_clarity", "Independent components, found anew in every context", "", ica, "contexts")
	b.mean("fixed_readout_clarity", "One linear map for all contexts", "", fixed, "contexts it was not fitted on")
	b.mean("perceptron_clarity", "Perceptron without feedback", "", mlp, "contexts")
	for i := range b.figure.Readings[fitted:] {
		b.figure.Readings[fitted+i].How = "fitted by the lab for this figure"
	}
	b.pairPanels(pairs)
	groups := []chart.Group{
		{Name: "stimuli", Values: cx.PerContext, Colour: chart.Stimulus},
		{Name: "linear, other", Values: pairs.Values, Colour: chart.Source3},
		{Name: "one linear map", Values: fixed, Colour: chart.Source3},
		{Name: "perceptron", Values: mlp, Colour: chart.Source2},
		{Name: "ICA, each anew", Values: ica, Colour: chart.Feedback},
		{Name: "this model", Values: cy.PerContext, Colour: chart.Source1},
	}
	table := chart.Table{Caption: "Clarity without feedback", Columns: []string{"what", "mean clarity", "sd", "n"}}
	var arrays []Array
	for _, g := range groups {
		d := analysis.Describe(g.Values)
		table.Rows = append(table.Rows, []any{g.Name, chart.Value(d.Mean), chart.Value(d.SD), d.N})
		arrays = append(arrays, list(g.Name, g.Values))
	}
	option, err := chart.Violins(chart.Axis{Name: "signal clarity", Min: 0, Max: 1}, groups)
	b.panel(Panel{ID: "controls", Title: "What networks without feedback reach",
		See: "A map that is fixed after it was fitted does not follow a new context; ICA does when it may look at all samples of each context first.",
		N:   "dots: contexts (pairs of contexts for “linear, other”); diamonds: means. Fitted by the lab for this request", Table: table}, option, err, arrays...)
	return b, nil
}

// independent is the clarity of components found in each context by itself.
func (r Request) independent(s, x []analysis.Block) []float64 {
	var c []float64
	for k := range s {
		if ica, ok := analysis.FastICA(x[k], r.Seed); ok {
			c = append(c, analysis.SignalClarity(s[k:k+1], []analysis.Block{ica.Apply(x[k])}).PerContext[0])
		}
	}
	return c
}

// pairPanels draw the linear control of all pairs of contexts.
func (b *builder) pairPanels(p analysis.Pairs) {
	names := labels(numbered(1, 1, len(p.Clarity)))
	option, err := chart.HeatMap{X: chart.Axis{Name: "tested in context", Categories: names}, Y: chart.Axis{Name: "fitted in context", Categories: names},
		Values: p.Clarity, Measure: "clarity", Min: 0, Max: 1}.Option()
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
		N:   fmt.Sprintf("%d samples to fit, %d others to test", controlSamples, controlSamples), Table: table}, option, err, grid("clarity", p.Clarity))
	plot := chart.NewPlot(chart.Axis{Name: "distance of the two contexts (Frobenius)", Zero: true}, chart.Axis{Name: "clarity", Min: 0, Max: 1})
	option, err = plot.Points("pair of contexts", p.Distance, p.Values, chart.Style{Colour: chart.Source3, Size: 5, Opacity: 0.6}).Option()
	b.panel(Panel{ID: "distance", Title: "Further contexts, worse transfer",
		See:   fmt.Sprintf("The correlation is r = %.2f (p = %s).", p.Relation.R, chart.Text(p.Relation.P)),
		N:     fmt.Sprintf("one dot for each of %d ordered pairs of different contexts", p.Relation.N),
		Table: chart.Columns("Distance and clarity of pairs of contexts", []string{"distance", "clarity"}, p.Distance, p.Values)},
		option, err, list("distance", p.Distance), list("clarity", p.Values))
}

// perceptron trains a feedforward network 2-32-16-8-2 (or windows of n samples in
// and out) on fresh contexts, and gives its clarity in the contexts of the test.
func (r Request) perceptron(ctx context.Context, contexts []data.Context) ([]float64, error) {
	n, err := r.own(window)
	if err != nil {
		return nil, err
	}
	rounds, err := r.own(batches)
	if err != nil {
		return nil, err
	}
	sp := r.spec()
	net := analysis.NewPerceptron(r.Seed, n*sp.Dim, 32, 16, 8, n*sp.Dim)
	fresh, err := data.NewContexts(sp.Mixing, sp.Dim, sp.Dim, sp.Threshold, r.Seed+1)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(r.Seed, 0x6d6c70))
	for range rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		drawn, err := fresh.Take(32)
		if err != nil {
			return nil, err
		}
		in, target := make([][]float64, len(drawn)), make([][]float64, len(drawn))
		start := rng.IntN(r.Sources.Len())
		for i, c := range drawn {
			in[i], target[i] = r.window(start, n, c, rng)
		}
		net.Learn(in, target)
	}
	var clarity []float64
	for k, c := range contexts {
		s, y := r.through(net, k*r.Samples, n, c, rng)
		clarity = append(clarity, analysis.SignalClarity([]analysis.Block{s}, []analysis.Block{y}).PerContext[0])
	}
	return clarity, nil
}

// window is n samples of stimuli and of sources, flat.
func (r Request) window(start, n int, c data.Context, rng *rand.Rand) (x, s []float64) {
	rs, rx := make([]float32, c.Sources), make([]float32, c.Stimuli)
	for t := range n {
		r.sample(start+t, c, rs, rx, rng)
		for j := range rs {
			s = append(s, float64(rs[j]))
		}
		for j := range rx {
			x = append(x, float64(rx[j]))
		}
	}
	return x, s
}

// through passes a context window by window through the network.
func (r Request) through(net *analysis.Perceptron, start, n int, c data.Context, rng *rand.Rand) (s, y analysis.Block) {
	s, y = analysis.Block{N: c.Sources}, analysis.Block{N: c.Sources}
	for t := 0; t < max(r.Samples, n); t += n {
		x, target := r.window(start+t, n, c, rng)
		for i, v := range net.Forward(x) {
			y.Data, s.Data = append(y.Data, float32(v)), append(s.Data, float32(target[i]))
		}
	}
	return s, y
}
