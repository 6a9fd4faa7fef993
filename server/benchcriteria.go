package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strconv"
	"text/tabwriter"

	"unmixlab/sim/data"
	"unmixlab/sim/spec"
	"unmixlab/web/figure"
)

// numbers are a model's, by "figure.name".
type numbers map[string]float64

// criterion is one of the paper's acceptance criteria as a band for one number of a
// figure.
type criterion struct {
	id, figure, number, about string
	models                    []string
	least, most               bound
}

// bound is an end of a band: so many times another of the model's numbers, if it names
// one, and so much more.
type bound struct {
	times  float64
	number string
	more   float64
}

func fixed(v float64) bound                               { return bound{more: v} }
func of(times float64, number string, more float64) bound { return bound{times, number, more} }

// in is the end's value for a model.
func (b bound) in(n numbers) float64 {
	if b.number == "" {
		return b.more
	}
	return b.times*n[b.number] + b.more
}

var (
	above = fixed(math.Inf(1))  // no upper end
	below = fixed(math.Inf(-1)) // no lower end
	onlyM = []string{spec.Modulation}
	onlyS = []string{spec.Spatial}
	onlyD = []string{spec.Dale}
)

// criteria are those that a trained network's headline numbers can meet or miss, with
// the bands that were set from the published checkpoints; those of the Dalean network,
// of which none was published, were proposed before one had been trained.
var criteria = []criterion{
	{"1.3", "fig1", "clarity_y", "clarity of the outputs", onlyM, fixed(0.95), above},
	{"1.5", "fig1", "late_error", "late error", onlyM, below, fixed(0.05)},
	{"1.5", "fig1", "late_error", "… of the peak", onlyM, below, of(0.15, "fig1.peak_error", 0)},
	{"1.6", "fig1", "late_weight_error", "weights from the inverse", onlyM, below, fixed(0.45)},
	{"3.2", "fig3", "clarity_y", "clarity of the outputs", onlyS, fixed(0.92), above},
	{"3.3", "fig3", "modulation_within_sd", "modulation within contexts, sd", onlyS, below, of(0.2, "fig3.modulation_between_sd", 0)},
	{"3.4", "fig3", "effective_weight_correlation", "effective weights with the inverse, r", onlyS, fixed(0.98), above},
	{"3.4", "fig3", "effective_weight_error", "… distance", onlyS, below, fixed(0.4)},
	{"4.1", "fig4", "clarity_units_z_mean", "clarity of single units", onlyS, below, fixed(0.60)},
	{"4.1", "fig4", "clarity_units_z_max", "… of the clearest", onlyS, below, fixed(0.90)},
	{"4.2", "fig4", "readout_weight_correlation", "clarity with readout weight, r", onlyS, fixed(-0.2), fixed(0.2)},
	{"4.3", "fig4", "decoding_r2_z", "decoding from z, R²", onlyS, fixed(0.90), above},
	{"4.3", "fig4", "decoding_r2_x", "… from x", onlyS, below, of(1, "fig4.decoding_r2_z", -0.25)},
	{"5.1", "fig5", "angle_frozen_mean", "angle frozen, degrees", onlyS, below, fixed(8)},
	{"5.2", "fig5", "angle_restored_mean", "angle restored", onlyS, fixed(35), fixed(60)},
	{"5.2", "fig5", "angle_restored_mean", "… of the frozen one", onlyS, of(5, "fig5.angle_frozen_mean", 0), above},
	{"5.3", "fig5", "angle_same_side_mean", "angle, same side", onlyS, below, fixed(30)},
	{"5.3", "fig5", "angle_other_side_mean", "angle, other side", onlyS, fixed(55), above},
	{"5.4", "fig5", "distance_angle_r", "context distance with angle, r", onlyS, fixed(0.5), above},
	{"5.5", "fig5", "error_frozen", "error frozen", onlyS, of(10, "fig5.error_intact", 0), above},
	{"5.5", "fig5", "error_restored", "error restored", onlyS, below, of(1.5, "fig5.error_intact", 0)},
	{"5.6", "fig5", "angle_return_mean", "angle between two visits", onlyS, below, fixed(3)},
	{"5.8", "fig5", "variance_explained_3pc", "variance in three components", onlyS, fixed(0.93), above},
	{"7.2", "fig7", "r2_linear", "context from feedback, linear R²", onlyS, below, fixed(0.7)},
	{"7.2", "fig7", "r2_quadratic", "… quadratic", onlyS, of(1, "fig7.r2_linear", 0.2), above},
	{"7.2", "fig7", "r2_inverse", "inverse from feedback", onlyS, fixed(0.98), above},
	{"7.3", "fig7", "r2_linear_population", "context from the population", onlyS, fixed(0.95), above},
	{"7.3", "fig7", "r2_linear_stimuli", "… from the stimuli", onlyS, below, fixed(0.3)},
	{"6.2", "fig6", "clarity_y", "clarity of the outputs", onlyD, fixed(0.85), above},
	{"6.3", "fig6", "clarity_units_zL_mean", "clarity of single lower units", onlyD, below, fixed(0.65)},
	{"6.3", "fig6", "clarity_units_zH_mean", "… of upper units", onlyD, below, fixed(0.65)},
	{"6.3", "fig6", "decoding_r2_zH", "decoding from z_H, R²", onlyD, fixed(0.85), above},
	{"6.3", "fig6", "decoding_r2_zL", "… from z_L", onlyD, below, of(1, "fig6.decoding_r2_zH", -0.2)},
	{"6.4", "fig6", "gain_units_sd", "gains within a context, sd", onlyD, of(2, "fig6.gain_averages_sd", 0), above},
	{"6.5", "fig6", "angle_frozen_mean", "angle frozen, degrees", onlyD, below, fixed(10)},
	{"6.5", "fig6", "angle_restored_mean", "angle restored", onlyD, of(3, "fig6.angle_frozen_mean", 0), above},
	{"7.4", "fig7", "r2_inverse", "inverse from feedback", onlyD, of(1, "fig7.r2_linear", 0), above},
	{"7.4", "fig7", "r2_quadratic", "context from feedback, quadratic R²", onlyD, of(1, "fig7.r2_linear", 0), above},
	{"7.4", "fig7", "r2_linear_population", "context from z_H, linear R²", onlyD, of(1, "fig7.r2_linear", 0), above},
}

