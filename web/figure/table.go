package figure

import (
	"context"
	"fmt"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// Entry is one row of the table of figures.
type Entry struct {
	ID         string
	Title      string
	About      string                                         // one sentence
	Parameters []Parameter                                    // beside the common ones
	Applies    func(sp spec.Spec) string                      // "" where it applies, else why not
	compute    func(context.Context, Request, *builder) error // experiments, analyses, panels
}

// Figures in the paper's order.
var Figures = []Entry{
	{ID: "fig1", Title: "Figure 1 · feedback undoes the context", Applies: always, compute: fig1,
		About: "Outputs follow the sources although the mixing changes, because feedback turns the weights into the inverse of the context."},
	{ID: "fig1-s1", Title: "Figure 1, supplement 1 · without feedback", Applies: twoSources, compute: fig1s1, Parameters: []Parameter{window, batches},
		About: "Linear maps, a perceptron and independent components in the same contexts."},
	{ID: "fig1-s2", Title: "Figure 1, supplement 2 · robustness", Applies: twoSources, compute: fig1s2,
		About: "The same network with shorter and longer contexts, and with noise."},
	{ID: "fig1-s6", Title: "Figure 1, supplement 6 · limits of generalisation", Applies: twoSources, compute: fig1s6,
		About: "The same network in contexts and on sources it was not trained on."},
	{ID: "fig2", Title: "Figure 2 · slow modulation", Applies: filteredWeights, compute: fig2, Parameters: []Parameter{beside},
		About: "Modulation may be slow, as long as it is faster than contexts change."},
	{ID: "fig3", Title: "Figure 3 · diffuse modulation is enough", Applies: diffuse, compute: fig3,
		About: "A few feedback signals that reach many units each make the effective weights the inverse of the context."},
	{ID: "fig4", Title: "Figure 4 · invariance is in the population", Applies: diffuseTwo, compute: fig4, Parameters: []Parameter{trained},
		About: "No single unit is invariant, and yet one linear decoder reads the sources in every context."},
	{ID: "fig5", Title: "Figure 5 · feedback turns the subspace", Applies: diffuseTwo, compute: fig5, Parameters: []Parameter{repetitions},
		About: "With feedback frozen a new context leaves the population's plane as it is; restored feedback turns it."},
	{ID: "fig6", Title: "Figure 6 · excitation and inhibition", Applies: dalean, compute: fig6, Parameters: []Parameter{trained, repetitions},
		About: "Gain modulation of rates in a network that keeps excitation and inhibition apart does the same."},
	{ID: "fig7", Title: "Figure 7 · what feedback says about the context", Applies: coded, compute: fig7, Parameters: []Parameter{points},
		About: "Feedback represents the context, but not linearly: it says how to undo it."},
}

func always(spec.Spec) string { return "" }

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
	b := &builder{figure: Figure{Numbers: map[string]Number{}}, origin: measured(r, e.ID)}
	if err := e.compute(ctx, r, b); err != nil {
		return nil, err
	}
	if b.err != nil {
		return nil, b.err
	}
	f := &b.figure
	f.Figure, f.Title, f.Model, f.Training = e.ID, e.Title, r.Model, training(r)
	f.Params = map[string]any{"seed": r.Seed, "contexts": r.Contexts, "samples": r.Samples, "noise": r.Noise}
	for _, p := range e.Parameters {
		if p.Text {
			f.Params[p.Name] = r.Params.Get(p.Name)
			continue
		}
		v, err := r.own(p)
		if err != nil {
			return nil, err
		}
		f.Params[p.Name] = v
	}
	return f, nil
}

// training says what was trained for a figure.
func training(r Request) string {
	sp, p := r.spec(), r.Provenance
	switch {
	case p.Origin == modelfile.ClosedForm:
		return "Nothing is trained: feedback is computed from the context in closed form."
	case p.Batches > 0:
		return fmt.Sprintf("Tested only: one network (%s), %s with %d batches; nothing was trained again.", sp, p.Origin, p.Batches)
	}
	return fmt.Sprintf("Tested only: one network (%s); nothing was trained again.", sp)
}

// All are a figure's parameters, the common ones first.
func (e Entry) All() []Parameter { return append(append([]Parameter(nil), common...), e.Parameters...) }
