package spec

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// places are where in a Spec the fields stand, by their names.
var places = sync.OnceValue(func() map[string]int {
	at := map[string]int{}
	t := reflect.TypeFor[Spec]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		at[name] = i
	}
	return at
})

// Value is the value of a field by its name: a string, int, uint64, float64, bool,
// []float64 or []string; nil for a name that no field has.
func (s Spec) Value(field string) any {
	i, ok := places()[field]
	if !ok {
		return nil
	}
	return reflect.ValueOf(s).Field(i).Interface()
}

// Nearest is the preset of the same model from which the fewest settings differ, and the
// names of those, in the order of Fields. A preset without a slug stands for the model's
// defaults, where no preset has the model. The seed is no difference: every run has one.
func (s Spec) Nearest() (preset Preset, differs []string) {
	preset = Preset{Title: "defaults", Spec: Default(s.Model)}
	differs = s.Differs(preset.Spec)
	found := false
	for _, p := range Presets {
		if p.Spec.Model != s.Model {
			continue
		}
		if d := s.Differs(p.Spec); !found || len(d) < len(differs) {
			preset, differs, found = p, d, true
		}
	}
	return preset, differs
}

// Differs are the names of the settings that matter for s and have another value in o,
// but for the seed. The length of the run counts as one.
func (s Spec) Differs(o Spec) []string {
	var names []string
	for _, f := range Fields {
		if f.Name != "seed" && f.Matters(s.Model) && !same(s.Value(f.Name), o.Value(f.Name)) {
			names = append(names, f.Name)
		}
	}
	return names
}

// same compares two values of one field; lists that are empty are equal, nil or not.
func same(a, b any) bool {
	switch a := a.(type) {
	case []float64:
		return slices.Equal(a, b.([]float64))
	case []string:
		return slices.Equal(a, b.([]string))
	}
	return a == b
}
