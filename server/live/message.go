package live

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// message is a JSON object of a client.
type message map[string]json.RawMessage

// has tells whether a field is there and not null.
func (m message) has(name string) bool { return m[name] != nil && !m.null(name) }

// null tells whether a field is there and null.
func (m message) null(name string) bool { return string(m[name]) == "null" }

func (m message) read(name string, into any) error {
	if !m.has(name) {
		return spec.FieldError{Field: name, Message: "is missing"}
	}
	raw := m[name]
	if err := json.Unmarshal(raw, into); err != nil {
		return spec.FieldError{Field: name, Message: "cannot be " + strings.TrimSpace(string(raw[:min(len(raw), 40)]))}
	}
	return nil
}

func (m message) number(name string, low, high float64) (float64, error) {
	var x float64
	if err := m.read(name, &x); err != nil {
		return 0, err
	}
	if x < low || x > high {
		return 0, spec.FieldError{Field: name, Message: fmt.Sprintf("is %g, must be from %g to %g", x, low, high)}
	}
	return x, nil
}

// whole is a number without a fraction.
func (m message) whole(name string, low, high float64) (int, error) {
	x, err := m.number(name, low, high)
	if err == nil && x != math.Trunc(x) {
		err = spec.FieldError{Field: name, Message: fmt.Sprintf("is %g, must be a whole number", x)}
	}
	return int(x), err
}

// distinct is a list of different ones of some names.
func (m message) distinct(name string, all []string) ([]string, error) {
	var names []string
	if err := m.read(name, &names); err != nil {
		return nil, err
	}
	for i, n := range names {
		if !slices.Contains(all, n) || slices.Contains(names[:i], n) {
			return nil, spec.FieldError{Field: name, Message: fmt.Sprintf("has %q, must be different ones of %s", n, strings.Join(all, ", "))}
		}
	}
	return names, nil
}

// point is a place in the context square.
type point [2]float64

func (p point) context() data.Context { return data.Normalised(p[0], p[1]) }

// place is where a normalised context is in the square.
func place(c data.Context) point { return point{c.A[0], c.A[2]} }

// minDet is the smallest |det A| = |a - b| that a client may choose.
const minDet = 0.05

// check tells what is wrong with a point; a field is named for each coordinate.
func (p point) check(a, b string) error {
	for i, name := range []string{a, b} {
		if !(p[i] >= 0 && p[i] <= 1) {
			return spec.FieldError{Field: name, Message: fmt.Sprintf("is %g, must be from 0 to 1", p[i])}
		}
	}
	if math.Abs(p[0]-p[1]) < minDet {
		return spec.FieldError{Field: b, Message: fmt.Sprintf("must differ from a by at least %g: a context near the diagonal cannot be undone", minDet)}
	}
	return nil
}

// placed tells whether contexts of a spec are points of a square.
func placed(sp spec.Spec, field string) error {
	if sp.Dim == 2 {
		return nil
	}
	return spec.FieldError{Field: field, Message: fmt.Sprintf("places a point in a square, but this model has %d sources: use next", sp.Dim)}
}

// corner is a point whose coordinates are two fields.
func (m message) corner(a, b string) (p point, err error) {
	for i, name := range []string{a, b} {
		if err := m.read(name, &p[i]); err != nil {
			return p, err
		}
	}
	return p, p.check(a, b)
}

// point is a field [a, b].
func (m message) point(name string, sp spec.Spec) (point, error) {
	if err := placed(sp, name); err != nil {
		return point{}, err
	}
	var p []float64
	if err := m.read(name, &p); err != nil {
		return point{}, err
	}
	if len(p) != 2 {
		return point{}, spec.FieldError{Field: name, Message: "must be a point [a, b]"}
	}
	return point(p), point(p).check(name, name)
}

// path is a field [[a, b], …].
func (m message) path(name string, sp spec.Spec) ([]point, error) {
	if err := placed(sp, name); err != nil {
		return nil, err
	}
	var list [][]float64
	if err := m.read(name, &list); err != nil {
		return nil, err
	}
	if len(list) < 1 || len(list) > maxLegs {
		return nil, spec.FieldError{Field: name, Message: fmt.Sprintf("are %d, must be from 1 to %d points [a, b]", len(list), maxLegs)}
	}
	points := make([]point, len(list))
	for i, p := range list {
		if len(p) != 2 {
			return nil, spec.FieldError{Field: name, Message: "must be points [a, b]"}
		}
		points[i] = point(p)
		if err := points[i].check(name, name); err != nil {
			return nil, err
		}
	}
	return points, nil
}

// tau is a time constant in samples, or null for the network's own.
func (m message) tau(name string, sp spec.Spec) (*float64, error) {
	if m.null(name) {
		return nil, nil
	}
	tau, err := m.number(name, 1, maxTau)
	if err == nil && !hasTau(sp) {
		err = spec.FieldError{Field: name, Message: "is for models whose modulation has a time constant: this one's follows its feedback at once"}
	}
	return &tau, err
}

// hasTau tells whether a model's modulation has a time constant.
func hasTau(sp spec.Spec) bool {
	v, _ := spec.VariantNamed(sp.Model)
	return slices.Contains(v.Fields, "tau")
}

// units are numbers of population units, sorted, each once.
func (m message) units(name string, sp spec.Spec) ([]int, error) {
	var list []float64
	if err := m.read(name, &list); err != nil {
		return nil, err
	}
	if len(list) > 0 && !model.CanSilence(sp) {
		return nil, spec.FieldError{Field: name, Message: "cannot be silenced in this model: it has no population whose gains feedback sets"}
	}
	units := make([]int, len(list))
	for i, u := range list {
		if u != math.Trunc(u) || u < 0 || u >= float64(sp.Units) {
			return nil, spec.FieldError{Field: name, Message: fmt.Sprintf("has %g, must be whole numbers from 0 to %d", u, sp.Units-1)}
		}
		units[i] = int(u)
	}
	slices.Sort(units)
	return slices.Compact(units), nil
}

// tones are sources that a session can have: a run's, sounds apart. An empty kind is the
// network's own.
type tones struct {
	kind        string
	frequencies []float64
}

func (m message) tones(sp spec.Spec) (t tones, err error) {
	if err := m.read("sources", &t.kind); err != nil {
		return t, err
	}
	if m.has("frequencies") {
		if err := m.read("frequencies", &t.frequencies); err != nil {
			return t, err
		}
	}
	_, err = t.of(sp)
	return t, err
}

// of is the spec with these sources.
func (t tones) of(sp spec.Spec) (spec.Spec, error) {
	if t.kind == "" {
		return sp, nil
	}
	sp.Sources, sp.Frequencies, sp.WAV = t.kind, t.frequencies, nil
	if len(t.frequencies) == 0 {
		sp.Frequencies = spec.DefaultFrequencies(t.kind, sp.Dim)
	}
	if t.kind == "wav" {
		return sp, spec.FieldError{Field: "sources", Message: "must be chords, sines or ica in a live session"}
	}
	if errs, ok := sp.ValidateNetwork().(spec.Errors); ok {
		return sp, errs[0]
	}
	return sp, nil
}
