package figure

import (
	"fmt"
	"math"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/web/chart"
)

// noiseLevels are the standard deviations of panel e.
var noiseLevels = []float64{0.001, 0.01, 0.03, 0.05, 0.1, 0.15, 0.2, 0.282, 0.32, 0.5}

// paperSD is the standard deviation of a source by which the paper gives noise in dB.
const paperSD = 0.32

// noise is panel e: clarity against the noise on the stimuli.
func (b *builder) noise(noisy []experiment.Run) {
	if b.absent("e") {
		return
	}
	var x, y, sd, ideal, db []float64
	for i, p := range noisy {
		c := analysis.Describe(analysis.SignalClarity(p.S, p.Y).PerContext)
		y, sd = append(y, c.Mean), append(sd, c.SD)
		x = append(x, analysis.Describe(analysis.SignalClarity(p.S, p.X).PerContext).Mean)
		ideal = append(ideal, analysis.Describe(analysis.SignalClarity(p.S, p.Unmixed()).PerContext).Mean)
		db = append(db, 20*math.Log10(paperSD/noiseLevels[i]))
	}
	plot := chart.NewPlot(chart.Axis{Name: "noise on each stimulus (sd)", Log: true, Min: 0.001, Max: 0.5}, chart.Axis{Name: "signal clarity", Min: 0, Max: 1})
	plot.Line("exact inverse", noiseLevels, ideal, chart.Style{Colour: chart.Muted, Dash: "dashed"})
	plot.Line("outputs y", noiseLevels, y, chart.Style{Colour: chart.Source1, Width: 2})
	plot.Line("stimuli x", noiseLevels, x, chart.Style{Colour: chart.Stimulus, Width: 2})
	plot.Spread("± sd", noiseLevels, y, sd, chart.Style{Colour: chart.Source1})
	plot.At(0.282, "1.1 dB")
	b.panel(Panel{ID: "e",
		See: fmt.Sprintf(seen(fallsGradually(y), "Clarity falls gradually with noise, from %s to %s; that of the exact inverse under the same noise from %s to %s.",
			"Clarity does not fall gradually with noise: it is %s at the least and %s at the most; that of the exact inverse is %s and %s."),
			say(y[0]), say(y[len(y)-1]), say(ideal[0]), say(ideal[len(ideal)-1])),
		N: fmt.Sprintf("mean ± sd over %d contexts. Tested only: noise was added to the same network, not trained with. "+
			"dB are 20 log10(0.32 / sd) as in the paper", len(noisy[0].S)),
		Table: chart.Columns(b.title("e"), []string{"noise sd", "dB", "clarity y", "sd over contexts", "clarity x", "clarity of the exact inverse"},
			noiseLevels, db, y, sd, x, ideal)},
		plot, list("noise", noiseLevels), list("db", db), list("clarity_y", y), list("sd", sd), list("clarity_x", x), list("clarity_inverse", ideal))
}

// fallsGradually tells whether values fall altogether, and nowhere rise by more than one
// draw of noise makes them (AC-1.7).
func fallsGradually(v []float64) bool {
	for i := 1; i < len(v); i++ {
		if !(v[i] <= v[i-1]+0.01) {
			return false
		}
	}
	return v[0]-v[len(v)-1] > clearer
}
