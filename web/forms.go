package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

// RunForm is the form of a run: the groups of the field table with what stands in
// each field, and what is wrong with it.
type RunForm struct {
	Groups   []FormGroup
	Errors   []FormError // all of them, for the list above the form
	Preset   string      // slug of the preset the values come from
	From     string      // address of the model or run they come from
	FromName string
	Estimate string // how long the run will take
	Presets  []spec.Preset

	Fork                   string // id of the run that it goes on from, or ""
	At                     int    // the batch at whose end; -1 for now
	Name, Tags, Milestones string // as typed
}

// FormGroup is a part of the form under one heading.
type FormGroup struct {
	Name, Help string
	Fields     []FormField
}

// FormField is one row of the field table as a form shows it.
type FormField struct {
	spec.Field
	Value    string // as typed
	Default  string // the paper's, for the model
	Options  []Option
	Error    string
	Relevant bool // whether it matters for the chosen model
}

// Option is one choice of a field that has choices.
type Option struct {
	Value, Label string
	Chosen       bool
}

// FormError is an error and the label of the field it belongs to.
type FormError struct{ Field, Label, Message string }

// SourceFile is an uploaded sound that a run may use.
type SourceFile struct {
	ID, Name string
	Seconds  float64
}

var groupHelp = map[string]string{
	"Network":  "What is modulated, and by how much feedback.",
	"Task":     "What is mixed, and how the mixture changes from context to context.",
	"Training": "How long, and with which steps.",
}

// NewRunForm is the form filled with a spec.
func NewRunForm(s spec.Spec, files []SourceFile) RunForm {
	return makeForm(FormValues(s), nil, files)
}

// TypedRunForm is the form with what was typed, and the errors beside their fields.
func TypedRunForm(typed url.Values, errs spec.Errors, files []SourceFile) RunForm {
	return makeForm(typed, errs, files)
}

func makeForm(values url.Values, errs spec.Errors, files []SourceFile) RunForm {
	form := RunForm{Presets: spec.Presets}
	model := values.Get("model")
	defaults := FormValues(spec.Default(model))
	for _, f := range spec.Fields {
		if len(form.Groups) == 0 || form.Groups[len(form.Groups)-1].Name != f.Group {
			form.Groups = append(form.Groups, FormGroup{Name: f.Group, Help: groupHelp[f.Group]})
		}
		g := &form.Groups[len(form.Groups)-1]
		g.Fields = append(g.Fields, makeField(f, model, values, defaults, errs, files))
	}
	for _, e := range errs {
		form.Errors = append(form.Errors, FormError{e.Field, fieldLabel(e.Field), e.Message})
	}
	return form
}

func makeField(f spec.Field, model string, values, defaults url.Values, errs spec.Errors, files []SourceFile) FormField {
	field := FormField{Field: f, Value: values.Get(f.Name), Default: strings.Join(defaults[f.Name], ", "), Relevant: f.Matters(model)}
	chosen := values[f.Name]
	for _, c := range f.Choices {
		field.Options = append(field.Options, Option{c, optionLabel(f.Name, c), slices.Contains(chosen, c)})
	}
	if f.Kind == spec.Files {
		for _, file := range files {
			label := fmt.Sprintf("%s (%s s)", file.Name, chart.Text(file.Seconds))
			field.Options = append(field.Options, Option{file.ID, label, slices.Contains(chosen, file.ID)})
		}
	}
	for _, e := range errs {
		if e.Field == f.Name {
			field.Error = e.Message
		}
	}
	return field
}

func fieldLabel(name string) string {
	if f, ok := spec.FieldNamed(name); ok {
		return f.Label
	}
	return name
}

// FormValues are a spec's values as a form would send them.
func FormValues(s spec.Spec) url.Values {
	var raw map[string]any
	dec := json.NewDecoder(strings.NewReader(string(s.JSON())))
	dec.UseNumber()
	if err := dec.Decode(&raw); err != nil {
		panic("web: a spec's own JSON: " + err.Error())
	}
	values := url.Values{}
	for _, f := range spec.Fields {
		switch v := raw[f.Name].(type) {
		case []any:
			texts := make([]string, len(v))
			for i := range v {
				texts[i] = fmt.Sprint(v[i])
			}
			if f.Kind == spec.List {
				texts = []string{strings.Join(texts, ", ")}
			}
			values[f.Name] = texts
		case bool:
			if v {
				values.Set(f.Name, "on")
			}
		case nil:
		default:
			values.Set(f.Name, fmt.Sprint(v))
		}
	}
	return values
}

// ReadRunForm makes the spec of what was typed. Fields that do not matter for the
// model take its defaults, an empty number too. The errors name their fields and
// leave nothing out; the spec is usable only when there are none.
func ReadRunForm(typed url.Values) (spec.Spec, spec.Errors) {
	model := typed.Get("model")
	body := map[string]any{"model": model}
	var errs spec.Errors
	for _, f := range spec.Fields {
		if f.Name == "model" || !f.Matters(model) {
			continue
		}
		v, msg := f.Read(typed[f.Name])
		if msg != "" {
			errs = append(errs, spec.FieldError{Field: f.Name, Message: msg})
		} else if v != nil {
			body[f.Name] = v
		}
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic("web: values of a form: " + err.Error())
	}
	s, err := spec.Parse(b)
	if err == nil {
		err = s.Validate()
	}
	if more, ok := err.(spec.Errors); ok {
		for _, e := range more {
			if !slices.ContainsFunc(errs, func(have spec.FieldError) bool { return have.Field == e.Field }) {
				errs = append(errs, e)
			}
		}
	}
	return s, errs
}
