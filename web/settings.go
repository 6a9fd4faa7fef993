package web

import (
	"slices"

	"unmixlab/sim/spec"
)

// SettingGroup is a part of a spec as a table.
type SettingGroup struct {
	Name string
	Rows []Setting
}

// Setting is one field with its value; Changed tells that the paper's is another.
type Setting struct {
	spec.Field
	Value, Paper string
	Changed      bool
}

// Settings are a spec's fields that matter for its model.
func Settings(s spec.Spec) []SettingGroup {
	values, paper := FormValues(s), FormValues(paperOf(s))
	var groups []SettingGroup
	for _, f := range spec.Fields {
		if f.Name == "wav" && s.Sources != "wav" || f.Name == "frequencies" && s.Sources == "wav" || !f.Matters(s.Model) {
			continue
		}
		if len(groups) == 0 || groups[len(groups)-1].Name != f.Group {
			groups = append(groups, SettingGroup{Name: f.Group})
		}
		rows := &groups[len(groups)-1].Rows
		if f.Name == firstOfTraining && s.Trainable() {
			*rows = append(*rows, recipe(s))
		}
		*rows = append(*rows, Setting{Field: f, Value: valueText(f, values[f.Name]), Paper: valueText(f, paper[f.Name]),
			Changed: f.Name != "seed" && !slices.Equal(values[f.Name], paper[f.Name])})
	}
	return groups
}

// firstOfTraining is the field before which the recipe stands.
const firstOfTraining = "batches"

// recipe is the row that says by which recipe a spec is trained.
func recipe(s spec.Spec) Setting {
	return Setting{
		Field: spec.Field{Name: "recipe", Label: "Recipe", Help: "The paper's moves the weights once a context, at a constant rate; a fast one does otherwise."},
		Value: s.RecipeWords(), Paper: "paper's recipe", Changed: s.Recipe() != spec.Paper,
	}
}

// paperOf is the default of the spec's model with the frequencies of its sources.
func paperOf(s spec.Spec) spec.Spec {
	p := spec.Default(s.Model)
	p.Frequencies = spec.DefaultFrequencies(s.Sources, s.Dim)
	return p
}
