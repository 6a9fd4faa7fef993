package figure

// Recorded is what may be asked of a recording of the test run, which is no figure: the
// parameters that figures have, so that the same ones give the same contexts and noise.
var Recorded = Entry{ID: "recording", Title: "Recording of a test run",
	About:      "What does the network do in each sample?",
	Parameters: []Parameter{freeze}}

var freeze = Parameter{Name: "freeze", Label: "Frozen at first", Unit: "samples", Max: 10000, Whole: true,
	Help: "So many samples of every context but the first have feedback frozen; the paper's experiment freezes 500 of 1000."}

// Frozen is how many samples of each context but the first a recording has feedback
// frozen in.
func (r Request) Frozen() (int, error) { return r.own(freeze) }
