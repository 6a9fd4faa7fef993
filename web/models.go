package web

import (
	"maps"
	"slices"
	"strings"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// ModelCard is a model in short.
type ModelCard struct {
	ID, Title string
	Kind      Kind
	Origin    string
	Shipped   bool
	Trainable bool
	Untrained string // what to say instead of a loss curve
	Recipe    string // by which it was trained; "" where that is not known, or it was not
	Numbers   Headlines
	Spark     Sparkline
}

// Headlines are the numbers of a model, and over how many test contexts.
type Headlines struct {
	List []Headline
	N    int // 0 where it is not known
}

// Headline is one number, ready to read.
type Headline struct {
	Label, Value, Help string
}

// NewModelCard is a model in short, from its settings and its provenance.
func NewModelCard(id string, shipped bool, sp spec.Spec, p modelfile.Provenance) ModelCard {
	card := ModelCard{
		ID: id, Title: p.Title, Kind: KindOf(sp.Model), Origin: p.Origin, Shipped: shipped,
		Trainable: sp.Trainable(), Numbers: NewHeadlines(p.Numbers), Spark: NewSparkline(p.Losses),
		Untrained: "Its training was not recorded.",
	}
	if p.Origin == modelfile.Trained {
		card.Recipe = sp.RecipeWords()
	}
	if card.Title == "" {
		card.Title = id
	}
	if !sp.Trainable() {
		card.Untrained = "Nothing was trained: the feedback is computed."
	}
	return card
}

// headlines are the numbers of a provenance that have words, in the order of showing.
var headlines = []struct{ key, label, help string }{
	{"clarity_y", "Clarity of outputs", "How much more an output correlates with one source than with the other, from 0 to 1."},
	{"clarity_x", "of stimuli", "The same for the stimuli: what there is to begin with."},
	{"late_error", "Late error", "Mean distance of outputs and sources in the second half of a context."},
	{"decoding_r2_z", "Decoding from z", "R² of one linear decoder of the population, fitted on ten contexts and scored on ten others."},
	{"loss", "Loss", "Sum over a context of the smooth L1 error, on test contexts."},
}

// NewHeadlines are the numbers of a provenance, ready to read. "contexts", where it
// is among them, is their n.
func NewHeadlines(numbers map[string]float64) Headlines {
	h := Headlines{N: int(numbers["contexts"])}
	known := map[string]bool{"contexts": true}
	for _, line := range headlines {
		known[line.key] = true
		if x, ok := numbers[line.key]; ok {
			h.List = append(h.List, Headline{line.label, chart.Text(x), line.help})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(numbers)) {
		if !known[key] {
			h.List = append(h.List, Headline{Label: strings.ReplaceAll(key, "_", " "), Value: chart.Text(numbers[key])})
		}
	}
	return h
}
