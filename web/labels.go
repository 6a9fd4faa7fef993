package web

import "unmixlab/sim/spec"

// choiceLabels say what a choice means where its name alone does not.
var choiceLabels = map[string]map[string]string{
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
		"file":             "matrices of one's own",
		"constant":         "one and the same",
	},
}

func choiceLabel(field, choice string) string {
	if field == "model" {
		return KindOf(choice).Name
	}
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

// KindOf describes the network of a spec; a model unknown here is named by itself.
func KindOf(model string) Kind {
	v, ok := spec.VariantNamed(model)
	if !ok {
		return Kind{Name: model}
	}
	return Kind{v.Words.Title, v.Words.Short, v.Words.Long, v.Words.Paper, v.Words.Like}
}
