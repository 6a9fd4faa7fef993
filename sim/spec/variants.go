package spec

import "slices"

// Names of the models that can be built. Ideal has closed-form feedback and nothing to train.
const (
	Unmixing   = "unmixing"
	Modulation = "modulation"
	Spatial    = "spatial"
	Dale       = "dale"
	Direct     = "direct"
	Ideal      = "ideal"
)

// Variant is one row of the table of models: what its settings and its name mean. The
// network itself stands in sim/model, under the same name.
type Variant struct {
	Name  string
	Words Words

	Outputs func(s Spec) int // M, feedback signals
	Fields  []string         // that matter for it, of those that do not matter for all
	Learn   []string         // parts of its pathway that can be learned as well
	IdealOf string           // the model whose feedback it computes in closed form; "" where feedback is trained
	Tape    func(s Spec) int // rows that a sample takes on the tape besides the LSTM's, stimuli, outputs and feedback

	// Paper changes the common defaults to the paper's for this model.
	Paper func(s *Spec)
	// Check reports combinations that this model cannot have.
	Check func(s Spec, bad report)
}

// Words are what pages say about a model.
type Words struct {
	Title string
	Help  string // a few words for the list of those that can be trained
	Short string // a sentence
	Long  string // the same with more detail
	Paper string // its figures in the paper
	Like  string // slug of the preset that trains one like it
	Moved string // what feedback moves, as the title of a picture of it
	See   string // what to see in that picture
}

// What is to be seen of weights and of factors that feedback moves.
const (
	seeWeights    = "Weights from stimuli to outputs (lines) should jump to the inverse of each context (dotted)."
	seeModulation = "The modulation m of every unit: it should switch with the context and stay within it."
)

// report takes what is wrong with a field.
type report func(field, format string, args ...any)

// Variants are all models; those that can be trained are offered in this order.
var Variants = []Variant{
	{
		Name: Unmixing, Outputs: signalPerWeight,
		Words: Words{
			Title: "Feedback is the weights", Help: "feedback is the weights",
			Short: "The recurrent network sets the weights themselves.",
			Long:  "No feedforward weights of its own: what the feedback says is the matrix from stimuli to outputs.",
			Moved: "Weights", See: seeWeights,
		},
	},
	{
		Name: Modulation, Outputs: signalPerWeight, Fields: []string{"tau", "additive"},
		Words: Words{
			Title: "Modulated weights", Help: "feedback scales the weights (Fig 1, 2)",
			Short: "Feedback scales every weight between stimuli and outputs.",
			Long:  "The proof of concept: each weight of a small feedforward network has a feedback signal of its own that scales it.",
			Paper: "Figures 1 and 2", Like: "fig1",
			Moved: "Weights", See: seeWeights,
		},
	},
	{
		Name: Spatial, Outputs: diffuseSignals, Fields: []string{"tau", "units", "feedback", "width", "learn"},
		Learn: []string{"baseline", "readout"},
		Words: Words{
			Title: "Diffuse modulation", Help: "diffuse feedback on 100 units (Fig 3–5)",
			Short: "Four feedback signals spread over a ring of units.",
			Long:  "A population of units between stimuli and outputs; a few feedback signals scale them, each reaching many units at once.",
			Paper: "Figures 3 to 5", Like: "fig3",
			Moved: "Modulation", See: seeModulation,
		},
		Tape:  func(s Spec) int { return 2 * s.Units },
		Paper: func(s *Spec) { s.Tau = 100 },
	},
	{
		Name: Dale, Outputs: diffuseSignals,
		Fields: []string{"tau", "units", "lower_units", "feedback", "width", "inhibition", "target", "learn"},
		Learn:  []string{"baseline", "wx", "readout", "inhibition"},
		Words: Words{
			Title: "Dalean network", Help: "rates with separate excitation and inhibition (Fig 6, 7)",
			Short: "Firing rates, with excitation and inhibition apart.",
			Long:  "Two levels of units with rates that cannot be negative, feedforward inhibition between them, and feedback that lowers gains.",
			Paper: "Figures 6 and 7", Like: "fig6",
			Moved: "Gains", See: "The gain p of every unit: it should switch with the context and stay within it.",
		},
		Tape: func(s Spec) int { return 4*s.Units + 2*s.LowerUnits },
		Paper: func(s *Spec) {
			s.Tau, s.Lambda = 100, 1e-5
			s.Learn = []string{"baseline", "wx", "readout", "inhibition"}
		},
		Check: checkDale,
	},
	{
		Name: Direct, Outputs: func(s Spec) int { return s.Dim },
		Words: Words{
			Title: "LSTM alone", Help: "an LSTM alone",
			Short: "No feedforward pathway at all.",
			Long:  "The recurrent network's readout is the output: the task can be done this way as well, but nothing is modulated.",
			Like:  "direct",
			Moved: "Modulation", See: "An LSTM alone modulates nothing.",
		},
		Paper: func(s *Spec) { s.Input = "x" },
		Check: func(s Spec, bad report) {
			if s.Input != "x" {
				bad("input", "must be x for the direct model: its output is the LSTM's own")
			}
		},
	},
	{
		Name: Ideal, Outputs: diffuseSignals, Fields: []string{"units", "feedback", "width"}, IdealOf: Spatial,
		Words: Words{
			Title: "Ideal feedback",
			Short: "Feedback computed from the context; nothing is trained.",
			Long:  "Diffuse modulation whose feedback is solved for in closed form, so that the effective weights are exactly the inverse of the context.",
			Paper: "Figures 3 to 5, 7d",
			Moved: "Modulation", See: seeModulation,
		},
		Check: checkIdeal,
	},
}

