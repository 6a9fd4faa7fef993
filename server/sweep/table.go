package sweep

import (
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"

	"unmixlab/sim/npy"
	"unmixlab/sim/spec"
)

// WriteCSV writes everything that was measured, one value a line: the point, its
// settings that the sweep changes, its seed, how far it is, whether it learned (1 or
// 0, empty where the sweep does not say what that is), after how many batches, the
// measure and its value, empty where it is no number, and the error of a failed one. On the
// way there are losses, means of parts of the curve, beside what was measured there. A point of which nothing is known has a line without a measure.
func (r Results) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	fields := r.Sweep.Fields()
	out.Write(slices.Concat([]string{"point"}, fields, []string{"seed", "state", "learned", "batch", "measure", "value", "error"}))
	for _, s := range r.Points {
		head := []string{s.Hash}
		for _, name := range fields {
			head = append(head, s.Values[name])
		}
		head = append(head, strconv.FormatUint(s.Spec.Seed, 10), string(s.State), r.learnedCell(s))
		line := func(cells ...string) { out.Write(slices.Concat(head, cells)) }
		for _, at := range r.along(s) {
			line(strconv.Itoa(at.batch), at.key, cell(at.value), "")
		}
		for _, m := range r.Sweep.Measures() {
			if v, ok := s.Numbers[m.Key]; ok {
				line(strconv.Itoa(s.Batch), m.Key, cell(v), "")
			}
		}
		if len(s.Numbers) == 0 {
			line(strconv.Itoa(s.Batch), "", "", s.Error)
		}
	}
	out.Flush()
	return out.Error()
}

func (r Results) learnedCell(s Status) string {
	switch {
	case r.Sweep.Learned == "" || s.State != Done && s.State != Failed:
		return ""
	case s.Learned:
		return "1"
	}
	return "0"
}

// WriteNPZ writes what was measured at the end as numpy's .npz. With P points and M
// measures: value (P,M), NaN where there is none; point, state, learned, seed, batch and
// spec (P), the settings that the sweep changes as field/NAME (P); measure and label (M);
// field and unit, of those settings; sweep, its file; and what npy.About says.
func (r Results) WriteNPZ(w io.Writer) error {
	z := npy.NewArchive(w)
	all, measures, fields := r.Points, r.Sweep.Measures(), r.Sweep.Fields()
	texts := func(name string, of func(Status) string) {
		values := make([]string, len(all))
		for i, s := range all {
			values[i] = of(s)
		}
		z.Texts(name, values)
	}
	numbers := func(name, unit string, of func(Status) float64) {
		values := make([]float64, len(all))
		for i, s := range all {
			values[i] = of(s)
		}
		z.Float64(name, unit, []int{len(all)}, values)
	}
	var values []float64
	for _, s := range all {
		for _, m := range measures {
			values = append(values, s.Value(m.Key))
		}
	}
	var keys, labels, units []string
	for _, m := range measures {
		keys, labels = append(keys, m.Key), append(labels, m.Label())
	}
	for _, name := range fields {
		units = append(units, unitOf(name))
	}
	z.Float64("value", npy.None, []int{len(all), len(measures)}, values)
	z.Texts("measure", keys)
	z.Texts("label", labels)
	z.Texts("field", fields)
	z.Texts("unit", units)
	z.Text("sweep", string(r.Sweep.JSON()))
	texts("point", func(s Status) string { return s.Hash })
	texts("state", func(s Status) string { return string(s.State) })
	texts("spec", func(s Status) string { return string(s.Spec.JSON()) })
	numbers("learned", npy.None, func(s Status) float64 { return number(r.learnedCell(s)) })
	numbers("seed", npy.None, func(s Status) float64 { return float64(s.Spec.Seed) })
	numbers("batch", "batches", func(s Status) float64 { return float64(s.Batch) })
	for _, name := range fields {
		if isNumber(name) {
			numbers("field/"+name, unitOf(name), func(s Status) float64 { return number(s.Values[name]) })
			continue
		}
		texts("field/"+name, func(s Status) string { return s.Values[name] })
	}
	return z.End(npy.About{Parameters: r.Sweep})
}

// Value is what was measured on a point; NaN where nothing was.
func (s Status) Value(key string) float64 {
	if v, ok := s.Numbers[key]; ok {
		return v
	}
	return math.NaN()
}

func unitOf(field string) string {
	f, _ := spec.FieldNamed(field)
	return f.Unit
}

// isNumber tells whether a setting is a number.
func isNumber(field string) bool {
	f, _ := spec.FieldNamed(field)
	return field == "seed" || f.Kind == spec.Int || f.Kind == spec.Float
}
