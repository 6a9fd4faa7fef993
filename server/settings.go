package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"unmixlab/sim/spec"
)

// newSettings is a pointer to a struct with one flag for each row of the field
// table, so that the command line has what the form and the API have. A flag not
// given is nil; its JSON is a spec's.
func newSettings() (any, error) {
	var fields []reflect.StructField
	for i, f := range spec.Fields {
		typ, ok := flagTypes[f.Kind]
		if !ok {
			return nil, fmt.Errorf("the field %s is of a kind no flag has: %s", f.Name, f.Kind)
		}
		help := f.Help
		if f.Unit != "" {
			help += " In " + f.Unit + "."
		}
		if len(f.Choices) > 0 {
			help += " One of " + strings.Join(f.Choices, ", ") + "."
		}
		tag := fmt.Sprintf(`json:"%s,omitempty" name:%q help:%q group:%q placeholder:%q`, f.Name,
			strings.ReplaceAll(f.Name, "_", "-"), help, f.Group, strings.ToUpper(string(f.Kind)))
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: typ, Tag: reflect.StructTag(tag)})
	}
	return reflect.New(reflect.StructOf(fields)).Interface(), nil
}

var flagTypes = map[spec.Kind]reflect.Type{
	spec.Choice: reflect.TypeFor[*string](),
	spec.Int:    reflect.TypeFor[*int64](),
	spec.Float:  reflect.TypeFor[*float64](),
	spec.Bool:   reflect.TypeFor[*bool](),
	spec.Set:    reflect.TypeFor[*[]string](),
	spec.Files:  reflect.TypeFor[*[]string](),
	spec.List:   reflect.TypeFor[*[]float64](),
}

// readSpec makes a spec of a base (a file's JSON, a preset's, or nothing) and the
// flags given over it. Frequencies of a base go when the sources change.
func readSpec(base []byte, settings any) (spec.Spec, error) {
	flags, err := json.Marshal(settings)
	if err != nil {
		return spec.Spec{}, err
	}
	values, over := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if err := json.Unmarshal(base, &values); err != nil {
		return spec.Spec{}, fmt.Errorf("the settings are not a JSON object: %w", err)
	}
	if err := json.Unmarshal(flags, &over); err != nil {
		return spec.Spec{}, err
	}
	if over["sources"] != nil || over["dim"] != nil {
		delete(values, "frequencies")
	}
	for name, v := range over {
		values[name] = v
	}
	if values["model"] == nil {
		values["model"] = json.RawMessage(`"` + spec.Modulation + `"`)
	}
	merged, err := json.Marshal(values)
	if err != nil {
		return spec.Spec{}, err
	}
	sp, err := spec.Parse(merged)
	if err != nil {
		return sp, err
	}
	return sp, sp.Validate()
}

// baseSettings are the settings of a file or a preset; with neither, none.
func baseSettings(file, preset string) ([]byte, error) {
	switch {
	case file != "" && preset != "":
		return nil, fmt.Errorf("--spec and --preset are both given: choose one")
	case file != "":
		return os.ReadFile(file)
	case preset == "":
		return []byte("{}"), nil
	}
	var slugs []string
	for _, p := range spec.Presets {
		if p.Slug == preset {
			return p.Spec.JSON(), nil
		}
		slugs = append(slugs, p.Slug)
	}
	return nil, fmt.Errorf("--preset is %q, must be one of %s", preset, strings.Join(slugs, ", "))
}
