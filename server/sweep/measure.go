package sweep

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	"unmixlab/web/figure"
)

// lossName is the mean loss of the last batches, which is always there.
const lossName = "loss"

// tested are the measures of the paper's test, beside which figures have theirs.
var tested = []string{"clarity_y", "clarity_x", "late_error", "decoding_r2_z"}

// Measure is a number by which networks are compared: of the test by its own name, of
// a figure as fig5.angle_frozen_mean, with the figure's parameters as
// fig5.angle_frozen_mean?contexts=50&seed=2.
type Measure struct {
	Key    string // as it was named
	figure string // "" for the test's
	name   string
	query  url.Values
}

// parseMeasure reads a measure's name.
func parseMeasure(key string) (m Measure, problem string) {
	if len(key) > 200 {
		return m, "has a name of more than 200 letters"
	}
	name, query, _ := strings.Cut(key, "?")
	m = Measure{Key: key, name: name}
	id, number, ok := strings.Cut(name, ".")
	if !ok {
		if name != key || name != lossName && !slices.Contains(tested, name) {
			return m, fmt.Sprintf("has %q, must be one of %s, %s, or a figure's number such as fig5.angle_frozen_mean", key, lossName, strings.Join(tested, ", "))
		}
		return m, ""
	}
	entry, ok := figure.Named(id)
	if !ok {
		return m, fmt.Sprintf("has %q: there is no figure %q", key, id)
	}
	m.figure, m.name = id, number
	if !hasNumber(entry, number) {
		return m, fmt.Sprintf("has %q: %s has no number %q", key, id, number)
	}
	var err error
	if m.query, err = url.ParseQuery(query); err != nil {
		return m, fmt.Sprintf("has %q: its parameters must be such as contexts=20&seed=2", key)
	}
	if errs := entry.Check(m.query); len(errs) > 0 {
		return m, fmt.Sprintf("has %q: %v", key, errs)
	}
	return m, ""
}

// hasNumber tells whether a figure has a number for some model that there is.
func hasNumber(e figure.Entry, name string) bool {
	for _, p := range spec.Presets {
		if e.Applies(p.Spec) == "" && slices.ContainsFunc(e.Measures(p.Spec), func(r figure.Reading) bool { return r.Name == name }) {
			return true
		}
	}
	return false
}

// Known are the names that a measure without parameters may have.
func Known() []string {
	names := append([]string{lossName}, tested...)
	for _, e := range figure.Figures {
		for _, p := range spec.Presets {
			if e.Applies(p.Spec) != "" {
				continue
			}
			for _, r := range e.Measures(p.Spec) {
				if name := e.ID + "." + r.Name; !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// Label is what a measure is called in words, with its unit.
func (m Measure) Label() string {
	if m.name == lossName {
		return "Loss, mean of the last batches"
	}
	for _, e := range figure.Figures {
		if m.figure != "" && e.ID != m.figure {
			continue
		}
		for _, p := range spec.Presets {
			if e.Applies(p.Spec) != "" {
				continue
			}
			for _, r := range e.Measures(p.Spec) {
				if r.Name == m.name {
					return strings.TrimSuffix(r.Label+" ("+r.Unit+")", " ()")
				}
			}
		}
	}
	return m.Key
}

// Measures are those of the sweep, the loss first.
func (s Sweep) Measures() []Measure {
	list := []Measure{{Key: lossName, name: lossName}}
	for _, key := range s.Measure {
		if m, problem := parseMeasure(key); problem == "" && key != lossName {
			list = append(list, m)
		}
	}
	return list
}

// take measures a network: one number for each measure, NaN for one that the network
// does not have. The loss is not among them.
func take(ctx context.Context, measures []Measure, f *modelfile.File, src *data.Sources) (map[string]float64, error) {
	numbers := map[string]float64{}
	var test map[string]float64
	figures := map[string]*figure.Figure{}
	for _, m := range measures {
		var err error
		numbers[m.Key] = math.NaN()
		switch {
		case m.name == lossName:
			delete(numbers, m.Key)
		case m.figure != "":
			err = m.ofFigure(ctx, numbers, figures, f, src)
		default:
			if test == nil {
				test, err = experiment.Measure(ctx, f.Network, src)
			}
			if v, ok := test[m.name]; ok {
				numbers[m.Key] = v
			}
		}
		if err != nil {
			return nil, fmt.Errorf("measure %s: %w", m.Key, err)
		}
	}
	return numbers, nil
}

// ofFigure takes a number of a figure; one figure with the same parameters is computed
// once.
func (m Measure) ofFigure(ctx context.Context, numbers map[string]float64, made map[string]*figure.Figure, f *modelfile.File, src *data.Sources) error {
	entry, _ := figure.Named(m.figure)
	if entry.Applies(f.Network.Spec) != "" {
		return nil
	}
	key := m.figure + "?" + m.query.Encode()
	if made[key] == nil {
		request, err := figure.NewRequest("network", f, src, m.query)
		if err != nil {
			return err
		}
		if made[key], err = entry.Compute(ctx, request); err != nil {
			return err
		}
	}
	if v, ok := made[key].Numbers[m.name]; ok {
		numbers[m.Key] = float64(v)
	}
	return nil
}

// Criterion is when a network counts as one that has learned.
type Criterion struct {
	Measure string
	above   bool
	value   float64
}

var criterionForm = regexp.MustCompile(`^\s*(\S+)\s*([<>])\s*(\S+)\s*$`)

// Criterion reads what the sweep says of learning; its Measure is "" where it says
// nothing.
func (s Sweep) Criterion() (c Criterion, problem string) {
	if s.Learned == "" {
		return c, ""
	}
	m := criterionForm.FindStringSubmatch(s.Learned)
	if m == nil {
		return c, fmt.Sprintf("is %q, must be a measure and a bound such as %s", s.Learned, usualLearned)
	}
	if m[1] != lossName && !slices.Contains(s.Measure, m[1]) {
		return c, fmt.Sprintf("is %q: %s is not among the sweep's measures", s.Learned, m[1])
	}
	value, problem := spec.ReadNumber(m[3], "0.9")
	if problem != "" {
		return c, "has a bound that " + problem
	}
	return Criterion{m[1], m[2] == ">", value}, ""
}

// Met tells whether numbers meet the criterion; what was not measured does not.
func (c Criterion) Met(numbers map[string]float64) bool {
	v, ok := numbers[c.Measure]
	return ok && (c.above && v > c.value || !c.above && v < c.value)
}
