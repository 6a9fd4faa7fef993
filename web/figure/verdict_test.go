package figure

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/analysis"
	"unmixlab/sim/modelfile"
)

// claim is a phrase of a figure's verdict, or of a panel's sentence, and what has to be
// measured for it to stand. Bounds are written out here: they are not to move unseen.
type claim struct {
	figure, panel, phrase string
	holds                 func(t *testing.T, fig *Figure) bool
}

var claims = []claim{
	{"fig1", "", "Outputs follow their sources", func(t *testing.T, fig *Figure) bool {
		own, other := ownAndOther(t, fig)
		return fig.Numbers["late_error"] < 0.3 && own > 0.9 && other < 0.2
	}},
	{"fig1", "b-output1", "it lies on the source", func(t *testing.T, fig *Figure) bool {
		s, y := values(t, fig, "b-output1", "s"), values(t, fig, "b-output1", "y")
		change := slices.Index(values(t, fig, "b-output1", "sample"), 0)
		return meanDistance(s[:change], y[:change]) < 0.2 && meanDistance(s[len(s)-100:], y[len(y)-100:]) < 0.2
	}},
	{"fig1", "d-outputs", "and with no other", func(t *testing.T, fig *Figure) bool {
		own, other := ownAndOther(t, fig)
		return own > 0.9 && other < 0.2
	}},
	{"fig1", "d-clarity", "Outputs are clear in every context", func(t *testing.T, fig *Figure) bool {
		return fig.Numbers["clarity_x"] < 0.8 && slices.Min(values(t, fig, "d-clarity", "y")) > 0.8
	}},
	{"fig1", "e", "Clarity falls gradually", func(t *testing.T, fig *Figure) bool {
		y := values(t, fig, "e", "clarity_y")
		return y[0]-y[len(y)-1] > 0.1 && largestStep(y) <= 0.01
	}},
	{"fig1-s1", "", "does not follow a new context", func(_ *testing.T, fig *Figure) bool {
		most := max(fig.Numbers["linear_other"], fig.Numbers["fixed_readout_clarity"], fig.Numbers["perceptron_clarity"])
		return fig.Numbers["clarity_y"] > 0.85 && most < fig.Numbers["clarity_y"]-0.1
	}},
	{"fig1-s1", "linear", "does not hold there", func(_ *testing.T, fig *Figure) bool {
		return fig.Numbers["linear_same"] > 0.9 && fig.Numbers["linear_other"] < fig.Numbers["linear_same"]-0.15
	}},
	{"fig1-s1", "distance", "the worse the transfer", func(t *testing.T, fig *Figure) bool {
		r := analysis.Relate(values(t, fig, "distance", "distance"), values(t, fig, "distance", "clarity"))
		return r.R < 0 && r.P < 0.05
	}},
	{"fig1-s2", "d", "Clarity rises", func(t *testing.T, fig *Figure) bool {
		c := values(t, fig, "d", "clarity")
		return c[len(c)-1]-c[0] > 0.1 && largestStep(reversed(c)) <= 0.01
	}},
	{"fig1-s6", "", "As trained the clarity is", func(_ *testing.T, fig *Figure) bool { return fig.Numbers["clarity_control"] > 0.85 }},
	{"fig2", "", "outputs are clear", func(_ *testing.T, fig *Figure) bool { return fig.Numbers["clarity_y"] > 0.85 }},
	{"fig3", "", "are the inverse of the context", func(_ *testing.T, fig *Figure) bool {
		// Inverses have a size of about 3.
		return fig.Numbers["effective_weight_correlation"] > 0.95 && fig.Numbers["effective_weight_error"] < 0.6
	}},
	{"fig3", "c", "It switches with the context", func(_ *testing.T, fig *Figure) bool {
		return fig.Numbers["modulation_within_sd"] < fig.Numbers["modulation_between_sd"]/3
	}},
	{"fig4", "", "No single unit is clear", func(_ *testing.T, fig *Figure) bool { return fig.Numbers["clarity_units_z_max"] < 0.9 }},
	{"fig4", "", "reads the sources from the population", readsSources("z")},
	{"fig4", "e", "reads the sources from the population", readsSources("z")},
	{"fig4", "c", "none is clear in all contexts", func(t *testing.T, fig *Figure) bool {
		c := values(t, fig, "c", "clarity")
		for unit := range 100 {
			least := math.Inf(1)
			for k := unit; k < len(c); k += 100 {
				least = min(least, c[k])
			}
			if least >= 0.8 {
				return false
			}
		}
		return true
	}},
	{"fig5", "", "feedback turns it", func(_ *testing.T, fig *Figure) bool {
		frozen, restored := fig.Numbers["angle_frozen_mean"], fig.Numbers["angle_restored_mean"]
		return frozen < 10 && restored > 10 && restored > 3*frozen
	}},
	{"fig5", "", "the first plane is back", func(_ *testing.T, fig *Figure) bool {
		frozen, restored := fig.Numbers["angle_frozen_mean"], fig.Numbers["angle_restored_mean"]
		return frozen < 10 && restored > 10 && restored > 3*frozen && fig.Numbers["angle_return_mean"] < 3
	}},
	{"fig5", "e", "the larger the angle", func(t *testing.T, fig *Figure) bool {
		r := analysis.Relate(values(t, fig, "e", "distance"), values(t, fig, "e", "angle"))
		return r.R > 0 && r.P < 0.05
	}},
	{"fig6", "", "Outputs are clear", func(_ *testing.T, fig *Figure) bool { return fig.Numbers["clarity_y"] > 0.85 }},
	{"fig6", "", "reads the sources from the upper units", readsSources("zH")},
	{"fig6", "d", "units are alike in gain", func(_ *testing.T, fig *Figure) bool {
		return fig.Numbers["gain_units_sd"] > 2*fig.Numbers["gain_averages_sd"]
	}},
	{"fig7", "", "feedback says what has to be done", func(_ *testing.T, fig *Figure) bool {
		return fig.Numbers["r2_inverse"] > 0.9 && fig.Numbers["r2_inverse"] > fig.Numbers["r2_linear"]+0.1
	}},
	{"fig7", "c", "a curved sheet", func(_ *testing.T, fig *Figure) bool {
		return fig.Numbers["r2_quadratic"] > fig.Numbers["r2_linear"]+0.2
	}},
}

