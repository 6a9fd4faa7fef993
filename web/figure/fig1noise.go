package figure

import (
	"context"
	"fmt"
	"math"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/record"
	"unmixlab/web/chart"
)

// noiseLevels are the standard deviations of panel e.
var noiseLevels = []float64{0.001, 0.01, 0.03, 0.05, 0.1, 0.15, 0.2, 0.282, 0.32, 0.5}

// paperSD is the standard deviation of a source by which the paper gives noise in dB.
const paperSD = 0.32

// playNoise plays the test as asked for, and again at every level of noise, side by
// side: the same contexts and the same weights.
func (r Request) playNoise(ctx context.Context, contexts []data.Context) (run played, noisy []played, err error) {
	protocols := []record.Protocol{r.test(contexts)}
	for _, sd := range noiseLevels {
		p := r.test(contexts)
		p.Noise = sd
		protocols = append(protocols, p)
	}
	recordings, err := record.PlayAll(ctx, r.File.Network, r.Sources, protocols)
	if err != nil {
		return played{}, nil, err
	}
	for _, rec := range recordings[1:] {
		noisy = append(noisy, cut(rec))
	}
	return cut(recordings[0]), noisy, nil
}

// noise is panel e: clarity against the noise on the stimuli.
func (b *builder) noise(r Request, run played, noisy []played) {
	title := "Clarity against noise"
	if run.s[0].N != 2 {
		b.absent("e", title, "Clarity is defined for two sources.")
		return
	}
	var x, y, sd, ideal, db []float64
	for i, p := range noisy {
		c := analysis.Describe(analysis.SignalClarity(p.s, p.y).PerContext)
		y, sd = append(y, c.Mean), append(sd, c.SD)
		x = append(x, analysis.Describe(analysis.SignalClarity(p.s, p.x).PerContext).Mean)
		ideal = append(ideal, analysis.Describe(analysis.SignalClarity(p.s, inverted(p)).PerContext).Mean)
		db = append(db, 20*math.Log10(paperSD/noiseLevels[i]))
	}
	plot := chart.NewPlot(chart.Axis{Name: "noise on each stimulus (sd)", Log: true, Min: 0.001, Max: 0.5}, chart.Axis{Name: "signal clarity", Min: 0, Max: 1})
	plot.Line("exact inverse", noiseLevels, ideal, chart.Style{Colour: chart.Muted, Dash: "dashed"})
	plot.Line("outputs y", noiseLevels, y, chart.Style{Colour: chart.Source1, Width: 2})
	plot.Line("stimuli x", noiseLevels, x, chart.Style{Colour: chart.Stimulus, Width: 2})
	plot.Spread("± sd", noiseLevels, y, sd, chart.Style{Colour: chart.Source1})
	option, err := plot.At(0.282, "1.1 dB").Option()
	b.panel(Panel{ID: "e", Title: title,
		See:   fmt.Sprintf("Clarity falls gradually with noise, from %.2f to %.2f; that of the exact inverse under the same noise falls too.", y[0], y[len(y)-1]),
		N:     fmt.Sprintf("mean ± sd over %d contexts. Tested only: noise was added to the same network, not trained with. dB are 20 log10(0.32 / sd) as in the paper", len(run.s)),
		Table: chart.Columns(title, []string{"noise sd", "dB", "clarity y", "sd over contexts", "clarity x", "clarity of the exact inverse"}, noiseLevels, db, y, sd, x, ideal)},
		option, err, list("noise", noiseLevels), list("db", db), list("clarity_y", y), list("sd", sd), list("clarity_x", x), list("clarity_inverse", ideal))
}

// inverted are the stimuli seen through the exact inverse of each context.
func inverted(p played) []analysis.Block {
	out := make([]analysis.Block, len(p.x))
	for k, x := range p.x {
		w := p.spans[k].Context.Inverse()
		b := analysis.Block{N: p.s[k].N, Data: make([]float32, p.s[k].N*x.T())}
		for t := range x.T() {
			row := x.Row(t)
			for i := range b.N {
				sum := 0.0
				for j, v := range row {
					sum += w[i*x.N+j] * float64(v)
				}
				b.Row(t)[i] = float32(sum)
			}
		}
		out[k] = b
	}
	return out
}
