package figure

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"unmixlab/sim/spec"
)

// Place is where a panel comes to stand: known before anything is computed, so that a
// page keeps its room. Its title asks or names, and claims nothing.
type Place struct {
	ID    string
	Title string
	Why   string // why the model does not have the panel; "" where it has
}

// Places are the panels that a figure has for a model, asked for with the query.
func (e Entry) Places(sp spec.Spec, query url.Values) []Place { return e.panels(sp, query) }

// Measures are the numbers that a figure has for a model, without their values.
func (e Entry) Measures(sp spec.Spec) []Reading {
	var out []Reading
	for _, name := range e.numbers(sp) {
		out = append(out, named(name))
	}
	return out
}

func always(spec.Spec) string { return "" }

// fixed are places and numbers that are the same for every model.
func fixed(places ...Place) func(spec.Spec, url.Values) []Place {
	return func(spec.Spec, url.Values) []Place { return slices.Clone(places) }
}

func numbers(names ...string) func(spec.Spec) []string {
	return func(spec.Spec) []string { return names }
}

// clarityOfTwo tells why a model has no clarity.
func clarityOfTwo(sp spec.Spec) string {
	if sp.Dim == 2 {
		return ""
	}
	return fmt.Sprintf("Clarity is defined for two sources; with %d, the correlations say how well they are told apart.", sp.Dim)
}

func fig1Places(sp spec.Spec, _ url.Values) []Place {
	var p []Place
	for j := range min(sp.Dim, shownOutputs) {
		p = append(p, Place{ID: fmt.Sprintf("b-output%d", j+1), Title: fmt.Sprintf("Output %d and its source", j+1)})
	}
	p = append(p, Place{ID: "b-stimuli", Title: "Stimuli"}, Place{ID: "b-error", Title: afterChange},
		Place{ID: "c", Title: againstInverse, Why: noWeights(sp)})
	if noWeights(sp) == "" {
		p = append(p, Place{ID: "c-error", Title: fromInverse})
	}
	return append(p, Place{ID: "d-stimuli", Title: "Correlations of the stimuli"}, Place{ID: "d-outputs", Title: "Correlations of the outputs"},
		Place{ID: "d-clarity", Title: "Signal clarity", Why: clarityOfTwo(sp)}, Place{ID: "e", Title: "Clarity against noise", Why: clarityOfTwo(sp)})
}

// Titles that several figures have.
const (
	afterChange    = "Error after a change of context"
	againstInverse = "Weights against the inverse of the context"
	fromInverse    = "Distance of the weights from the inverse"
	ofDistance     = "Distance of the contexts and angle"
	oneDecoder     = "Can one decoder read the sources in every context?"
	whatTurns      = "Does the context turn the subspace, or feedback?"
)

var fig1s1Places = fixed(
	Place{ID: "linear", Title: "A linear map in its own context and in others"},
	Place{ID: "distance", Title: "Distance of the contexts and transfer"},
	Place{ID: "controls", Title: "What networks without feedback reach"})

func fig1s2Places(spec.Spec, url.Values) []Place {
	p := []Place{{ID: "c", Title: "Correlation of the sources"}, {ID: "d", Title: "Clarity against the length of contexts"}}
	for i, sd := range exampleNoise {
		p = append(p, Place{ID: fmt.Sprintf("e%d", i+1), Title: fmt.Sprintf("Noise of sd %g", sd)})
	}
	return p
}

func fig1s2Numbers(spec.Spec) []string {
	names := []string{"source_correlation"}
	for _, n := range contextLengths {
		names = append(names, lengthName+strconv.Itoa(n))
	}
	return names
}

func fig1s6Places(sp spec.Spec, _ url.Values) []Place {
	return []Place{{ID: "a", Title: "Error within a context"}, {ID: "b", Title: "Other contexts, other sources"},
		{ID: "c", Title: "A square wave as a source"}, {ID: "d", Title: againstInverse, Why: noWeights(sp)}}
}

func fig2Places(_ spec.Spec, query url.Values) []Place {
	p := []Place{{ID: "b", Title: againstInverse}, {ID: "c", Title: fromInverse},
		{ID: "filter", Title: "How fast modulation can follow"}, {ID: "a-test", Title: "Other time constants at test"}}
	if len(namesBeside(query)) > 0 {
		p = append(p, Place{ID: "side-weights", Title: "Weights of networks side by side"},
			Place{ID: "side-errors", Title: "Errors of networks side by side"}, Place{ID: "side-clarity", Title: "Clarity of networks side by side"})
	}
	return p
}

func fig3Places(sp spec.Spec, _ url.Values) []Place {
	p := []Place{{ID: "b", Title: "Reach of the feedback signals"}, {ID: "c", Title: "Modulation over contexts"}, {ID: "c-error", Title: afterChange},
		{ID: "d", Title: "How many signals are enough", Why: twoSources(sp)}}
	if twoSources(sp) == "" {
		p = append(p, Place{ID: "e", Title: "How wide their reach may be"})
	}
	return append(p, Place{ID: "s1d-match", Title: "Effective weights against the inverse"}, Place{ID: "s1d", Title: againstInverse})
}

var fig4Places = fixed(
	Place{ID: "a", Title: "The population in two contexts"}, Place{ID: "b", Title: "Clarity of single units"},
	Place{ID: "c", Title: "Clarity of units by context"}, Place{ID: "d", Title: "Clarity and readout weight of units"},
	Place{ID: "e", Title: oneDecoder})

func fig5Places(sp spec.Spec, _ url.Values) []Place {
	few := ""
	if sp.Units < 3 {
		few = "The population has fewer than three components."
	}
	return []Place{{ID: "a1", Title: "Output 1 with feedback frozen and restored"}, {ID: "a2", Title: "Output 2 with feedback frozen and restored"},
		{ID: "a-modulation", Title: "Modulation with feedback frozen and restored"}, {ID: "b", Title: "The population's path in space"},
		{ID: "c", Title: "What the readout sees"}, {ID: "d", Title: whatTurns}, {ID: "e", Title: ofDistance},
		{ID: "d-all", Title: "The same in all dimensions"}, {ID: "s1a", Title: "Variance in one context, and over all"},
		{ID: "s1b", Title: "Contexts in the space of three components", Why: few}}
}

var fig6Places = fixed(
	Place{ID: "c", Title: "Gains over contexts"}, Place{ID: "c-error", Title: afterChange}, Place{ID: "d", Title: "Gains on average and in a context"},
	Place{ID: "e", Title: "Clarity of single units"}, Place{ID: "f", Title: oneDecoder}, Place{ID: "g", Title: whatTurns},
	Place{ID: "g-distance", Title: ofDistance})

func fig7Places(sp spec.Spec, _ url.Values) []Place {
	p := []Place{{ID: "a", Title: "Where the context can be read off"}, {ID: "d", Title: "Is the feedback's code linear in the context?"}}
	for j := range min(shownSignals, sp.Feedback) {
		p = append(p, Place{ID: fmt.Sprintf("b%d", j+1), Title: fmt.Sprintf("Feedback signal %d over the contexts", j+1)})
	}
	few := ""
	if sp.Feedback < 3 {
		few = "The model has fewer than three feedback signals."
	}
	return append(p, Place{ID: "c", Title: "Contexts in the space of the feedback", Why: few})
}

func fig7Numbers(sp spec.Spec) []string {
	names := []string{"grid_contexts", "r2_linear", "r2_quadratic", "r2_inverse", "r2_linear_population", "r2_linear_stimuli"}
	if sp.Model == spec.Dale {
		names = append(names, "r2_linear_lower")
	}
	return names
}