// ownAndOther are the mean |r| of outputs with their own source and with the others.
func ownAndOther(t *testing.T, fig *Figure) (own, other float64) {
	abs := values(t, fig, "d-outputs", "abs")
	n := int(math.Sqrt(float64(len(abs))))
	for i, r := range abs {
		if i%(n+1) == 0 {
			own += r / float64(n)
		} else {
			other += r / float64(n*(n-1))
		}
	}
	return own, other
}

// largestStep is the largest rise from one value to the next.
func largestStep(v []float64) float64 {
	most := math.Inf(-1)
	for i := 1; i < len(v); i++ {
		most = max(most, v[i]-v[i-1])
	}
	return most
}

func reversed(v []float64) []float64 {
	r := slices.Clone(v)
	slices.Reverse(r)
	return r
}

func readsSources(stage string) func(*testing.T, *Figure) bool {
	return func(_ *testing.T, fig *Figure) bool { return fig.Numbers["decoding_r2_"+stage] > 0.85 }
}

// sentence is a figure's verdict, or what is to be seen in one of its panels; false where
// the model does not have the panel.
func sentence(fig *Figure, panel string) (string, bool) {
	if panel == "" {
		return fig.See, true
	}
	i := slices.IndexFunc(fig.Panels, func(p Panel) bool { return p.ID == panel })
	return fig.Panels[i].See, fig.Panels[i].Why == ""
}

// What networks are tested with: as they are, and under so much noise that none of them
// can do the task.
const (
	judged = "contexts=12&samples=800&repetitions=4&points=8&batches=20"
	noisy  = judged + "&noise=0.5"
)

