package figure

import "unmixlab/sim/spec"

// checkpoint are values that this project's authors measured with a published
// checkpoint in an independent simulation, with contexts of their own. The paper
// itself prints almost no numbers: none of these is the paper's.
type checkpoint struct {
	origin string
	values map[string]float64
}

// measured finds what to compare a figure of this model with; empty when no
// published checkpoint is of its kind.
func measured(sp spec.Spec, figure string) checkpoint {
	kind := sp.Model + " " + sp.Sources
	if sp.Model == spec.Ideal || sp.Dim != 2 {
		return checkpoint{}
	}
	if sp.Model == spec.Modulation && sp.Tau != 1 {
		return checkpoint{}
	}
	values, ok := measurements[figure][kind]
	if !ok {
		return checkpoint{}
	}
	return checkpoint{"measured from the published checkpoint (" + kind + "), other contexts", values}
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
			"distance_angle_r": 0.76, "angle_return_mean": 0.03, "error_intact": 0.029, "error_frozen": 0.82, "error_restored": 0.027, "variance_explained_3pc": 0.959},
	},
	"fig7": {
		"spatial chords": {"grid_contexts": 272, "r2_linear": 0.42, "r2_quadratic": 0.83, "r2_inverse": 0.998, "r2_linear_population": 0.999, "r2_linear_stimuli": 0.12},
		"spatial sines":  {"grid_contexts": 272, "r2_linear": 0.55, "r2_quadratic": 0.93, "r2_inverse": 0.999, "r2_linear_population": 0.999, "r2_linear_stimuli": -0.06},
	},
}
