package figure

import (
	"context"
	"fmt"
	"net/url"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// Entry is one row of the table of figures.
type Entry struct {
	ID         string
	Title      string                      // what the figure is about; it claims nothing
	About      string                      // what it asks, in one sentence
	Parameters []Parameter                 // beside the common ones
	Applies    func(sp spec.Spec) string   // "" where it applies, else why not
	numbers    func(sp spec.Spec) []string // their names, in order
	panels     func(sp spec.Spec, query url.Values) []Place
	compute    func(context.Context, Request, *builder) error // experiments, analyses, panels
}

// Figures in the paper's order.
var Figures = []Entry{
	{ID: "fig1", Title: "Figure 1 · does feedback undo the context?", Applies: always, compute: fig1, panels: fig1Places,
		numbers: numbers("clarity_x", "clarity_y", "late_error", "peak_error", "late_weight_error"),
		About:   "Do outputs follow the sources although the mixing changes, and do the weights become the inverse of the context?"},
	{ID: "fig1-s1", Title: "Figure 1, supplement 1 · without feedback", Applies: twoSources, compute: fig1s1, panels: fig1s1Places,
		numbers: numbers("clarity_x", "clarity_y", "linear_same", "linear_other", "linear_distance_r", "ica_clarity", "fixed_readout_clarity", "perceptron_clarity"),
		About:   "How far do linear maps, a perceptron and independent components come in the same contexts?", Parameters: []Parameter{window, batches}},
	{ID: "fig1-s2", Title: "Figure 1, supplement 2 · length of contexts, and noise", Applies: twoSources, compute: fig1s2, panels: fig1s2Places,
		numbers: fig1s2Numbers, About: "What does the same network do in shorter and longer contexts, and with noise?"},
	{ID: "fig1-s6", Title: "Figure 1, supplement 6 · limits of generalisation", Applies: twoSources, compute: fig1s6, panels: fig1s6Places,
		numbers: numbers("clarity_control", "clarity_new_contexts", "clarity_sawtooth_chord", "clarity_square_sine", "clarity_swapped"),
		About:   "What does the same network do in contexts and on sources that it was not trained on?"},
	{ID: "fig2", Title: "Figure 2 · slow modulation", Applies: filteredWeights, compute: fig2, panels: fig2Places, Parameters: []Parameter{beside},
		numbers: numbers("clarity_y", "early_weight_error", "late_weight_error", "weight_fluctuation"),
		About:   "How slow may modulation be, beside the time after which contexts change?"},
	{ID: "fig3", Title: "Figure 3 · is diffuse modulation enough?", Applies: diffuse, compute: fig3, panels: fig3Places,
		numbers: numbers("clarity_y", "modulation_within_sd", "modulation_between_sd", "effective_weight_correlation", "effective_weight_error"),
		About:   "Do a few feedback signals that reach many units each make the effective weights the inverse of the context?"},
	{ID: "fig4", Title: "Figure 4 · single units and the population", Applies: diffuseTwo, compute: fig4, panels: fig4Places, Parameters: []Parameter{trained},
		numbers: numbers("clarity_units_z_mean", "clarity_units_z_max", "readout_weight_correlation", "decoding_r2_x", "decoding_r2_z", "decoding_r2_y"),
		About:   "Is any single unit invariant, and can one linear decoder read the sources in every context?"},
	{ID: "fig5", Title: "Figure 5 · what turns the subspace?", Applies: diffuseTwo, compute: fig5, panels: fig5Places, Parameters: []Parameter{repetitions},
		numbers: fig5Numbers, About: "Does a new context turn the population's plane while feedback is frozen, or only feedback once it is restored?"},
	{ID: "fig6", Title: "Figure 6 · excitation and inhibition", Applies: dalean, compute: fig6, panels: fig6Places, Parameters: []Parameter{trained, repetitions},
		numbers: fig6Numbers, About: "Does gain modulation of rates do the same in a network that keeps excitation and inhibition apart?"},
	{ID: "fig7", Title: "Figure 7 · what feedback says about the context", Applies: coded, compute: fig7, panels: fig7Places, Parameters: []Parameter{points},
		numbers: fig7Numbers, About: "Can the context be read off the feedback linearly, or what undoes it?"},
}

// Named finds a figure.
func Named(id string) (Entry, bool) {
	for _, e := range Figures {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}

// Compute plays the model and draws the figure. A figure that does not apply to the
// model is a spec.Errors on the field "figure".
func (e Entry) Compute(ctx context.Context, r Request) (*Figure, error) {
	if why := e.Applies(r.spec()); why != "" {
		return nil, spec.Errors{{Field: "figure", Message: fmt.Sprintf("%s is not for this model: %s", e.ID, why)}}
	}
	b := &builder{figure: Figure{Numbers: map[string]Number{}}, places: e.Places(r.spec(), r.Params), origin: measured(r, e.ID)}
	if err := e.compute(ctx, r, b); err != nil {
		return nil, err
	}
	if b.err != nil {
		return nil, b.err
	}
	f := &b.figure
	f.seed, f.weights = r.Seed, r.Provenance.Weights
	f.Figure, f.Title, f.Model, f.Training = e.ID, e.Title, r.Model, Training(r.spec(), r.Provenance)
	f.Params = map[string]any{"seed": r.Seed, "contexts": r.Contexts, "samples": r.Samples, "noise": r.Noise}
	for _, p := range e.Parameters {
		if p.Text {
			f.Params[p.Name] = r.Params.Get(p.Name)
			continue
		}
		v, err := r.used(p)
		if err != nil {
			return nil, err
		}
		f.Params[p.Name] = v
	}
	return f, nil
}

// Training says what was trained for a figure of a network.
func Training(sp spec.Spec, p modelfile.Provenance) string {
	switch {
	case p.Origin == modelfile.ClosedForm:
		return "Nothing is trained: feedback is computed from the context in closed form."
	case p.Origin == modelfile.Trained:
		return fmt.Sprintf("Tested only: one network (%s), trained with %d batches by the %s; nothing was trained again.", sp, p.Batches, sp.RecipeWords())
	case p.Batches > 0:
		return fmt.Sprintf("Tested only: one network (%s), %s with %d batches; nothing was trained again.", sp, p.Origin, p.Batches)
	}
	return fmt.Sprintf("Tested only: one network (%s); nothing was trained again.", sp)
}

// All are a figure's parameters, the common ones first.
func (e Entry) All() []Parameter { return append(append([]Parameter(nil), common...), e.Parameters...) }
