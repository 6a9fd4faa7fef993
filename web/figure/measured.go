package figure

import (
	"slices"

	"unmixlab/sim/experiment"
	"unmixlab/sim/spec"
)

// checkpoint are values that this project's authors measured with a published
// checkpoint in an independent simulation, with contexts of their own. The paper
// itself prints almost no numbers: none of these is the paper's.
type checkpoint struct {
	origin string
	values map[string]float64
}

// measured finds what to compare a figure with; empty when no published checkpoint
// was trained as this model was, or when it is tested otherwise than they were.
func measured(r Request, figure string) checkpoint {
	if r.Samples != experiment.PaperSamples || r.Noise != publishedNoise || !asPublished(r.spec()) {
		return checkpoint{}
	}
	kind := r.spec().Model + " " + r.spec().Sources
	values, ok := measurements[figure][kind]
	if !ok {
		return checkpoint{}
	}
	return checkpoint{"measured from the published checkpoint (" + kind + "), other contexts", values}
}

// publishedNoise is the noise with which the published checkpoints were tested.
const publishedNoise = 0.001

// asPublished tells whether a network has the settings of the published ones; how
// long it was trained, and from which seed, may differ.
func asPublished(sp spec.Spec) bool {
	d := spec.Default(sp.Model)
	d.Sources, d.Frequencies = sp.Sources, spec.DefaultFrequencies(sp.Sources, d.Dim)
	return sp.Dim == d.Dim && slices.Equal(sp.Frequencies, d.Frequencies) && sp.Tau == d.Tau && sp.Hidden == d.Hidden &&
		sp.Input == d.Input && !sp.Additive && sp.Units == d.Units && sp.Feedback == d.Feedback && sp.Width == d.Width &&
		len(sp.Learn) == len(d.Learn) && sp.Mixing == d.Mixing && sp.Threshold == d.Threshold
}

var measurements = map[string]map[string]map[string]float64{
	"fig1": {
		"modulation chords": {"clarity_x": 0.536, "clarity_y": 0.967, "late_error": 0.033, "peak_error": 0.42, "late_weight_error": 0.28},
		"spatial chords":    {"clarity_x": 0.54, "clarity_y": 0.942, "late_error": 0.039, "peak_error": 0.68},
		"spatial sines":     {"clarity_x": 0.53, "clarity_y": 0.977},
	},
	"fig3": {
		"spatial chords": {"clarity_y": 0.942, "modulation_within_sd": 0.12, "modulation_between_sd": 1.65,
			"effective_weight_correlation": 0.995, "effective_weight_error": 0.28},
		"spatial sines": {"clarity_y": 0.977},
	},
	"fig4": {
		"spatial chords": {"clarity_units_z_mean": 0.45, "clarity_units_z_max": 0.85, "decoding_r2_x": 0.39, "decoding_r2_z": 0.960, "decoding_r2_y": 0.961},
		"spatial sines":  {"clarity_units_z_mean": 0.465, "clarity_units_z_max": 0.82, "decoding_r2_x": 0.40, "decoding_r2_z": 0.989, "decoding_r2_y": 0.989},
	},
	"fig5": {
		"spatial chords": {"angle_frozen_mean": 4.3, "angle_restored_mean": 44.9, "angle_same_side_mean": 24.2, "angle_other_side_mean": 64.5,
			"distance_angle_r": 0.64, "angle_return_mean": 1.9, "variance_explained_3pc": 0.951},
		"spatial sines": {"angle_frozen_mean": 2.8, "angle_restored_mean": 48.8, "angle_same_side_mean": 21.1, "angle_other_side_mean": 74.6,
			"distance_angle_r": 0.76, "angle_return_mean": 0.03, "error_intact": 0.029, "error_frozen": 0.82, "error_restored": 0.027,
			"variance_explained_3pc": 0.959},
	},
	"fig7": {
		"spatial chords": {"grid_contexts": 272, "r2_linear": 0.42, "r2_quadratic": 0.83, "r2_inverse": 0.998,
			"r2_linear_population": 0.999, "r2_linear_stimuli": 0.12},
		"spatial sines": {"grid_contexts": 272, "r2_linear": 0.55, "r2_quadratic": 0.93, "r2_inverse": 0.999,
			"r2_linear_population": 0.999, "r2_linear_stimuli": -0.06},
	},
}