func signalPerWeight(s Spec) int { return s.Dim * s.Dim }
func diffuseSignals(s Spec) int  { return s.Feedback }

func checkDale(s Spec, bad report) {
	if s.Inhibitory() > 0 {
		return
	}
	if s.Target == "inh" {
		bad("inhibition", "leaves no inhibitory unit, but target inh modulates inhibition alone")
	}
	if s.Learns("inhibition") {
		bad("learn", "has inhibition, but inhibition %g leaves no inhibitory unit", s.Inhibition)
	}
}

func checkIdeal(s Spec, bad report) {
	if s.Lambda > 0 {
		bad("lambda", "must be 0 for the ideal model: its feedback is not trained")
	}
	if s.Feedback != s.Dim*s.Dim || s.Width >= Uniform {
		bad("feedback", "must be dim² = %d with a width below %d for closed-form feedback", s.Dim*s.Dim, Uniform)
	}
}

// VariantNamed finds a model; ok is false for a name that the table lacks.
func VariantNamed(name string) (v Variant, ok bool) {
	for _, v := range Variants {
		if v.Name == name {
			return v, true
		}
	}
	return Variant{}, false
}

// Models are the names of all models.
func Models() []string {
	var names []string
	for _, v := range Variants {
		names = append(names, v.Name)
	}
	return names
}

// TrainableModels are the names of those whose feedback is trained.
func TrainableModels() []string {
	var names []string
	for _, v := range Variants {
		if v.IdealOf == "" {
			names = append(names, v.Name)
		}
	}
	return names
}

// uses tells whether a field of some models matters for this one.
func (v Variant) uses(field string) bool { return slices.Contains(v.Fields, field) }

// Trainable tells whether the model's feedback is trained, and not computed.
func (s Spec) Trainable() bool {
	v, _ := VariantNamed(s.Model)
	return v.IdealOf == ""
}

// Outputs is the number of feedback signals M; 0 for an unknown model.
func (s Spec) Outputs() int {
	if v, ok := VariantNamed(s.Model); ok {
		return v.Outputs(s)
	}
	return 0
}
