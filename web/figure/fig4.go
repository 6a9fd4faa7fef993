package figure

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// trained is how many contexts a source decoder is fitted on.
var trained = Parameter{Name: "trained", Label: "Contexts to fit the decoder on", Min: 0, Max: 199, Default: 0, Whole: true,
	Help: "Of the test contexts, the first so many; 0 is half of them, as in the paper.", used: Request.fitOn}

// fig4 is invariance at the population level only.
func fig4(ctx context.Context, r Request, b *builder) error {
	n, err := r.used(trained)
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
	b.mean("clarity_units_z_mean", cz.PerUnit, "units, each the mean over contexts")
	b.number("clarity_units_z_max", units.Max, fmt.Sprintf("of %d units, mean over %d contexts", units.N, len(z)))
	weight := r.ReadoutSizes()
	relation := analysis.Relate(weight, cz.PerUnit)
	b.number("readout_weight_correlation", relation.R,
		fmt.Sprintf("%d units, p = %s", relation.N, chart.Text(relation.P)))
	b.activity(run, z)
	b.unitClarity("b", []chart.Group{
		{Name: "stimuli x", Values: cx.PerUnit, Colour: chart.Stimulus},
		{Name: "population z", Values: cz.PerUnit, Colour: chart.Feedback},
		{Name: "outputs y", Values: cy.PerUnit, Colour: chart.Source1}}, len(z))
	b.clarityMap("c", cz)
	b.readoutPanel(relation, weight, cz.PerUnit)
	found, err := b.decoding("e", n, run, []stage{
		{"x", "stimuli x", chart.Stimulus, run.X},
		{"z", "population z", chart.Feedback, z},
		{"y", "outputs y", chart.Source1, run.Y}})
	if err != nil {
		return err
	}
	b.verdict("%s %s", seen(units.Max < clearUnit, "No single unit is clear over contexts", "A single unit is clear over contexts")+
		fmt.Sprintf(" (the clearest has %s).", say(units.Max)), found.verdict("population"))
	return nil
}

// diffuseTwo are the figures of two sources and diffuse feedback.
func diffuseTwo(sp spec.Spec) string {
	if why := diffuse(sp); why != "" {
		return why
	}
	return twoSources(sp)
}

// fitOn is the number of contexts that a decoder is fitted on; half of them where none
// were asked for.
func (r Request) fitOn(n int) (int, error) {
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
	b.panel(Panel{ID: "a",
		See:   fmt.Sprintf("From one context to the other the activity of a unit (rms) changes by %s %% on average.", say(100*change(rows))),
		N:     fmt.Sprintf("the last %d samples of the first two contexts, every third", n),
		Table: unitTraces("Activity, some units", time, rows)}, heat, list("sample", time), grid("units", rows))
}

// change is by how much the rms activity of units differs between the first and the
// second half of their values, as a share of its mean over both, mean over units.
func change(rows [][]float64) float64 {
	var shares []float64
	for _, row := range rows {
		first, second := rms(row[:len(row)/2]), rms(row[len(row)/2:])
		shares = append(shares, 2*math.Abs(first-second)/(first+second))
	}
	return mean(shares)
}

