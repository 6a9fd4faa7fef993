package figure

import (
	"context"
	"fmt"
	"math"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// trained is how many contexts a source decoder is fitted on.
var trained = Parameter{Name: "trained", Label: "Contexts to fit the decoder on", Min: 0, Max: 199, Default: 0, Whole: true,
	Help: "Of the test contexts, the first so many; 0 is half of them, as in the paper."}

// fig4 is invariance at the population level only.
func fig4(ctx context.Context, r Request, b *builder) error {
	n, err := r.decoderContexts()
	if err != nil {
		return err
	}
	run, err := r.Test(ctx)
	if err != nil {
		return err
	}
	z := run.Population()
	cx, cz, cy := analysis.SignalClarity(run.S, run.X), analysis.SignalClarity(run.S, z), analysis.SignalClarity(run.S, run.Y)
	units := analysis.Describe(cz.PerUnit)
	b.mean("clarity_units_z_mean", "Clarity of single units of z", "", cz.PerUnit, "units, each the mean over contexts")
	b.number("clarity_units_z_max", "Clarest unit of z", "", units.Max, fmt.Sprintf("of %d units, mean over %d contexts", units.N, len(z)))
	weight := r.ReadoutSizes()
	relation := analysis.Relate(weight, cz.PerUnit)
	b.number("readout_weight_correlation", "Clarity of units against their readout weight, r", "", relation.R,
		fmt.Sprintf("%d units, p = %s", relation.N, chart.Text(relation.P)))
	b.activity(run, z)
	b.unitClarity("b", []chart.Group{
		{Name: "stimuli x", Values: cx.PerUnit, Colour: chart.Stimulus},
		{Name: "population z", Values: cz.PerUnit, Colour: chart.Feedback},
		{Name: "outputs y", Values: cy.PerUnit, Colour: chart.Source1}}, len(z))
	b.clarityMap("c", cz)
	b.readoutPanel(relation, weight, cz.PerUnit)
	return b.decoding("e", n, run, []stage{
		{"x", "stimuli x", chart.Stimulus, run.X},
		{"z", "population z", chart.Feedback, z},
		{"y", "outputs y", chart.Source1, run.Y}})
}

// diffuseTwo are the figures of two sources and diffuse feedback.
func diffuseTwo(sp spec.Spec) string {
	if why := diffuse(sp); why != "" {
		return why
	}
	return twoSources(sp)
}

// decoderContexts reads the parameter; half of the contexts unless given.
func (r Request) decoderContexts() (int, error) {
	n, err := r.own(trained)
	if err != nil {
		return 0, err
	}
	if n == 0 {
		n = r.Contexts / 2
	}
	if n >= r.Contexts {
		return 0, spec.Errors{{Field: "trained", Message: fmt.Sprintf("is %d, must leave some of the %d contexts to test on", n, r.Contexts)}}
	}
	return n, nil
}

// activity is panel a: the population in two contexts, round the change between them.
func (b *builder) activity(run experiment.Run, z []analysis.Block) {
	last := min(1, len(z)-1)
	n := min(150, z[0].T(), z[last].T())
	rows := make([][]float64, z[0].N)
	add := func(block analysis.Block) {
		for t := range block.T() {
			for j, v := range block.Row(t) {
				rows[j] = append(rows[j], float64(v))
			}
		}
	}
	add(z[0].Slice(z[0].T()-n, z[0].T()))
	add(z[last].Slice(z[last].T()-n, z[last].T()))
	for j := range rows {
		rows[j] = every(3, rows[j])
	}
	var time []float64
	for k, block := range []analysis.Block{z[0], z[last]} {
		from := run.Spans[min(k, last)].To - min(n, block.T())
		for i := range n {
			time = append(time, float64(from+i))
		}
	}
	time = every(3, time)
	heat := chart.HeatMap{X: chart.Axis{Name: "sample of the run; left: end of context 1, right: end of context 2", Categories: labels(time)},
		Y:      chart.Axis{Name: "unit", Categories: labels(numbered(1, 1, len(rows)))},
		Values: rows, Measure: "activity z", Diverging: true}
	b.panel(Panel{ID: "a", Title: "The population in two contexts",
		See:   "The same sources make another pattern of activity in another context: units are strongly modulated.",
		N:     fmt.Sprintf("the last %d samples of the first two contexts, every third", n),
		Table: unitTraces("Activity, some units", time, rows)}, heat, list("sample", time), grid("units", rows))
}

// unitClarity draws violins over units.
func (b *builder) unitClarity(id string, groups []chart.Group, contexts int) {
	violins := chart.Violins(chart.Axis{Name: "signal clarity of a unit, mean over contexts", Min: 0, Max: 1}, groups)
	middle, last := analysis.Describe(groups[len(groups)/2].Values), analysis.Describe(groups[len(groups)-1].Values)
	table := chart.Table{Caption: "Clarity of single units", Columns: []string{"stage", "units", "mean", "sd over units", "least", "largest"}}
	var arrays []Array
	for _, g := range groups {
		d := analysis.Describe(g.Values)
		table.Rows = append(table.Rows, []any{g.Name, d.N, chart.Value(d.Mean), chart.Value(d.SD), chart.Value(d.Min), chart.Value(d.Max)})
		arrays = append(arrays, list(g.Name, g.Values))
	}
	b.panel(Panel{ID: id, Title: "No single unit is invariant",
		See: fmt.Sprintf("Units of the population reach %.2f on average and %.2f at most, outputs %.2f: "+
			"a unit that is clear in all contexts would be at 1.", middle.Mean, middle.Max, last.Mean),
		N: fmt.Sprintf("dots: units, each the mean over %d contexts; diamonds: mean over units", contexts), Table: table}, violins, arrays...)
}

// clarityMap draws the clarity of every unit in every context.
func (b *builder) clarityMap(id string, c analysis.Clarity) {
	units, contexts := len(c.PerUnit), len(c.Values)
	rows := make([][]float64, contexts)
	for k := range rows {
		rows[k] = c.Values[k]
	}
	heat := chart.HeatMap{X: chart.Axis{Name: "unit", Categories: labels(numbered(1, 1, units))},
		Y:      chart.Axis{Name: "context", Categories: labels(numbered(1, 1, contexts))},
		Values: rows, Measure: "clarity", Min: 0, Max: 1}
	d := analysis.Describe(flat(rows))
	table := chart.Table{Caption: "Clarity over units, by context", Columns: []string{"context", "mean", "least", "largest"}}
	for k, row := range rows {
		e := analysis.Describe(row)
		table.Rows = append(table.Rows, []any{k + 1, chart.Value(e.Mean), chart.Value(e.Min), chart.Value(e.Max)})
	}
	b.panel(Panel{ID: id, Title: "Clear in some contexts, in none always",
		See: fmt.Sprintf("Units reach a clarity from %.2f to %.2f, but none does so in all contexts.", d.Min, d.Max),
		N:   fmt.Sprintf("%d units in %d contexts; %d values undefined", units, contexts, c.Undefined), Table: table}, heat, grid("clarity", rows))
}

func flat(rows [][]float64) []float64 {
	var v []float64
	for _, r := range rows {
		v = append(v, r...)
	}
	return v
}

func (b *builder) readoutPanel(r analysis.Relation, weight, clarity []float64) {
	plot := chart.NewPlot(chart.Axis{Name: "size of a unit's readout weights (Euclidean norm)", Zero: true},
		chart.Axis{Name: "signal clarity, mean over contexts", Min: 0, Max: 1})
	plot.Points("unit", weight, clarity, chart.Style{Colour: chart.Feedback})
	b.panel(Panel{ID: "d", Title: "Units that are read out strongly are no clearer",
		See:   fmt.Sprintf("Clarity and readout weight go together by r = %.2f (p = %s).", r.R, chart.Text(r.P)),
		N:     fmt.Sprintf("one dot for each of %d units", r.N),
		Table: chart.Columns("Readout weight and clarity of units", []string{"readout weight", "clarity"}, weight, clarity)},
		plot, list("readout_weight", weight), list("clarity", clarity))
}

// stage is a population on the way from stimuli to outputs.
type stage struct {
	name, title, colour string
	blocks              []analysis.Block
}

// decoding adds R² of one linear decoder for each stage, as numbers and as violins.
func (b *builder) decoding(id string, n int, run experiment.Run, stages []stage) error {
	var groups []chart.Group
	var arrays []Array
	best := math.Inf(-1) // of the stages between stimuli and outputs
	table := chart.Table{Caption: "R² of one linear decoder in contexts it was not fitted on",
		Columns: []string{"stage", "mean", "sd over contexts", "least", "largest"}}
	for _, s := range stages {
		d, err := analysis.DecodeSources(run.S, s.blocks, n)
		if err != nil {
			return err
		}
		b.mean("decoding_r2_"+s.name, "Decoding the sources from "+s.title+", R²", "", d.R2, fmt.Sprintf("contexts, fitted on %d others", n))
		e := analysis.Describe(d.R2)
		table.Rows = append(table.Rows, []any{s.title, chart.Value(e.Mean), chart.Value(e.SD), chart.Value(e.Min), chart.Value(e.Max)})
		if s.name != "x" && s.name != "y" {
			best = math.Max(best, e.Mean)
		}
		groups = append(groups, chart.Group{Name: s.title, Values: d.R2, Colour: s.colour})
		arrays = append(arrays, list(s.name, d.R2))
	}
	violins := chart.Violins(chart.Axis{Name: "R² in contexts the decoder was not fitted on (1: sources read without error)"}, groups)
	b.panel(Panel{ID: id, Title: "One decoder reads the sources from the population",
		See: fmt.Sprintf(seen(best > 0.8, "A decoder fitted in some contexts works in others when it reads the modulated population (%.2f), "+
			"and not as well when it reads the stimuli (%.2f): the population holds a subspace in which the context does not show.",
			"A decoder fitted in some contexts and tried in others reaches %.2f at best, and %.2f from the stimuli."), best, analysis.Describe(groups[0].Values).Mean),
		N: fmt.Sprintf("dots: %d contexts; diamonds: means; ordinary least squares with intercept, fitted on %d other contexts",
			len(run.S)-n, n), Table: table}, violins, arrays...)
	return nil
}
