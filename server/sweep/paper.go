package sweep

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"unmixlab/sim/analysis"
)

// Paper is a figure of the paper that takes many trained networks, as a sweep that comes
// with the lab.
type Paper struct {
	Name     string // the sweep's
	Figure   string // that one network has of it
	Title    string
	About    string // what it asks
	Views    []NamedView
	Expected []Expectation
	Remark   string // on what was found; "" for none
}

// NamedView is a view that repeats one panel.
type NamedView struct {
	Title string
	View
}

// Expectation is what networks are expected to show, in words, and how that is judged.
// The paper gives no numbers for these panels: the bounds are the lab's.
type Expectation struct {
	Text  string
	judge func(Results) (found string, met bool)
}

// Answer is an expectation with what was found.
type Answer struct {
	Text, Found string
	Met         bool
}

// Papers are the figures that come as sweeps, in the paper's order. To add one, add its
// row here and its file to trained_models/sweeps (make sweeps).
var Papers = []Paper{
	{Name: "fig1-s2", Figure: "fig1-s2", Title: "Figure 1, supplement 2a–b · five seeds",
		About: "Does the network learn from every start?",
		Views: []NamedView{{"Clarity of each seed", View{Measure: "clarity_y", X: "seed"}}, {"Late error", View{Measure: "late_error", X: "seed"}}},
		Expected: []Expectation{
			{"The least clear of five networks has a clarity above 0.9", func(r Results) (string, bool) {
				worst := analysis.Describe(r.values("clarity_y", nil)).Min
				return fmt.Sprintf("the least clear has %.3f", worst), worst > 0.9
			}},
		}},
	{Name: "fig2", Figure: "fig2", Title: "Figure 2 and its supplement · slow modulation, and what feedback sees",
		About: "How slow may modulation be, and does feedback need the stimuli, the outputs, or both?",
		Views: []NamedView{
			{"2a, d, e: clarity by time constant", View{Measure: "clarity_y", X: "tau", By: "input"}},
			{"2c: weights soon after a change", View{Measure: "fig2.early_weight_error", X: "tau", By: "input"}},
			{"2c: weights late in a context", View{Measure: "fig2.late_weight_error", X: "tau", By: "input"}},
			{"2b: fluctuation of the weights", View{Measure: "fig2.weight_fluctuation", X: "tau", By: "input"}},
		},
		Expected: []Expectation{
			{"With feedback that sees both, τ = 100 samples is as clear as τ = 1, within 0.05", func(r Results) (string, bool) {
				return r.compare("clarity_y", at("input xy", "tau 100"), at("input xy", "tau 1"), func(slow, fast float64) bool { return math.Abs(slow-fast) <= 0.05 })
			}},
			{"With τ = 1,000 samples, as long as a context, it is less clear by 0.05 or more", func(r Results) (string, bool) {
				return r.compare("clarity_y", at("input xy", "tau 1000"), at("input xy", "tau 1"), func(slow, fast float64) bool { return fast-slow >= 0.05 })
			}},
			{"Slow weights (τ = 1,000) are farther from the inverse in the first 50 samples than fast ones", func(r Results) (string, bool) {
				return r.compare("fig2.early_weight_error", at("input xy", "tau 1000"), at("input xy", "tau 1"), func(slow, fast float64) bool { return slow > fast })
			}},
			{"Slow weights (τ = 1,000) fluctuate less than fast ones", func(r Results) (string, bool) {
				return r.compare("fig2.weight_fluctuation", at("input xy", "tau 1000"), at("input xy", "tau 1"), func(slow, fast float64) bool { return slow < fast })
			}},
			{"At τ = 1,000 feedback that sees both is clearer than feedback that sees stimuli alone", func(r Results) (string, bool) {
				return r.compare("clarity_y", at("input xy", "tau 1000"), at("input x", "tau 1000"), func(both, one float64) bool { return both > one })
			}},
			{"At τ = 1 feedback that sees outputs alone is less clear than with stimuli alone by 0.05 or more", func(r Results) (string, bool) {
				return r.compare("clarity_y", at("input y", "tau 1"), at("input x", "tau 1"), func(outputs, stimuli float64) bool { return stimuli-outputs >= 0.05 })
			}},
		}},
	{Name: "fig3d", Figure: "fig3", Title: "Figure 3d · how many feedback signals",
		About: "How many signals does diffuse feedback need?",
		Views: []NamedView{{"3d: clarity by number of signals", View{Measure: "clarity_y", X: "feedback"}},
			{"Effective weights against the inverse", View{Measure: "fig3.effective_weight_error", X: "feedback"}}},
		Expected: []Expectation{
			{"Four signals, one for each entry of the inverse, give a clarity above 0.9", above("clarity_y", at("feedback 4"), 0.9)},
			{"Eight signals give a clarity above 0.9", above("clarity_y", at("feedback 8"), 0.9)},
			{"Two signals stay below 0.75", below("clarity_y", at("feedback 2"), 0.75)},
			{"One signal stays below 0.75", below("clarity_y", at("feedback 1"), 0.75)},
		},
		Remark: "The bound for few signals is that of feedback which stands still within a context. Networks that do better with two have effective weights far from the inverse (second panel): their feedback does not stand still, it follows the sources."},
	{Name: "fig3e", Figure: "fig3", Title: "Figure 3e · how far feedback reaches",
		About: "How diffuse may feedback be?",
		Views: []NamedView{{"3e: clarity by spatial extent", View{Measure: "clarity_y", X: "width"}},
			{"Effective weights against the inverse", View{Measure: "fig3.effective_weight_error", X: "width"}}},
		Expected: []Expectation{
			{"Feedback with an extent of 0.2 gives a clarity above 0.9", above("clarity_y", at("width 0.2"), 0.9)},
			{"Feedback with an extent of 1 gives a clarity above 0.9", above("clarity_y", at("width 1"), 0.9)},
			{"Feedback that reaches all units alike stays below 0.7", below("clarity_y", at("width 10"), 0.7)},
		}},
}

