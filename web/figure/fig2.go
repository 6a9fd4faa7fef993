package figure

import (
	"context"
	"fmt"
	"math"
	"slices"

	"unmixlab/sim/analysis"
	"unmixlab/sim/experiment"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// taus are the time constants of the sweeps, samples; the paper names only the ends.
var taus = []float64{1, 3, 10, 30, 100, 300, 1000}

// filteredWeights tells why the figure is not for a model.
func filteredWeights(sp spec.Spec) string {
	if sp.Model != spec.Modulation {
		return "it is about the time constant of modulated weights: the modulation model"
	}
	return twoSources(sp)
}

// fig2 is slow modulation.
func fig2(ctx context.Context, r Request, b *builder) error {
	others, err := r.others()
	if err != nil {
		return err
	}
	run, err := r.Test(ctx)
	if err != nil {
		return err
	}
	atTest, err := r.AtTimeConstants(ctx, taus)
	if err != nil {
		return err
	}
	networks, err := r.besideOthers(ctx, run, others)
	if err != nil {
		return err
	}
	w := run.Blocks("w")
	c := analysis.WeightCourse(w, run.Inverses())
	b.mean("clarity_y", analysis.SignalClarity(run.S, run.Y).PerContext, "contexts")
	b.number("early_weight_error", c.Early(earlySamples), fmt.Sprintf("mean over %d contexts", len(w)))
	b.mean("late_weight_error", c.PerContext, "contexts, second half of each")
	b.number("weight_fluctuation", analysis.Switch(w).Within,
		fmt.Sprintf("sd over the second half, mean over entries and %d contexts", len(w)))
	b.weightTraces("b", w, run, fmt.Sprintf("time constant %g samples", r.spec().Tau))
	clarity := mean(analysis.SignalClarity(run.S, run.Y).PerContext)
	b.verdict(seen(clarity > clearOutputs,
		"With a time constant of %g samples outputs are clear (%s); the weights' distance from the inverse falls from %s in the first %d samples to %s late.",
		"With a time constant of %g samples outputs are not clear (%s); the weights' distance from the inverse goes from %s in the first %d samples to %s late."),
		r.spec().Tau, say(clarity), say(c.Early(earlySamples)), earlySamples, say(c.Late))
	b.course("c", "‖W − W*‖ (Frobenius)", chart.Feedback, c,
		fmt.Sprintf("From %s in the first %d samples to %s late, where the inverses have a size of %s.",
			say(c.Early(earlySamples)), earlySamples, say(c.Late), say(c.Norm)),
		fmt.Sprintf("mean ± sd over %d contexts, smoothed over 20 samples", len(w)))
	b.stepResponse(r.spec().Tau)
	b.tauSweep(r.spec().Tau, atTest)
	b.side(networks, len(w))
	return nil
}

// earlySamples is how long weights are early in a context.
const earlySamples = 50

// stepResponse is what the filter alone does, in closed form.
func (b *builder) stepResponse(own float64) {
	at := numbered(0, 5, 201)
	plot := chart.NewPlot(chart.Axis{Name: "time after a step (samples)"}, chart.Axis{Name: "share of the step", Min: 0, Max: 1})
	columns, names := [][]float64{at}, []string{"sample"}
	arrays := []Array{list("sample", at)}
	for i, tau := range taus {
		v := make([]float64, len(at))
		for k, n := range at {
			v[k] = 1 - math.Pow(1-1/tau, n)
		}
		style := chart.Style{Colour: chart.Source(i)}
		if tau == own {
			style.Width = 3
		}
		name := fmt.Sprintf("τ = %g", tau)
		plot.Line(name, at, v, style)
		columns, names, arrays = append(columns, v), append(names, name), append(arrays, list(name, v))
	}
	b.panel(Panel{ID: "filter",
		See: "After n samples the filter has gone 1 − (1 − 1/τ)ⁿ of the way: at τ = 1000, 63 % by the end of a context of 1000 samples.",
		N:   "closed form", Table: chart.Columns("Step response of the filter", names, columns...)}, plot, arrays...)
}

// clearest says at which of the time constants outputs are clearest.
func clearest(own float64, clarity []float64) string {
	best := 0
	for i, c := range clarity {
		if c > clarity[best] {
			best = i
		}
	}
	return fmt.Sprintf("Outputs are clearest at τ = %g (%s) and least clear with a clarity of %s; the network was trained with τ = %g.",
		taus[best], say(clarity[best]), say(slices.Min(clarity)), own)
}

// tauSweep is panel a for this one network: its time constant is changed at test.
func (b *builder) tauSweep(own float64, runs []experiment.Run) {
	var clarity, sd, first, fluctuation []float64
	for _, p := range runs {
		d := analysis.Describe(analysis.SignalClarity(p.S, p.Y).PerContext)
		clarity, sd = append(clarity, d.Mean), append(sd, d.SD)
		first = append(first, analysis.WeightCourse(p.Blocks("w"), p.Inverses()).Early(earlySamples))
		fluctuation = append(fluctuation, analysis.Switch(p.Blocks("w")).Within)
	}
	plot := chart.NewPlot(chart.Axis{Name: "time constant at test (samples)", Log: true, Min: 1, Max: 1000}, chart.Axis{Name: "signal clarity", Min: 0, Max: 1})
	plot.Line("outputs y", taus, clarity, chart.Style{Colour: chart.Source1, Width: 2})
	plot.Spread("± sd", taus, clarity, sd, chart.Style{Colour: chart.Source1})
	plot.At(own, "trained with")
	b.panel(Panel{ID: "a-test",
		See: clearest(own, clarity) + " The paper's panel compares networks that were trained with each; " +
			"train them, and name them beside this one above.",
		N: fmt.Sprintf("mean ± sd over %d contexts. Tested only: the network was trained with τ = %g alone", len(runs[0].S), own),
		Table: chart.Columns("Clarity by time constant at test",
			[]string{"τ (samples)", "clarity y", "sd over contexts", "‖W − W*‖ in the first 50 samples", "fluctuation"},
			taus, clarity, sd, first, fluctuation)},
		plot, list("tau", taus), list("clarity", clarity), list("sd", sd), list("early", first), list("fluctuation", fluctuation))
}
