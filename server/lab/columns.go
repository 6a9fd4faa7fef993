package lab

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"unmixlab/server/job"
	"unmixlab/sim/spec"
)

// column is something of a run by which runs are found and sorted: a number, NaN where a
// run has none, or texts.
type column struct {
	name   string
	number func(*RunInfo) float64
	texts  func(*RunInfo) []string
	whole  bool // a text is asked for as a whole, not by a part
}

// columns besides the settings, which are columns under their own names.
var columns = []column{
	{name: "name", texts: func(r *RunInfo) []string { return []string{strings.ToLower(r.Label())} }},
	{name: "note", texts: func(r *RunInfo) []string { return []string{r.Note} }},
	{name: "tag", texts: func(r *RunInfo) []string { return r.Tags }, whole: true},
	{name: "id", texts: func(r *RunInfo) []string { return []string{r.ID} }, whole: true},
	{name: "state", texts: func(r *RunInfo) []string { return stateNames(r.State) }, whole: true},
	{name: "recipe", texts: func(r *RunInfo) []string { return []string{r.Recipe} }, whole: true},
	{name: "preset", texts: func(r *RunInfo) []string { return []string{r.Preset} }, whole: true},
	{name: "kernel", texts: func(r *RunInfo) []string { return []string{r.Kernel} }},
	{name: "from", texts: func(r *RunInfo) []string { return []string{r.Parent} }, whole: true},
	{name: "loss", number: func(r *RunInfo) float64 { return orNaN(r.Loss) }},
	{name: "done", number: func(r *RunInfo) float64 { return float64(r.Batch) }},
	{name: "progress", number: func(r *RunInfo) float64 { return float64(r.Batch) / float64(max(1, r.Batches)) }},
	{name: "left", number: func(r *RunInfo) float64 { return orNaN(r.ETASeconds) }},
	{name: "seconds", number: func(r *RunInfo) float64 { return r.SecondsPerBatch }},
	{name: "started", number: func(r *RunInfo) float64 { return float64(r.Created.UnixMilli()) }},
}

// stateNames are what a state may be asked for by: its own name, "active" for those that
// wait or train, "done" for those that are finished.
func stateNames(s job.State) []string {
	names := []string{string(s)}
	if s.Active() {
		names = append(names, "active")
	}
	if s == job.Finished {
		names = append(names, "done")
	}
	return names
}

// columnNamed finds a column or a setting.
func columnNamed(name string) (column, bool) {
	if i := slices.IndexFunc(columns, func(c column) bool { return c.name == name }); i >= 0 {
		return columns[i], true
	}
	f, ok := spec.FieldNamed(name)
	if !ok {
		return column{}, false
	}
	if f.Kind == spec.Int || f.Kind == spec.Float {
		return column{name: name, number: func(r *RunInfo) float64 { return numberOf(r.Spec, f) }}, true
	}
	return column{name: name, texts: func(r *RunInfo) []string { return textsOf(r.Spec, f) }, whole: true}, true
}

// numberOf is the value of a setting; NaN where it does not matter.
func numberOf(sp spec.Spec, f spec.Field) float64 {
	if !f.Matters(sp.Model) {
		return math.NaN()
	}
	switch v := sp.Value(f.Name).(type) {
	case int:
		return float64(v)
	case uint64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

// textsOf are the values of a setting that is no number, in small letters.
func textsOf(sp spec.Spec, f spec.Field) []string {
	switch v := sp.Value(f.Name).(type) {
	case string:
		return []string{v}
	case []string:
		return v
	case []float64:
		texts := make([]string, len(v))
		for i, x := range v {
			texts[i] = strconv.FormatFloat(x, 'g', -1, 64)
		}
		return texts
	case bool:
		return []string{map[bool]string{true: "yes", false: "no"}[v], fmt.Sprint(v)}
	}
	return nil
}

// SettingCell is the value of a setting in a table; empty where it does not matter.
func SettingCell(sp spec.Spec, f spec.Field) string {
	if !f.Matters(sp.Model) {
		return ""
	}
	if x := numberOf(sp, f); !math.IsNaN(x) {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	texts := textsOf(sp, f)
	if f.Kind == spec.Bool {
		texts = texts[:1]
	}
	return strings.Join(texts, " ")
}

func orNaN(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}