// PaperNamed finds a figure by its sweep's name.
func PaperNamed(name string) (Paper, bool) {
	i := slices.IndexFunc(Papers, func(p Paper) bool { return p.Name == name })
	if i < 0 {
		return Paper{}, false
	}
	return Papers[i], true
}

// Answers judge results by what is expected of them.
func (p Paper) Answers(r Results) (answers []Answer) {
	for _, e := range p.Expected {
		found, met := e.judge(r)
		answers = append(answers, Answer{e.Text, found, met})
	}
	return answers
}

// at are values of settings, such as "tau 100".
func at(settings ...string) map[string]string {
	values := map[string]string{}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, " ")
		values[name] = value
	}
	return values
}

// values are a measure of the networks with the given settings, without those that have none.
func (r Results) values(measure string, settings map[string]string) (values []float64) {
	for _, s := range r.Points {
		here := !math.IsNaN(s.Value(measure))
		for name, value := range settings {
			here = here && s.Values[name] == value
		}
		if here {
			values = append(values, s.Value(measure))
		}
	}
	return values
}

// compare sets the means of two groups of networks beside each other. Groups without
// networks meet nothing.
func (r Results) compare(measure string, a, b map[string]string, met func(a, b float64) bool) (string, bool) {
	one, other := analysis.Describe(r.values(measure, a)), analysis.Describe(r.values(measure, b))
	return fmt.Sprintf("%.3f ± %.3f against %.3f ± %.3f (means ± sd of %d and %d networks)", one.Mean, one.SD, other.Mean, other.SD, one.N, other.N), met(one.Mean, other.Mean)
}

func above(measure string, settings map[string]string, bound float64) func(Results) (string, bool) {
	return func(r Results) (string, bool) {
		d := analysis.Describe(r.values(measure, settings))
		return meanOf(d), d.Mean > bound
	}
}

func below(measure string, settings map[string]string, bound float64) func(Results) (string, bool) {
	return func(r Results) (string, bool) {
		d := analysis.Describe(r.values(measure, settings))
		return meanOf(d), d.Mean < bound
	}
}

func meanOf(d analysis.Summary) string {
	return fmt.Sprintf("%.3f ± %.3f (mean ± sd of %d networks)", d.Mean, d.SD, d.N)
}
