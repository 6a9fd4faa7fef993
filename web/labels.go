package web

import "unmixlab/sim/spec"

// choiceLabels say what a choice means where its name alone does not.
var choiceLabels = map[string]map[string]string{
	"model": {
		spec.Modulation: "Modulated weights",
		spec.Spatial:    "Diffuse modulation",
		spec.Dale:       "Dalean network",
		spec.Unmixing:   "Feedback is the weights",
		spec.Direct:     "LSTM alone",
	},
	"input":   {"xy": "stimuli x and outputs y", "x": "stimuli x only", "y": "outputs y only"},
	"target":  {"both": "all input", "exc": "excitation only", "inh": "inhibition only"},
	"learn":   {"baseline": "modulated weights", "wx": "input weights", "readout": "readout", "inhibition": "inhibition"},
	"sources": {"chords": "chords", "sines": "pure sines", "ica": "sine, square, sawtooth", "wav": "uploaded sounds"},
	"mixing": {
		"random_norm":      "rows sum to 1",
		"random":           "rows as drawn",
		"scale":            "one source scaled",
		"scale_both":       "all sources scaled",
		"interpolate":      "one stimulus mixed",
		"interpolate_both": "all stimuli mixed",
		"constant":         "one and the same",
	},
}

func choiceLabel(field, choice string) string {
	if label := choiceLabels[field][choice]; label != "" {
		return label
	}
	return choice
}

// optionLabel is the label with the choice's own name, which help, API and command
// line use.
func optionLabel(field, choice string) string {
	label := choiceLabel(field, choice)
	if label == choice || field == "input" {
		return label
	}
	return label + " (" + choice + ")"
}

// Kind says in a few words what a kind of network is.
type Kind struct {
	Name, Short, Long, Paper string
	Preset                   string // that trains one like it
}

var kinds = map[string]Kind{
	spec.Modulation: {"Modulated weights", "Feedback scales every weight between stimuli and outputs.",
		"The proof of concept: each weight of a small feedforward network has a feedback signal of its own that scales it.", "Figures 1 and 2", "fig1"},
	spec.Spatial: {"Diffuse modulation", "Four feedback signals spread over a ring of units.",
		"A population of units between stimuli and outputs; a few feedback signals scale them, each reaching many units at once.", "Figures 3 to 5", "fig3"},
	spec.Dale: {"Dalean network", "Firing rates, with excitation and inhibition apart.",
		"Two levels of units with rates that cannot be negative, feedforward inhibition between them, and feedback that lowers gains.", "Figures 6 and 7", "fig6"},
	spec.Unmixing: {"Feedback is the weights", "The recurrent network sets the weights themselves.",
		"No feedforward weights of its own: what the feedback says is the matrix from stimuli to outputs.", "", ""},
	spec.Direct: {"LSTM alone", "No feedforward pathway at all.",
		"The recurrent network's readout is the output: the task can be done this way as well, but nothing is modulated.", "", "direct"},
	spec.Ideal: {"Ideal feedback", "Feedback computed from the context; nothing is trained.",
		"Diffuse modulation whose feedback is solved for in closed form, so that the effective weights are exactly the inverse of the context.", "Figures 3 to 5, 7d", ""},
}

// KindOf describes the network of a spec; a model unknown here is named by itself.
func KindOf(model string) Kind {
	if k, ok := kinds[model]; ok {
		return k
	}
	return Kind{Name: model}
}
