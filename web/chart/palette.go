package chart

import "fmt"

// Colour is one entry of the palette: the CSS custom property (without --) and its
// value in the light and in the dark scheme.
type Colour struct{ Name, Light, Dark string }

// Palette is the table that the style sheet repeats.
var Palette = []Colour{
	{"source1", "#1b7f8c", "#4fb9c4"},
	{"source2", "#5f9e3f", "#93c973"},
	{"source3", "#b8862b", "#dcb45c"},
	{"stimulus", "#8a8f98", "#9aa1ab"},
	{"error", "#9c2f2f", "#e07a74"},
	{"feedback", "#5b5ea6", "#9b9ee8"},
	{"frozen", "#3b8fc4", "#8ecdf2"},
	{"modulation-plus", "#5b5ea6", "#9b9ee8"},
	{"modulation-minus", "#b4581a", "#e8985a"},
	{"ink", "#1d2330", "#e6e8ee"},
	{"muted", "#5d6472", "#a0a7b5"},
	{"paper", "#fbfbf9", "#14171d"},
	{"card", "#ffffff", "#1c2028"},
	{"rule", "#e3e4e0", "#2c323d"},
}

// Tokens of the palette, as they stand in options.
const (
	Source1  = "var(--source1)"
	Source2  = "var(--source2)"
	Source3  = "var(--source3)"
	Stimulus = "var(--stimulus)"
	Error    = "var(--error)"
	Feedback = "var(--feedback)"
	Frozen   = "var(--frozen)" // feedback that is held

	// The two signs of modulation and of other values about zero: purple-blue and
	// orange, which are no source's hues and are told apart by the colour-blind.
	ModulationPlus  = "var(--modulation-plus)"
	ModulationMinus = "var(--modulation-minus)"

	// Hatched is the ground of a stretch in which feedback is held: hatching in the
	// colour of Frozen, which the page makes.
	Hatched = "hatch(--frozen)"

	Ink   = "var(--ink)"
	Muted = "var(--muted)"
	Paper = "var(--paper)"
	Rule  = "var(--rule)"
)

// Source is the colour of source i, from 0; after the third the hues of the
// feedback, the stimuli and the error serve.
func Source(i int) string {
	hues := []string{Source1, Source2, Source3, Feedback, Stimulus, Error, Ink, Muted}
	return hues[i%len(hues)]
}

// Names are numbered names: Names("y", 2) is y1, y2.
func Names(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%d", prefix, i+1)
	}
	return names
}