func rms(v []float64) float64 { return floats.Norm(v, 2) / math.Sqrt(float64(len(v))) }

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
	b.panel(Panel{ID: id,
		See: fmt.Sprintf(seen(middle.Max < clearUnit, "No single unit is clear over contexts: those of the %s reach %s on average and %s at most, outputs %s.",
			"A single unit is clear over contexts: those of the %s reach %s on average and %s at most, outputs %s."),
			groups[len(groups)/2].Name, say(middle.Mean), say(middle.Max), say(last.Mean)),
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
	d, best := analysis.Describe(flat(rows)), steadiest(rows)
	table := chart.Table{Caption: "Clarity over units, by context", Columns: []string{"context", "mean", "least", "largest"}}
	for k, row := range rows {
		e := analysis.Describe(row)
		table.Rows = append(table.Rows, []any{k + 1, chart.Value(e.Mean), chart.Value(e.Min), chart.Value(e.Max)})
	}
	b.panel(Panel{ID: id,
		See: fmt.Sprintf(seen(best < clearContext, "Units reach a clarity from %s to %s, and none is clear in all contexts: the best has %s in its worst.",
			"Units reach a clarity from %s to %s, and one is clear in all contexts: it has %s in its worst."), say(d.Min), say(d.Max), say(best)),
		N: fmt.Sprintf("%d units in %d contexts; %d values undefined", units, contexts, c.Undefined), Table: table}, heat, grid("clarity", rows))
}

// steadiest is the largest of the units' least values; rows[k][j] is unit j in context k.
func steadiest(rows [][]float64) float64 {
	best := math.NaN()
	for j := range rows[0] {
		least := math.Inf(1)
		for _, row := range rows {
			least = math.Min(least, row[j])
		}
		if !(least <= best) && !math.IsNaN(least) {
			best = least
		}
	}
	return best
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
	b.panel(Panel{ID: "d",
		See: fmt.Sprintf(seen(math.Abs(r.R) < unrelated,
			"Units that are read out strongly are no clearer: clarity and readout weight go together by r = %s (p = %s).",
			"Clarity and readout weight are related: they go together by r = %s (p = %s)."), say(r.R), say(r.P)),
		N:     fmt.Sprintf("one dot for each of %d units", r.N),
		Table: chart.Columns("Readout weight and clarity of units", []string{"readout weight", "clarity"}, weight, clarity)},
		plot, list("readout_weight", weight), list("clarity", clarity))
}

// stage is a population on the way from stimuli to outputs.
type stage struct {
	name, title, colour string
	blocks              []analysis.Block
}

// decodings are the mean R² of one linear decoder for each stage, by its name.
type decodings map[string]float64

// population is that of the units that are read out, z or z_H.
func (d decodings) population() float64 {
	if r2, ok := d["zH"]; ok {
		return r2
	}
	return d["z"]
}

// verdict says whether the population holds a subspace from which the sources can be read
// in every context; it calls it by a name.
func (d decodings) verdict(name string) string {
	z, x := d.population(), d["x"]
	switch {
	case !(z > reads):
		return fmt.Sprintf("A linear decoder fitted in some contexts does not read the sources from the %s in others (R² %s; from the stimuli %s).",
			name, say(z), say(x))
	case x < z-readsMore:
		return fmt.Sprintf("A linear decoder fitted in some contexts reads the sources from the %s in others (R² %s), and not from the stimuli (%s).",
			name, say(z), say(x))
	}
	return fmt.Sprintf("A linear decoder fitted in some contexts reads the sources from the %s in others (R² %s), and from the stimuli as well (%s).",
		name, say(z), say(x))
}

// decoding adds R² of one linear decoder for each stage, as numbers and as violins.
func (b *builder) decoding(id string, n int, run experiment.Run, stages []stage) (decodings, error) {
	var groups []chart.Group
	var arrays []Array
	found, name := decodings{}, ""
	table := chart.Table{Caption: "R² of one linear decoder in contexts it was not fitted on",
		Columns: []string{"stage", "mean", "sd over contexts", "least", "largest"}}
	for _, s := range stages {
		d, err := analysis.DecodeSources(run.S, s.blocks, n)
		if err != nil {
			return nil, err
		}
		b.mean("decoding_r2_"+s.name, d.R2, fmt.Sprintf("contexts, fitted on %d others", n))
		e := analysis.Describe(d.R2)
		table.Rows = append(table.Rows, []any{s.title, chart.Value(e.Mean), chart.Value(e.SD), chart.Value(e.Min), chart.Value(e.Max)})
		found[s.name] = e.Mean
		if s.name == "z" || s.name == "zH" {
			name = s.title
		}
		groups = append(groups, chart.Group{Name: s.title, Values: d.R2, Colour: s.colour})
		arrays = append(arrays, list(s.name, d.R2))
	}
	violins := chart.Violins(chart.Axis{Name: "R² in contexts the decoder was not fitted on (1: sources read without error)"}, groups)
	b.panel(Panel{ID: id, See: found.verdict(name),
		N: fmt.Sprintf("dots: %d contexts; diamonds: means; ordinary least squares with intercept, fitted on %d other contexts",
			len(run.S)-n, n), Table: table}, violins, arrays...)
	return found, nil
}
