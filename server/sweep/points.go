package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"unmixlab/sim/spec"
)

// Point is one network of a sweep.
type Point struct {
	Hash   string            // of the spec: what it is called in the folder
	Spec   spec.Spec         // its settings
	Values map[string]string // of the sweep's fields, as JSON without quotes
}

// Hash is what a spec's point is called, in every sweep that has it.
func Hash(sp spec.Spec) string {
	sum := sha256.Sum256(sp.JSON())
	return hex.EncodeToString(sum[:8])
}

// Points are all the networks of the sweep, seed by seed.
func (s Sweep) Points() []Point {
	points, errs := s.points()
	if len(errs) > 0 {
		panic("sweep: points of a sweep that was not parsed: " + errs.Error())
	}
	return points
}

// Fields are the names of the settings that the sweep changes, in the order of the
// table of fields; the seed is not among them.
func (s Sweep) Fields() (names []string) {
	for _, f := range spec.Fields {
		_, varied := s.Grid[f.Name]
		for _, set := range s.Set {
			_, here := set[f.Name]
			varied = varied || here
		}
		if varied && f.Name != "seed" {
			names = append(names, f.Name)
		}
	}
	return names
}

// points are all points, or everything that is wrong with them, each problem once. The
// same network is one point, however often the grid comes to it.
func (s Sweep) points() ([]Point, spec.Errors) {
	base, errs := s.base()
	if len(errs) > 0 {
		return nil, errs
	}
	combinations, problem := s.combinations()
	if problem != "" {
		return nil, spec.Errors{wrong("grid", "%s", problem)}
	}
	var points []Point
	seen := map[string]bool{}
	fields := s.Fields()
	for i, seed := range s.Seeds {
		for _, changes := range combinations {
			sp, err := settings(base, changes, seed)
			if err != nil {
				errs = merge(errs, err)
				continue
			}
			if p := newPoint(sp, fields); !seen[p.Hash] {
				seen[p.Hash] = true
				points = append(points, p)
			}
		}
		if i == 0 && len(errs) > 0 { // other seeds would say the same
			return nil, errs
		}
	}
	return points, errs
}

func newPoint(sp spec.Spec, fields []string) Point {
	p := Point{Hash: Hash(sp), Spec: sp, Values: map[string]string{}}
	var all map[string]json.RawMessage
	json.Unmarshal(sp.JSON(), &all) // its own
	for _, name := range fields {
		p.Values[name] = strings.Trim(string(all[name]), `"`)
	}
	return p
}

// base are the settings of all points: a preset's, and those given over it.
func (s Sweep) base() (map[string]json.RawMessage, spec.Errors) {
	base := map[string]json.RawMessage{}
	if raw, ok := s.Base["preset"]; ok {
		var slug string
		json.Unmarshal(raw, &slug) // "" is no preset
		i := slices.IndexFunc(spec.Presets, func(p spec.Preset) bool { return p.Slug == slug })
		if i < 0 {
			return nil, spec.Errors{wrong("base.preset", "is %s, must be one of %s", raw, strings.Join(slugs(), ", "))}
		}
		json.Unmarshal(spec.Presets[i].Spec.JSON(), &base) // its own
	}
	given := maps.Clone(s.Base)
	delete(given, "preset")
	if _, ok := given["seed"]; ok {
		return nil, spec.Errors{wrong("base.seed", "belongs to seeds: a number of them, a list, or a range")}
	}
	for _, set := range s.Set {
		if _, ok := set["seed"]; ok {
			return nil, spec.Errors{wrong("set.seed", "belongs to seeds: a number of them, a list, or a range")}
		}
	}
	apply(base, given)
	if base["model"] == nil {
		base["model"] = json.RawMessage(`"` + spec.Modulation + `"`)
	}
	return base, nil
}

func slugs() (names []string) {
	for _, p := range spec.Presets {
		names = append(names, p.Slug)
	}
	return names
}

// apply puts settings over others. Frequencies go where the sources change, unless they
// are given.
func apply(to, over map[string]json.RawMessage) {
	if over["sources"] != nil || over["dim"] != nil {
		delete(to, "frequencies")
	}
	maps.Copy(to, over)
}

// combinations are all changes to the base: sets with values of the grid.
func (s Sweep) combinations() (all []map[string]json.RawMessage, problem string) {
	all = []map[string]json.RawMessage{{}}
	if len(s.Set) > 0 {
		all = s.Set
	}
	for _, f := range spec.Fields {
		values, ok := s.Grid[f.Name]
		if !ok {
			continue
		}
		if n := len(all) * len(values) * max(1, len(s.Seeds)); n > MaxPoints {
			return nil, fmt.Sprintf("with %d seeds makes %d points or more, at most %d are taken", len(s.Seeds), n, MaxPoints)
		}
		var next []map[string]json.RawMessage
		for _, changes := range all {
			for _, v := range values {
				more := maps.Clone(changes)
				more[f.Name] = v
				next = append(next, more)
			}
		}
		all = next
	}
	if n := len(all) * len(s.Seeds); n > MaxPoints {
		return nil, fmt.Sprintf("with %d seeds makes %d points, at most %d are taken", len(s.Seeds), n, MaxPoints)
	}
	return all, ""
}

// settings are those of one point.
func settings(base, changes map[string]json.RawMessage, seed uint64) (spec.Spec, error) {
	all := maps.Clone(base)
	apply(all, changes)
	all["seed"] = json.RawMessage(fmt.Sprint(seed))
	b, err := json.Marshal(all)
	if err != nil {
		return spec.Spec{}, spec.Errors{wrong("grid", "cannot be written as JSON: %v", err)}
	}
	sp, err := spec.Parse(b)
	if err == nil {
		err = sp.Validate()
	}
	return sp, err
}

// merge adds the problems that are not there yet.
func merge(errs spec.Errors, err error) spec.Errors {
	more, ok := err.(spec.Errors)
	if !ok {
		more = spec.Errors{{Message: err.Error()}}
	}
	for _, e := range more {
		if len(errs) < maxErrors && !slices.Contains(errs, e) {
			errs = append(errs, e)
		}
	}
	return errs
}
