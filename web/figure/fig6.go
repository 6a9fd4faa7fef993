package figure

import (
	"context"
	"fmt"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// dalean tells why the figure is not for a model.
func dalean(sp spec.Spec) string {
	if sp.Model != spec.Dale {
		return "it is about rates with separate excitation and inhibition: the Dalean model"
	}
	return twoSources(sp)
}

// fig6 is the Dalean network: gains, single units, populations and their planes.
func fig6(ctx context.Context, r Request, b *builder) error {
	n, err := r.own(repetitions)
	if err != nil {
		return err
	}
	fit, err := r.used(trained)
	if err != nil {
		return err
	}
	run, err := r.Test(ctx)
	if err != nil {
		return err
	}
	_, pca, err := r.Components(ctx, 3)
	if err != nil {
		return err
	}
	f, err := r.Freeze(ctx, n, pca)
	if err != nil {
		return err
	}
	gains := run.Blocks("p")
	b.daleUnits(run, gains)
	found, err := b.decoding("f", fit, run, daleStages(run))
	if err != nil {
		return err
	}
	a := f.Angles()
	b.turnNumbers(a, f.Returns)
	b.angles("g", a, f.Returns)
	b.distances("g-distance", a)
	clarity := mean(analysis.SignalClarity(run.S, run.Y).PerContext)
	b.verdict("%s %s %s", fmt.Sprintf(seen(clarity > clearOutputs, "Outputs are clear (%s).", "Outputs are not clear (%s)."), say(clarity)),
		found.verdict("upper units"), turned(mean(a.Frozen), mean(a.Restored), mean(a.SameSide), mean(a.OtherSide), mean(f.Returns)))
	return nil
}

// daleStages are the populations on the way from stimuli to outputs.
func daleStages(run experiment.Run) []stage {
	return []stage{
		{"x", "stimuli x", chart.Stimulus, run.X},
		{"zL", "lower units z_L", chart.Source3, run.Blocks("z_L")},
		{"zH", "upper units z_H", chart.Feedback, run.Blocks("z_H")},
		{"m", "modulation m", chart.Error, run.Blocks("m")},
		{"y", "outputs y", chart.Source1, run.Y},
	}
}

// daleUnits are panels c to e: gains over contexts and over units, and how clear single
// units are.
func (b *builder) daleUnits(run experiment.Run, gains []analysis.Block) {
	clarity := map[string]analysis.Clarity{}
	var groups []chart.Group
	for _, s := range daleStages(run) {
		c := analysis.SignalClarity(run.S, s.blocks)
		clarity[s.name] = c
		groups = append(groups, chart.Group{Name: s.title, Values: c.PerUnit, Colour: s.colour})
	}
	b.mean("clarity_y", clarity["y"].PerContext, "contexts")
	b.mean("clarity_x", clarity["x"].PerContext, "contexts")
	b.mean("clarity_units_zL_mean", clarity["zL"].PerUnit, "units, each the mean over contexts")
	b.mean("clarity_units_zH_mean", clarity["zH"].PerUnit, "units, each the mean over contexts")
	s := analysis.Switch(gains)
	b.number("gain_within_sd", s.Within,
		fmt.Sprintf("sd over the second half, mean over units and %d contexts", len(gains)))
	b.number("gain_between_sd", s.Between,
		fmt.Sprintf("sd over %d contexts of late means, mean over units", len(gains)))
	b.modulationPanel(run, gains, gainHeat, s)
	b.errorCourse("c-error", analysis.ErrorCourse(run.S, run.Y), len(run.S))
	b.gainHistogram(gains)
	b.unitClarity("e", groups, len(run.S))
}

// gainBins is how finely gains, from 0 to 1, are counted.
const gainBins = 20

// gainHistogram is panel d: gains over units, averaged over contexts and in two.
func (b *builder) gainHistogram(gains []analysis.Block) {
	spread := analysis.SpreadGains(gains)
	b.number("gain_averages_sd", spread.Averages,
		fmt.Sprintf("%d units, %d contexts", gains[0].N, len(gains)))
	b.number("gain_units_sd", spread.Within,
		fmt.Sprintf("mean over %d contexts", len(gains)))
	centres := numbered(0.5/gainBins, 1.0/gainBins, gainBins)
	late := func(k int) []float64 {
		block := gains[k]
		return analysis.Histogram(block.Slice(block.T()/2, block.T()).Mean(), 0, 1, gainBins)
	}
	average := analysis.Histogram(spread.Mean, 0, 1, gainBins)
	first, second := late(0), late(min(1, len(gains)-1))
	plot := chart.NewPlot(chart.Axis{Name: "gain p of a unit", Min: 0, Max: 1}, chart.Axis{Name: "share of units", Zero: true})
	plot.Line("mean over contexts", centres, average, chart.Style{Colour: chart.Ink, Width: 2, Bare: true})
	plot.Line("context 1", centres, first, chart.Style{Colour: chart.Feedback, Bare: true})
	plot.Line("context 2", centres, second, chart.Style{Colour: chart.Source1, Bare: true})
	plot.Legend()
	b.panel(Panel{ID: "d",
		See: fmt.Sprintf(seen(spread.Within > uneven*spread.Averages,
			"Averaged over contexts units are alike in gain (sd over units %s), within one context they differ (%s).",
			"Averaged over contexts the sd of gains over units is %s, within one context %s."), say(spread.Averages), say(spread.Within)),
		N:     fmt.Sprintf("%d units in %d bins; mean gain over the second half of contexts", gains[0].N, gainBins),
		Table: chart.Columns("Share of units by gain", []string{"gain", "mean over contexts", "context 1", "context 2"}, centres, average, first, second)},
		plot, list("gain", centres), list("average", average), list("context1", first), list("context2", second))
}
