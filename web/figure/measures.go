package figure

import (
	"fmt"
	"slices"
	"strings"
)

// lengthName begins the names of clarities by the length of contexts.
const lengthName = "clarity_length_"

// turnNames are the angles of figures 5 and 6.
var turnNames = []string{"angle_frozen_mean", "angle_restored_mean", "angle_same_side_mean", "angle_other_side_mean", "distance_angle_r", "angle_return_mean"}

var (
	fig5Numbers = numbers(append(slices.Clone(turnNames), "error_intact", "error_frozen", "error_restored", "variance_explained_3pc")...)
	fig6Numbers = numbers(append([]string{
		"clarity_y", "clarity_x", "clarity_units_zL_mean", "clarity_units_zH_mean", "gain_within_sd", "gain_between_sd", "gain_averages_sd", "gain_units_sd",
		"decoding_r2_x", "decoding_r2_zL", "decoding_r2_zH", "decoding_r2_m", "decoding_r2_y"}, turnNames...)...)
)

// named is a number of a figure by its name: what it is called, and its unit.
func named(name string) Reading {
	r := Reading{Name: name, Label: measures[name]}
	if n, ok := strings.CutPrefix(name, lengthName); ok {
		r.Label = fmt.Sprintf("Clarity with contexts of %s samples", n)
	}
	if r.Label == "" {
		panic("figure: no number " + name)
	}
	if strings.HasPrefix(name, "angle_") {
		r.Unit = "degrees"
	}
	return r
}

// measures are what the figures' numbers are called.
var measures = map[string]string{
	"late_error":                   "Error ‖s − y‖ late in a context",
	"peak_error":                   "Largest error after a change",
	"clarity_x":                    "Signal clarity of the stimuli",
	"clarity_y":                    "Signal clarity of the outputs",
	"ica_clarity":                  "Independent components, found anew in every context",
	"fixed_readout_clarity":        "One linear map for all contexts",
	"perceptron_clarity":           "Perceptron without feedback",
	"linear_same":                  "Linear map, other samples of its own context",
	"linear_other":                 "Linear map, all other contexts",
	"linear_distance_r":            "Context distance against the linear map's clarity, r",
	"source_correlation":           "Correlation of sources 1 and 2",
	"clarity_control":              "Clarity, as trained",
	"clarity_new_contexts":         "Clarity, rows of contexts not normalised",
	"clarity_sawtooth_chord":       "Clarity, sawtooth and chord as sources",
	"clarity_square_sine":          "Clarity, square and sine as sources",
	"clarity_swapped":              "Clarity, the two sources swapped",
	"late_weight_error":            "Distance ‖W − W*‖ late in a context",
	"early_weight_error":           "Distance ‖W − W*‖ in the first 50 samples",
	"weight_fluctuation":           "Fluctuation of weights within contexts, sd",
	"modulation_within_sd":         "Modulation within contexts, sd",
	"modulation_between_sd":        "Modulation between contexts, sd",
	"effective_weight_correlation": "Effective weights against the inverse, r",
	"effective_weight_error":       "Distance of the effective weights from the inverse",
	"clarity_units_z_mean":         "Clarity of single units of z",
	"clarity_units_z_max":          "Clearest unit of z",
	"readout_weight_correlation":   "Clarity of units against their readout weight, r",
	"clarity_units_zL_mean":        "Clarity of single lower units z_L",
	"clarity_units_zH_mean":        "Clarity of single upper units z_H",
	"decoding_r2_x":                "Decoding the sources from stimuli x, R²",
	"decoding_r2_z":                "Decoding the sources from population z, R²",
	"decoding_r2_zL":               "Decoding the sources from lower units z_L, R²",
	"decoding_r2_zH":               "Decoding the sources from upper units z_H, R²",
	"decoding_r2_m":                "Decoding the sources from modulation m, R²",
	"decoding_r2_y":                "Decoding the sources from outputs y, R²",
	"angle_frozen_mean":            "Angle when the context changes and feedback is frozen",
	"angle_restored_mean":          "Angle once feedback is restored",
	"angle_same_side_mean":         "… contexts on the same side of the square",
	"angle_other_side_mean":        "… contexts on different sides",
	"distance_angle_r":             "Context distance against the restored angle, r",
	"angle_return_mean":            "Angle between two visits to a context, another between them",
	"error_intact":                 "Error with feedback intact",
	"error_frozen":                 "Error with feedback frozen",
	"error_restored":               "Error after feedback was restored, last 200 samples",
	"variance_explained_3pc":       "Variance in the first three components",
	"gain_within_sd":               "Gain within contexts, sd",
	"gain_between_sd":              "Gain between contexts, sd",
	"gain_averages_sd":             "Gains averaged over contexts, sd over units",
	"gain_units_sd":                "Gains within one context, sd over units",
	"grid_contexts":                "Contexts on the grid",
	"r2_linear":                    "Context (a, b) from the feedback, linear, R²",
	"r2_quadratic":                 "… quadratic",
	"r2_inverse":                   "Inverse of the context from the feedback, linear, R²",
	"r2_linear_population":         "Context from the population, linear, R²",
	"r2_linear_stimuli":            "Context from the stimuli, linear, R²",
	"r2_linear_lower":              "Context from the lower rates, linear, R²",
}
