package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// member is one name of a JSON object and what stands there.
type member struct {
	name string
	raw  json.RawMessage
}

// members are an object's, in their order: encoding/json alone would take TAU for tau
// and the last of two.
func members(b []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	open, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("not a JSON object: %w", err)
	}
	if open != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	var all []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: name.(string)} // a key: the decoder refuses others
		if err := dec.Decode(&m.raw); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("one JSON object is expected, more follows")
	}
	return all, nil
}

// decode is what the members give over the defaults of their model, and every member
// that cannot be.
func decode(all []member) (Spec, Errors) {
	var e Errors
	good := map[string]json.RawMessage{}
	for i, m := range all {
		f, known := FieldNamed(m.name)
		twice := slices.ContainsFunc(all[:i], func(before member) bool { return before.name == m.name })
		problem := ""
		switch {
		case !known:
			problem = "is no field of a run's settings"
		case twice:
			problem = "is given twice: once is taken"
		default:
			good[m.name], problem = f.decode(m.raw)
		}
		if problem != "" {
			delete(good, m.name)
			e = append(e, FieldError{m.name, problem})
		}
	}
	var model string
	json.Unmarshal(good["model"], &model) // of the right kind, or not there
	s := Default(model)
	s.Frequencies = nil
	b, err := json.Marshal(good)
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		panic("spec: fields that were decoded one by one: " + err.Error())
	}
	return s, e
}

// decode gives a field's JSON in the one form that a Spec takes, or says in words
// that follow the field's name what it must be. null is left to mean the default.
func (f Field) decode(raw json.RawMessage) (json.RawMessage, string) {
	if string(raw) == "null" {
		return raw, ""
	}
	refuse := func(must string) (json.RawMessage, string) {
		text := string(raw)
		if len(text) > 60 {
			text = strings.ToValidUTF8(text[:60], "") + "…"
		}
		return nil, fmt.Sprintf("is %s, must be %s", text, must)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return refuse("JSON")
	}
	switch f.Kind {
	case Choice:
		if _, ok := v.(string); !ok {
			return refuse("one of " + strings.Join(f.Choices, ", "))
		}
	case Bool:
		if _, ok := v.(bool); !ok {
			return refuse("true or false")
		}
	case Set, Files:
		if !listOf[string](v) {
			return refuse(`a list of texts such as ["` + strings.Join(append(f.Choices, "a", "b")[:2], `", "`) + `"]`)
		}
	case List:
		if !listOf[json.Number](v) || !finite(raw, &[]float64{}) {
			return refuse("a list of numbers such as [" + strings.ReplaceAll(f.example(), ";", ",") + "]")
		}
	case Float:
		if _, ok := v.(json.Number); !ok || !finite(raw, new(float64)) {
			return refuse("a number such as " + f.example())
		}
	case Int:
		text, ok := v.(json.Number)
		if !ok {
			return refuse("a whole number such as " + f.example())
		}
		n, problem := f.whole(text.String())
		if _, unsigned := (Spec{}).values()[f.Name].(uint64); unsigned && n < 0 {
			problem = f.outside(text.String())
		}
		return json.RawMessage(strconv.FormatInt(n, 10)), problem
	}
	return raw, ""
}

func listOf[T any](v any) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(x any) bool { _, ok := x.(T); return !ok })
}

// finite tells whether every number of the JSON is one that a float64 can be.
func finite(raw json.RawMessage, into any) bool { return json.Unmarshal(raw, into) == nil }

// has tells whether the field is among the errors.
func (e Errors) has(field string) bool {
	return slices.ContainsFunc(e, func(err FieldError) bool { return err.Field == field })
}
