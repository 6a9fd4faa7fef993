package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"unmixlab/sim/spec"
)

// newSettings is a pointer to a struct with one flag for each row of the field
// table, so that the command line has what the form and the API have. A flag's texts
// are read as what is typed in the form; one that is not given is nil.
func newSettings() (any, error) {
	var fields []reflect.StructField
	for i, f := range spec.Fields {
		typ, sep := reflect.TypeFor[[]string](), ` sep:"none"`
		if f.Kind == spec.Bool {
			typ, sep = reflect.TypeFor[*bool](), ""
		}
		tag := fmt.Sprintf(`name:%q help:%q group:%q placeholder:%q`+sep, flagName(f), flagHelp(f), f.Group, strings.ToUpper(string(f.Kind)))
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: typ, Tag: reflect.StructTag(tag)})
	}
	return reflect.New(reflect.StructOf(fields)).Interface(), nil
}

func flagName(f spec.Field) string { return strings.ReplaceAll(f.Name, "_", "-") }

func flagHelp(f spec.Field) string {
	help := f.Help
	if f.Kind == spec.Files {
		help = "WAV files, or ids of uploaded sounds, at least as many as sources; with --sources wav."
	}
	if f.Unit != "" {
		help += " In " + f.Unit + "."
	}
	if len(f.Choices) > 0 {
		help += " One of " + strings.Join(f.Choices, ", ") + "."
	}
	switch f.Kind {
	case spec.Set, spec.Files:
		help += " Several with commas, or the flag again."
	}
	return help
}

// flags reads the flags given: what each is in the settings' JSON.
func flags(settings any) (map[string]any, spec.Errors) {
	given := map[string]any{}
	var wrong spec.Errors
	v := reflect.ValueOf(settings).Elem()
	for i, f := range spec.Fields {
		if v.Field(i).IsNil() {
			continue
		}
		texts, several := v.Field(i).Interface().([]string)
		if !several {
			given[f.Name] = v.Field(i).Interface()
			continue
		}
		if path := strings.Join(texts, ""); f.Name == "matrices" && strings.HasSuffix(path, ".npy") {
			matrices, err := flatMatrices(path)
			if err != nil {
				wrong = append(wrong, spec.FieldError{Field: f.Name, Message: fmt.Sprintf("of %s: %v", path, err)})
			}
			given[f.Name] = matrices
			continue
		}
		value, problem := f.Read(apart(f, texts))
		if value == nil && problem == "" {
			problem = "is empty: give a value, or leave the flag out"
		}
		if problem != "" {
			wrong = append(wrong, spec.FieldError{Field: f.Name, Message: problem})
		}
		given[f.Name] = value
	}
	return given, wrong
}

// apart splits texts of several names at commas, but for the name of a file that has
// commas in it.
func apart(f spec.Field, texts []string) []string {
	if f.Kind != spec.Set && f.Kind != spec.Files {
		return texts
	}
	names := []string{}
	for _, text := range texts {
		if _, err := os.Stat(text); f.Kind == spec.Files && err == nil {
			names = append(names, text)
			continue
		}
		for name := range strings.SplitSeq(text, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// readSpec makes a spec of a base (a file's JSON, a preset's, or nothing) and the
// flags given over it. Frequencies of a base go when the sources change. The errors
// name all that is wrong.
func readSpec(base []byte, settings any) (spec.Spec, error) {
	if _, err := spec.Parse(base); err != nil {
		return spec.Spec{}, err
	}
	values := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader(base))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil {
		return spec.Spec{}, err
	}
	over, wrong := flags(settings)
	if over["sources"] != nil || over["dim"] != nil {
		delete(values, "frequencies")
	}
	for name, v := range over {
		values[name] = v
	}
	if values["model"] == nil {
		values["model"] = spec.Modulation
	}
	if over["wav"] != nil && values["sources"] != "wav" {
		wrong = append(wrong, spec.FieldError{Field: "wav", Message: "is for --sources wav alone: give that as well"})
	}
	merged, err := json.Marshal(values)
	if err != nil {
		return spec.Spec{}, err
	}
	sp, err := spec.Parse(merged)
	if err == nil {
		err = sp.Validate()
	}
	more, _ := err.(spec.Errors)
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return sp, wrong
	}
	return sp, nil
}

// baseSettings are the settings of a file or a preset; with neither, none.
func baseSettings(file, preset string) ([]byte, error) {
	switch {
	case file != "" && preset != "":
		return nil, usageError{fmt.Errorf("--spec and --preset are both given: choose one")}
	case file != "":
		return readInput(file)
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
	return nil, usageError{fmt.Errorf("--preset is %q, must be one of %s", preset, strings.Join(slugs, ", "))}
}

// givenTwice names a flag that takes one value and got several: the last would be
// taken, and nothing said.
func givenTwice(path []*kong.Path) error {
	seen := map[*kong.Flag]bool{}
	for _, p := range path {
		if p.Flag == nil || p.Resolved || p.Flag.IsSlice() {
			continue
		}
		if seen[p.Flag] {
			return usageError{fmt.Errorf("--%s is given twice: once is taken", p.Flag.Name)}
		}
		seen[p.Flag] = true
	}
	return nil
}