// Every claim stands where its numbers hold and nowhere else: with trained networks,
// with untrained ones of every kind, and with trained ones under noise. Each is seen
// both to stand and to fall.
func TestClaimsStandWhereTheirNumbersHold(t *testing.T) {
	t.Parallel()
	stands := map[claimID]map[bool]bool{}
	all := func(networks map[string]*modelfile.File, query string) {
		for _, name := range slices.Sorted(maps.Keys(networks)) {
			for _, e := range Figures {
				if e.Applies(networks[name].Network.Spec) == "" {
					judge(t, name+" "+query, compute(t, e.ID, networks[name], query), stands)
				}
			}
		}
	}
	all(shipped(t), judged)
	all(shipped(t), noisy)
	all(untrained(), small)
	for _, c := range claims {
		if s := stands[c.id()]; len(s) != 2 {
			t.Errorf("%s %s: %q is seen only so: %v", c.figure, c.panel, c.phrase, s)
		}
	}
}

type claimID [3]string

func (c claim) id() claimID { return claimID{c.figure, c.panel, c.phrase} }

func judge(t *testing.T, name string, fig *Figure, stands map[claimID]map[bool]bool) {
	t.Helper()
	if fig.See == "" {
		t.Errorf("%s of %s has no verdict", fig.Figure, name)
	}
	for _, c := range claims {
		if c.figure != fig.Figure {
			continue
		}
		s, there := sentence(fig, c.panel)
		if !there {
			continue
		}
		said, holds := strings.Contains(s, c.phrase), c.holds(t, fig)
		if said != holds {
			t.Errorf("%s of %s, panel %q says %q although its numbers hold: %v", fig.Figure, name, c.panel, s, holds)
		}
		if stands[c.id()] == nil {
			stands[c.id()] = map[bool]bool{}
		}
		stands[c.id()][said] = true
	}
}

// No heading is a verdict: titles and what a figure asks are the same for every network,
// and none of them states what a network does.
func TestHeadingsClaimNothing(t *testing.T) {
	t.Parallel()
	verbs := []string{" undoes ", " turns ", " is enough", " is in the ", " is not ", " are not ", " reads ", " switches ", " holds ",
		" no single ", " is invariant"}
	for _, e := range Figures {
		headings := []string{e.Title}
		for _, f := range untrained() {
			if e.Applies(f.Network.Spec) == "" {
				for _, p := range e.Places(f.Network.Spec, nil) {
					headings = append(headings, p.Title)
				}
			}
		}
		if !strings.HasSuffix(e.About, "?") {
			t.Errorf("%s asks nothing: %q", e.ID, e.About)
		}
		for _, h := range headings {
			for _, v := range verbs {
				if !strings.HasSuffix(h, "?") && strings.Contains(" "+strings.ToLower(h)+" ", v) {
					t.Errorf("%s: the heading %q is a verdict", e.ID, h)
				}
			}
		}
	}
}

// The table knows a figure's panels and numbers before it is computed, so that a page
// can keep their places.
func TestPlacesAreThoseOfTheFigure(t *testing.T) {
	t.Parallel()
	for _, e := range Figures {
		for name, f := range untrained() {
			sp := f.Network.Spec
			if e.Applies(sp) != "" {
				continue
			}
			fig := compute(t, e.ID, f, small)
			var want, got []string
			for _, p := range e.Places(sp, nil) {
				want = append(want, fmt.Sprint(p.ID, p.Title, p.Why))
			}
			for _, p := range fig.Panels {
				got = append(got, fmt.Sprint(p.ID, p.Title, p.Why))
			}
			for _, r := range e.Measures(sp) {
				want = append(want, r.Name+r.Label)
			}
			for _, r := range fig.Readings {
				got = append(got, r.Name+r.Label)
			}
			if !slices.Equal(want, got) {
				t.Errorf("%s of %s: the table has\n%q, the figure\n%q", e.ID, name, want, got)
			}
		}
	}
}

// What a figure says it was made with is what it was made with: a decoder for which no
// number of contexts is asked is fitted on half of them.
func TestParametersAreThoseUsed(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]int{"contexts=6&samples=300": 3, "contexts=6&samples=300&trained=0": 3, "contexts=6&samples=300&trained=4": 4} {
		fig := compute(t, "fig4", untrained()["spatial"], query)
		if fig.Params["trained"] != want {
			t.Errorf("%s: the figure says its decoder was fitted on %v contexts, want %d", query, fig.Params["trained"], want)
		}
		if n := fig.Panels[4].N; !strings.Contains(n, fmt.Sprintf("fitted on %d other", want)) {
			t.Errorf("%s: the panel says %q", query, n)
		}
	}
}
