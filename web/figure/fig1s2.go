package figure

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/web/chart"
)

// contextLengths are those of the supplement's panel d, samples.
var contextLengths = []int{50, 100, 200, 500, 1000, 2000, 4000}

// exampleNoise are the noise levels of which panel e shows traces.
var exampleNoise = []float64{0.01, 0.05, 0.1, 0.282}

// fig1s2 is robustness: to the length of contexts and to noise.
func fig1s2(ctx context.Context, r Request, b *builder) error {
	byLength, err := r.AtLengths(ctx, contextLengths)
	if err != nil {
		return err
	}
	two := r.Setup
	two.Contexts = 2
	noisy, err := two.AtNoise(ctx, exampleNoise)
	if err != nil {
		return err
	}
	b.sourceCorrelations(r.SourceSignals())
	b.lengths(byLength)
	b.noisyTraces(noisy)
	return nil
}

// sourceCorrelations is panel c: sources go with themselves only.
func (b *builder) sourceCorrelations(s analysis.Block) {
	n := s.N
	c := analysis.Correlate(s, s)
	rows := make([][]float64, n)
	most := 0.0 // |r| of two
	table := chart.Table{Caption: "Correlation of the sources", Columns: append([]string{""}, chart.Names("s", n)...)}
	for i := range rows {
		rows[i] = c.R[i*n : (i+1)*n]
		cells := []any{fmt.Sprintf("s%d", i+1)}
		for j, v := range rows[i] {
			if j != i {
				most = max(most, math.Abs(v))
			}
			cells = append(cells, chart.Value(v))
		}
		table.Rows = append(table.Rows, cells)
	}
	b.number("source_correlation", c.At(0, 1), fmt.Sprintf("r over all %d samples", s.T()))
	heat := chart.HeatMap{X: chart.Axis{Name: "source", Categories: chart.Names("s", n)}, Y: chart.Axis{Name: "source", Categories: chart.Names("s", n)},
		Values: rows, Measure: "r", Diverging: true, Min: -1, Max: 1}
	b.panel(Panel{ID: "c", See: fmt.Sprintf(seen(most < unlike, "Sources are not correlated: the largest |r| of two is %s.",
		"Sources are correlated: the largest |r| of two is %s."), say(most)),
		N: fmt.Sprintf("all %d samples of the sources", s.T()), Table: table}, heat, grid("r", rows))
}

// lengths is panel d: clarity against the length of test contexts.
func (b *builder) lengths(byLength [][]experiment.Run) {
	var length, clarity, sd, late []float64
	contexts := 0
	for i, n := range contextLengths {
		var s, y []analysis.Block
		for _, run := range byLength[i] {
			s, y = append(s, run.S...), append(y, run.Y...)
		}
		contexts = len(s)
		c := analysis.Describe(analysis.SignalClarity(s, y).PerContext)
		length, clarity, sd = append(length, float64(n)), append(clarity, c.Mean), append(sd, c.SD)
		late = append(late, analysis.ErrorCourse(s, y).Late)
		b.number(lengthName+strconv.Itoa(n), c.Mean, fmt.Sprintf("mean over %d contexts", c.N))
	}
	last := len(clarity) - 1
	see := fmt.Sprintf(seen(rises(clarity), "Clarity rises with the length of contexts, from %s to %s; late in contexts the error goes from %s to %s.",
		"Clarity does not rise steadily with the length of contexts: it is %s in the shortest and %s in the longest; "+
			"late in contexts the error goes from %s to %s."),
		say(clarity[0]), say(clarity[last]), say(late[0]), say(late[last]))
	b.verdict("%s", see)
	plot := chart.NewPlot(chart.Axis{Name: "length of a context (samples)", Log: true, Min: 40, Max: 5000}, chart.Axis{Name: "signal clarity", Min: 0, Max: 1})
	plot.Line("outputs y", length, clarity, chart.Style{Colour: chart.Source1, Width: 2})
	plot.Spread("± sd", length, clarity, sd, chart.Style{Colour: chart.Source1})
	b.panel(Panel{ID: "d", See: see,
		N:     fmt.Sprintf("mean ± sd over %d contexts. Tested only: the same network for every length", contexts),
		Table: chart.Columns(b.title("d"), []string{"samples", "clarity y", "sd over contexts", "late error"}, length, clarity, sd, late)},
		plot, list("samples", length), list("clarity", clarity), list("sd", sd), list("late_error", late))
}

// rises tells whether values rise altogether, and nowhere fall by more than another draw
// of samples makes them (AC-1.10).
func rises(v []float64) bool {
	for i := 1; i < len(v); i++ {
		if !(v[i] >= v[i-1]-0.01) {
			return false
		}
	}
	return v[len(v)-1]-v[0] > clearer
}

// noisyTraces is panel e: output 1 and its source under more and more noise.
func (b *builder) noisyTraces(noisy []experiment.Run) {
	for i, p := range noisy {
		last := len(p.S) - 1
		to := p.S[last].T()
		from := max(0, to-300)
		time := numbered(float64(from), 1, to-from)
		s, x, y := p.S[last].Slice(from, to).Column(0), p.X[last].Slice(from, to).Column(0), p.Y[last].Slice(from, to).Column(0)
		plot := chart.NewPlot(chart.Axis{Name: "time since the change of context (samples)"}, chart.Axis{Name: "signal"})
		plot.Line("stimulus x1", time, x, chart.Style{Colour: chart.Stimulus, Width: 1})
		plot.Line("source s1", time, s, chart.Style{Colour: chart.Ink, Dash: "dotted", Width: 2})
		plot.Line("output y1", time, y, chart.Style{Colour: chart.Source1})
		b.panel(Panel{ID: fmt.Sprintf("e%d", i+1),
			See:   fmt.Sprintf("The output goes with its source by r = %s, the stimulus by %s.", say(analysis.Relate(s, y).R), say(analysis.Relate(s, x).R)),
			N:     "the end of the second context; single samples. Tested only",
			Table: chart.Columns("Traces under noise", []string{"sample", "s1", "x1", "y1"}, time, s, x, y)},
			plot, list("sample", time), list("s", s), list("x", x), list("y", y))
	}
}
