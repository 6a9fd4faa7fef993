package spec

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// FieldError says what is wrong with one field, by its JSON name ("" for the whole).
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func (e FieldError) Error() string { return strings.TrimSpace(e.Field + " " + e.Message) }

// Errors are all the fields of a spec that are out of range or contradict others.
type Errors []FieldError

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, f := range e {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "; ")
}

// maxTape bounds the memory of one run's tape, in bytes.
const maxTape = 4 << 30

// Validate returns nil for a spec that can be trained, and otherwise Errors that
// name every field to change.
func (s Spec) Validate() error {
	e := s.check()
	if !s.Trainable() {
		e = append(Errors{{"model", s.Model + " has closed-form feedback: there is nothing to train"}}, e...)
	}
	if len(e) > 0 {
		return e
	}
	return nil
}

// ValidateNetwork is Validate for a network that need not be trained: it lets models
// with closed-form feedback pass.
func (s Spec) ValidateNetwork() error {
	if e := s.check(); len(e) > 0 {
		return e
	}
	return nil
}

func (s Spec) check() Errors {
	if e := s.checkFields(); len(e) > 0 {
		return e // combinations are judged once every value is in its range
	}
	return s.checkTogether()
}

// checkFields judges every value by itself.
func (s Spec) checkFields() Errors {
	var e Errors
	values := s.values()
	for _, f := range Fields {
		if msg := f.check(values[f.Name]); msg != "" && (f.Name != "model" || s.Trainable()) {
			e = append(e, FieldError{f.Name, msg})
		}
	}
	return e
}

func (s Spec) values() map[string]any {
	out := map[string]any{}
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		out[name] = v.Field(i).Interface()
	}
	return out
}

// check returns what is wrong with a value, or "".
func (f Field) check(v any) string {
	switch v := v.(type) {
	case string:
		if !slices.Contains(f.Choices, v) {
			return fmt.Sprintf("is %q, must be one of %s", v, strings.Join(f.Choices, ", "))
		}
	case []string:
		if f.Kind == Set {
			for i, c := range v {
				if !slices.Contains(f.Choices, c) || slices.Contains(v[:i], c) {
					return fmt.Sprintf("has %q, must be a set of %s", c, strings.Join(f.Choices, ", "))
				}
			}
		}
		if len(v) > 64 {
			return fmt.Sprintf("has %d entries, at most 64 are taken", len(v))
		}
	case []float64:
		if most := f.mostEntries(); len(v) > most {
			return fmt.Sprintf("has %d entries, at most %d are taken", len(v), most)
		}
		for _, x := range v {
			if msg := f.checkNumber(x); msg != "" {
				return msg
			}
		}
	case int:
		return f.checkWhole(int64(v))
	case uint64:
		return f.checkWhole(int64(min(v, math.MaxInt64)))
	case float64:
		return f.checkNumber(v)
	}
	return ""
}

// MaxMatrices bounds the numbers of all matrices of a spec.
const MaxMatrices = 4096

// mostEntries is how many numbers a list has at most.
func (f Field) mostEntries() int {
	if f.Name == "matrices" {
		return MaxMatrices
	}
	return 64
}

func (f Field) checkNumber(x float64) string {
	if math.IsNaN(x) || x < f.Min || x > f.Max {
		return f.outside(plain(x))
	}
	return ""
}

// outside says of a number that it is out of the field's range.
func (f Field) outside(number string) string {
	unit := ""
	if f.Unit != "" {
		unit = " " + f.Unit
	}
	return fmt.Sprintf("is %s, must be from %s to %s%s", number, plain(f.Min), plain(f.Max), unit)
}

// plain writes whole numbers with all their digits.
func plain(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e18 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprint(x)
}

func (s Spec) checkTogether() Errors {
	var e Errors
	bad := func(field, format string, args ...any) {
		e = append(e, FieldError{field, fmt.Sprintf(format, args...)})
	}
	v, _ := VariantNamed(s.Model)
	if s.Additive && !v.uses("additive") {
		bad("additive", "is for the %s model alone", modelsFor("additive"))
	}
	if s.Target != "both" && !v.uses("target") {
		bad("target", "must be both: only the %s model has separate excitation and inhibition", modelsFor("target"))
	}
	for _, part := range s.Learn {
		switch {
		case len(v.Learn) == 0:
			bad("learn", "must be empty: the %s model has no pathway to learn", s.Model)
		case !slices.Contains(v.Learn, part):
			bad("learn", "has %q; the %s model learns %s", part, s.Model, strings.Join(v.Learn, ", "))
		}
	}
	if v.uses("width") && s.Width == 0 && s.Feedback > s.Units {
		bad("feedback", "is %d, at most the %d units for a box kernel (width 0)", s.Feedback, s.Units)
	}
	if v.Check != nil {
		v.Check(s, bad)
	}
	if s.Window > 0 && s.Steps%s.Window != 0 {
		bad("window", "is %d, must divide the %d samples of a context (or be 0: all of them)", s.Window, s.Steps)
	}
	e = append(e, s.checkSources()...)
	e = append(e, s.checkMatrices()...)
	if bytes := s.TapeBytes(); bytes > maxTape {
		bad("steps", "with %d rows and %d cells needs %.1f GB for the tape, at most %d are given: fewer steps, rows or cells",
			s.Batch, s.Hidden, float64(bytes)/(1<<30), maxTape>>30)
	}
	return e
}

// modelsFor names the models for which a field matters.
func modelsFor(field string) string {
	f, _ := FieldNamed(field)
	return strings.Join(f.Models, " or ")
}

func (s Spec) checkMatrices() Errors {
	each := s.Dim * s.Dim
	switch n := len(s.Matrices); {
	case s.Mixing != "file" && n > 0:
		return Errors{{"matrices", "are for mixing file alone: choose that as well"}}
	case s.Mixing == "file" && (n == 0 || n%each != 0):
		return Errors{{"matrices", fmt.Sprintf("are %d numbers, must be %d for each matrix of %d sources, and one matrix at least", n, each, s.Dim)}}
	}
	return nil
}

func (s Spec) checkSources() Errors {
	field, per := "frequencies", 1
	switch s.Sources {
	case "chords":
		per = 2
		if len(s.Frequencies)%2 == 1 {
			return Errors{{field, "must be an even number of them: two for each chord"}}
		}
	case "wav":
		field = "wav"
	}
	if s.PoolSize() < s.Dim {
		return Errors{{field, fmt.Sprintf("makes %d sources, at least dim = %d are needed (%d a source)", s.PoolSize(), s.Dim, per)}}
	}
	return nil
}

// TapeBytes is about what the recording of one batch takes in memory, in bytes.
func (s Spec) TapeBytes() int64 {
	rows := 7*s.Hidden + 4*s.Dim + 2*s.Outputs()
	if v, _ := VariantNamed(s.Model); v.Tape != nil {
		rows += v.Tape(s)
	}
	padded := (s.Batch + 15) / 16 * 16
	return int64(rows) * 4 * int64(padded) * int64(s.Between())
}

// JSON is the spec as it stands in files.
func (s Spec) JSON() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic("spec: " + err.Error()) // only a NaN could do it, and Validate refuses those
	}
	return b
}
