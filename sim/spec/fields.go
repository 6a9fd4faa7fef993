package spec

import (
	"slices"
	"strings"
)

// Kind is how a field is entered.
type Kind string

const (
	Choice Kind = "choice" // one of Choices
	Set    Kind = "set"    // any of Choices
	Int    Kind = "int"
	Float  Kind = "float"
	Bool   Kind = "bool"
	List   Kind = "list"  // numbers
	Files  Kind = "files" // ids of uploaded files
)

// Field is one row of the table that the form, the API and the command line share.
type Field struct {
	Name    string   `json:"name"`
	Group   string   `json:"group"` // Network, Task, Training
	Label   string   `json:"label"`
	Symbol  string   `json:"symbol,omitempty"` // as in the paper
	Kind    Kind     `json:"kind"`
	Unit    string   `json:"unit,omitempty"`
	Min     float64  `json:"min"`
	Max     float64  `json:"max"`
	Choices []string `json:"choices,omitempty"`
	Models  []string `json:"models,omitempty"` // for which it matters; empty: all
	Help    string   `json:"help"`
}

// MaxSeed is the largest seed: the largest whole number up to which every one can be
// told from the next, in pages and in JSON as well.
const MaxSeed = 1<<53 - 1

// Fields in the order in which a form shows them.
var Fields = ofVariants([]Field{
	{Name: "model", Group: "Network", Label: "Model", Kind: Choice}, // choices and help are the variants'
	{Name: "hidden", Group: "Network", Label: "LSTM cells", Symbol: "N_h", Kind: Int, Min: 1, Max: 1024,
		Help: "Hidden units of the recurrent network that computes the feedback."},
	{Name: "input", Group: "Network", Label: "Feedback sees", Kind: Choice, Choices: []string{"xy", "x", "y"},
		Help: "What reaches the LSTM: the stimuli x, the network's outputs y, or both (Fig 2)."},
	{Name: "tau", Group: "Network", Label: "Modulation time constant", Symbol: "τ", Kind: Float, Unit: "samples", Min: 1, Max: 1e5,
		Help: "How slowly modulation follows the feedback; 1 is no filter, the length of a context is the slowest that can work."},
	{Name: "additive", Group: "Network", Label: "Additive modulation", Kind: Bool, Max: 1,
		Help: "Feedback is added to the weights instead of multiplying them."},
	{Name: "units", Group: "Network", Label: "Middle units", Symbol: "N_z", Kind: Int, Unit: "units", Min: 2, Max: 1000,
		Help: "Units on a ring that feedback modulates (N_H for the Dalean network)."},
	{Name: "lower_units", Group: "Network", Label: "Lower-level units", Symbol: "N_L", Kind: Int, Unit: "units", Min: 1, Max: 1000,
		Help: "Units that receive the stimuli, before excitation and inhibition part."},
	{Name: "feedback", Group: "Network", Label: "Feedback signals", Symbol: "N_FB", Kind: Int, Min: 1, Max: 64,
		Help: "Independent modulatory signals. With fixed weights, dim² of them can undo every context."},
	{Name: "width", Group: "Network", Label: "Spatial extent", Symbol: "σ_m²", Kind: Float, Min: 0, Max: Uniform,
		Help: "Width of the kernel by which a signal reaches units; 0 is a box, 10 reaches all units alike."},
	{Name: "inhibition", Group: "Network", Label: "Inhibitory fraction", Kind: Float, Min: 0, Max: 1,
		Help: "Inhibitory units as a fraction of the lower-level units; 0 takes feedforward inhibition away."},
	{Name: "target", Group: "Network", Label: "Modulated input", Kind: Choice, Choices: []string{"both", "exc", "inh"},
		Help: "Whether feedback scales excitation and inhibition, or one of them alone."},
	{Name: "learn", Group: "Network", Label: "Also learned", Kind: Set, Choices: []string{"baseline", "wx", "readout", "inhibition"},
		Help: "Parts of the feedforward pathway trained along with the feedback: the modulated weights (baseline), " +
			"the input weights (wx, Dalean only), the readout, inhibition (Dalean only)."},

	{Name: "sources", Group: "Task", Label: "Sources", Kind: Choice, Choices: []string{"chords", "sines", "ica", "wav"},
		Help: "chords: two sines each. sines: one. ica: sine, square and sawtooth. wav: your own sounds."},
	{Name: "dim", Group: "Task", Label: "Number of sources", Symbol: "n_s", Kind: Int, Min: 2, Max: 8,
		Help: "How many sources are mixed, and how many stimuli and outputs there are."},
	{Name: "frequencies", Group: "Task", Label: "Frequencies", Kind: List, Unit: "Hz", Min: 0.5, Max: 3999,
		Help: "One per source, two per chord. More than needed make a pool from which every batch draws. Write 100.5; 200.25 or 100.5, 200.25."},
	{Name: "wav", Group: "Task", Label: "Sound files", Kind: Files,
		Help: "Uploaded WAV files of any usual kind, at least as many as sources. A sound is the mean of its channels at 8 kHz, scaled to a maximum of 1."},
	{Name: "duration", Group: "Task", Label: "Source length", Kind: Float, Unit: "s", Min: 0.1, Max: 60,
		Help: "Length of the sources before they repeat, at 8 kHz."},
	{Name: "mixing", Group: "Task", Label: "Contexts", Symbol: "A", Kind: Choice,
		Choices: []string{"random_norm", "random", "scale", "scale_both", "interpolate", "interpolate_both", "constant", "file"},
		Help:    "How the mixing matrix of a context is drawn; random_norm is the paper's: uniform, each row divided by its sum. file: one of the matrices given."},
	{Name: "matrices", Group: "Task", Label: "Matrices", Kind: List, Min: -1000, Max: 1000,
		Help: "With contexts file: the numbers of square matrices, row by row, one matrix after another. Training and tests draw from them. Write 0.8; 0.2; 0.5; 0.5 or, on the command line, name a .npy file."},
	{Name: "threshold", Group: "Task", Label: "Smallest |det A|", Kind: Float, Min: 0, Max: 1,
		Help: "Contexts nearer to singular than this are drawn again."},
	{Name: "noise", Group: "Task", Label: "Stimulus noise", Symbol: "σ_n", Kind: Float, Unit: "sd", Min: 0, Max: 10,
		Help: "Standard deviation of the Gaussian noise on each stimulus."},
	{Name: "steps", Group: "Task", Label: "Samples per context", Symbol: "n_t", Kind: Int, Unit: "samples", Min: 10, Max: 10000,
		Help: "How long a context lasts; training goes back through all of it."},

	{Name: "batches", Group: "Training", Label: "Batches", Kind: Int, Min: 1, Max: 1e6,
		Help: "The loss falls noticeably after several hundred; the published networks had 10,000."},
	{Name: "batch", Group: "Training", Label: "Rows per batch", Kind: Int, Min: 1, Max: 256,
		Help: "Contexts trained side by side in one batch."},
	{Name: "lr", Group: "Training", Label: "Learning rate", Kind: Float, Min: 1e-7, Max: 1,
		Help: "Adam's step size, at its highest where it changes over the run."},
	{Name: "window", Group: "Training", Label: "Samples between two steps", Kind: Int, Unit: "samples", Min: 0, Max: 10000,
		Help: "The weights move after so many samples of a context, and learning goes back through no more than these; it must divide the samples per context. 0 is the whole context, as in the paper. 100 learns several times faster from the same batches."},
	{Name: "schedule", Group: "Training", Label: "Rate over the run", Kind: Choice, Choices: []string{"constant", "cosine"},
		Help: "constant: the learning rate stays, as in the paper. cosine: it falls to zero along half a cosine, so that a run ends settled."},
	{Name: "warmup", Group: "Training", Label: "Warm-up", Kind: Float, Unit: "of the run", Min: 0, Max: 0.5,
		Help: "The part of the run over which the learning rate rises from zero; 0.02 is enough where weights move often."},
	{Name: "clip", Group: "Training", Label: "Gradient clip", Kind: Float, Min: 0, Max: 1e6,
		Help: "Each gradient value is clipped to ± this; 0 leaves it as it is."},
	{Name: "clip_norm", Group: "Training", Label: "Longest gradient", Kind: Float, Min: 0, Max: 1e6,
		Help: "A gradient whose Euclidean length over all weights is more than this is shortened to it, before each value is clipped; 0 leaves it as long as it is, as in the paper. With 1, and values left alone, a network learns several times faster."},
	{Name: "lambda", Group: "Training", Label: "Feedback cost", Symbol: "λ", Kind: Float, Min: 0, Max: 1,
		Help: "Weight in the loss of the absolute feedback, summed over a context's samples and averaged over rows (Dalean network: 1e-5)."},
	{Name: "smooth", Group: "Training", Label: "Cost of feedback's change", Kind: Float, Min: 0, Max: 10,
		Help: "Weight in the loss of the squared change of the feedback from sample to sample, summed and averaged as λ is. It keeps feedback from following the sources' own periods, so that it says which context it is; 0 is the paper's."},
	{Name: "on_spike", Group: "Training", Label: "When the loss jumps", Kind: Choice, Choices: []string{"go_on", "halve"},
		Help: "A loss of more than three times the median of the 50 batches before is a jump. go_on: training goes on, as in the paper. halve: it goes back to the weights it last kept, at most 100 batches ago, and on with half the rate."},
	{Name: "seed", Group: "Training", Label: "Seed", Kind: Int, Min: 0, Max: MaxSeed,
		Help: "Decides weights, contexts, source phases and noise; the same seed gives the same curve."},
})

// ofVariants fills in what the table of variants says about fields: the models there
// are, and for which of them a field matters.
func ofVariants(fields []Field) []Field {
	for i := range fields {
		f := &fields[i]
		for _, v := range Variants {
			if v.uses(f.Name) {
				f.Models = append(f.Models, v.Name)
			}
			if f.Name == "model" && v.IdealOf == "" {
				f.Choices = append(f.Choices, v.Name)
				f.Help += v.Name + ": " + v.Words.Help + ". "
			}
		}
		f.Help = strings.TrimSpace(f.Help)
	}
	return fields
}

// FieldNamed finds a field; ok is false for a name the table does not have.
func FieldNamed(name string) (Field, bool) {
	for _, f := range Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Matters tells whether the field changes anything for the model.
func (f Field) Matters(model string) bool {
	return len(f.Models) == 0 || slices.Contains(f.Models, model)
}