// met tells whether the number lies in its band; one that the model lacks never does.
func (c criterion) met(n numbers) bool {
	v, ok := n[c.figure+"."+c.number]
	return ok && v >= c.least.in(n) && v <= c.most.in(n)
}

// band is the band in words.
func (c criterion) band(n numbers) string {
	least, most := c.least.in(n), c.most.in(n)
	switch {
	case math.IsInf(least, -1):
		return "≤ " + brief(most)
	case math.IsInf(most, 1):
		return "≥ " + brief(least)
	}
	return brief(least) + " to " + brief(most)
}

func brief(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

// criteriaCommand sets networks beside one another and the criteria.
type criteriaCommand struct {
	Models []string `arg:"" help:"Ids of models, or .safetensors or .pt files."`
	Seed   uint64   `help:"Decides contexts and noise of all figures." default:"1"`
	Data   string   `help:"Folder with models of one's own (default: the user's data folder)." type:"path" placeholder:"DIR"`
	JSON   bool     `help:"Print every number of the figures as JSON instead."`
}

// Run computes the figures of every model and prints a table for each kind of model.
func (c criteriaCommand) Run(ctx context.Context, t terminal) error {
	byKind, all := map[string][]judged{}, map[string]numbers{}
	for _, name := range c.Models {
		j, err := c.judge(ctx, name)
		if err != nil {
			return err
		}
		byKind[j.kind] = append(byKind[j.kind], j)
		all[name] = j.numbers
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	for _, kind := range []string{spec.Modulation, spec.Spatial, spec.Dale} {
		if len(byKind[kind]) > 0 {
			if err := printCriteria(t.out, kind, byKind[kind]); err != nil {
				return err
			}
		}
	}
	return nil
}

// judged is a model with its numbers.
type judged struct {
	name, kind, recipe string
	numbers            numbers
}

func (c criteriaCommand) judge(ctx context.Context, model string) (judged, error) {
	name, f, err := figureCommand{Data: c.Data}.open(model)
	if err != nil {
		return judged{}, err
	}
	sp := f.Network.Spec
	j := judged{name, sp.Model, sp.Recipe(), numbers{}}
	src, err := data.NewSources(sp, nil)
	if err != nil {
		return j, err
	}
	r, err := figure.NewRequest(name, f, src, url.Values{"seed": {strconv.FormatUint(uint64(c.Seed), 10)}})
	if err != nil {
		return j, err
	}
	for _, id := range figuresFor(sp.Model) {
		entry, _ := figure.Named(id)
		made, err := entry.Compute(ctx, r)
		if err != nil {
			return j, fmt.Errorf("%s of %s: %w", id, name, err)
		}
		for number, v := range made.Numbers {
			if v := float64(v); !math.IsNaN(v) && !math.IsInf(v, 0) {
				j.numbers[id+"."+number] = v
			}
		}
	}
	if len(j.numbers) == 0 {
		return j, fmt.Errorf("%s is a %s model, for which there are no criteria", name, sp.Model)
	}
	return j, nil
}

// figuresFor are the figures that the criteria of a kind of model ask for.
func figuresFor(kind string) []string {
	var ids []string
	for _, c := range criteria {
		if slices.Contains(c.models, kind) && !slices.Contains(ids, c.figure) {
			ids = append(ids, c.figure)
		}
	}
	return ids
}

// printCriteria is the table of one kind of model: a row for each criterion, and for
// each model its number, its band where that is its own, and a cross where it is missed.
func printCriteria(out io.Writer, kind string, models []judged) error {
	fmt.Fprintf(out, "%s\n", kind)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "criterion\t\t")
	for _, m := range models {
		fmt.Fprintf(w, "%s (%s recipe)\t\t", m.name, m.recipe)
	}
	fmt.Fprintln(w)
	for _, c := range criteria {
		if !slices.Contains(c.models, kind) {
			continue
		}
		fmt.Fprintf(w, "AC-%s\t%s\t", c.id, c.about)
		for _, m := range models {
			value := "–"
			if v, ok := m.numbers[c.figure+"."+c.number]; ok {
				value = brief(v)
			}
			if !c.met(m.numbers) {
				value += " ✗"
			}
			fmt.Fprintf(w, "%s\t%s\t", value, c.band(m.numbers))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	return w.Flush()
}
