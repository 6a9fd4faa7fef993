package sweep

import (
	"archive/zip"
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"

	"unmixlab/sim/spec"
	"unmixlab/web/figure"
)

// WriteCSV writes everything that was measured, one value a line: the point, its
// settings that the sweep changes, its seed, how far it is, whether it learned (1 or
// 0, empty where the sweep does not say what that is), after how many batches, the
// measure and its value, empty where it is no number, and the error of a failed one. A
// point of which nothing is known has a line without a measure.
func (f *Folder) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	fields := f.Sweep.Fields()
	out.Write(slices.Concat([]string{"point"}, fields, []string{"seed", "state", "learned", "batch", "measure", "value", "error"}))
	for _, s := range f.All() {
		head := []string{s.Hash}
		for _, name := range fields {
			head = append(head, s.Values[name])
		}
		head = append(head, strconv.FormatUint(s.Spec.Seed, 10), string(s.State), f.learnedCell(s))
		line := func(cells ...string) { out.Write(slices.Concat(head, cells)) }
		for _, r := range readAlong(f.path(s.Point, alongFile)) {
			line(strconv.Itoa(r.batch), r.key, cell(r.value), "")
		}
		for _, m := range f.Sweep.Measures() {
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

func (f *Folder) learnedCell(s Status) string {
	switch {
	case f.Sweep.Learned == "" || s.State != Done && s.State != Failed:
		return ""
	case s.Learned:
		return "1"
	}
	return "0"
}

// WriteNPZ writes what was measured at the end as numpy's .npz. With P points and M
// measures: value (P,M), NaN where there is none; point, state, learned, seed, batch and
// spec (P), the settings that the sweep changes as field/NAME (P); measure and label (M);
// field and unit, of those settings; and sweep, its file.
func (f *Folder) WriteNPZ(w io.Writer) error {
	z := zip.NewWriter(w)
	all, measures, fields := f.All(), f.Sweep.Measures(), f.Sweep.Fields()
	texts := func(name string, of func(Status) string) error {
		values := make([]string, len(all))
		for i, s := range all {
			values[i] = of(s)
		}
		return figure.WriteTexts(z, name, values)
	}
	numbers := func(name string, of func(Status) float64) error {
		values := make([]float64, len(all))
		for i, s := range all {
			values[i] = of(s)
		}
		return figure.WriteArray(z, name, []int{len(all)}, values)
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
	steps := []func() error{
		func() error { return figure.WriteArray(z, "value", []int{len(all), len(measures)}, values) },
		func() error { return figure.WriteTexts(z, "measure", keys) },
		func() error { return figure.WriteTexts(z, "label", labels) },
		func() error { return figure.WriteTexts(z, "field", fields) },
		func() error { return figure.WriteTexts(z, "unit", units) },
		func() error { return figure.WriteTexts(z, "sweep", []string{string(f.Sweep.JSON())}) },
		func() error { return texts("point", func(s Status) string { return s.Hash }) },
		func() error { return texts("state", func(s Status) string { return string(s.State) }) },
		func() error { return texts("spec", func(s Status) string { return string(s.Spec.JSON()) }) },
		func() error { return numbers("learned", func(s Status) float64 { return number(f.learnedCell(s)) }) },
		func() error { return numbers("seed", func(s Status) float64 { return float64(s.Spec.Seed) }) },
		func() error { return numbers("batch", func(s Status) float64 { return float64(s.Batch) }) },
	}
	for _, name := range fields {
		steps = append(steps, func() error {
			if isNumber(name) {
				return numbers("field/"+name, func(s Status) float64 { return number(s.Values[name]) })
			}
			return texts("field/"+name, func(s Status) string { return s.Values[name] })
		})
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return z.Close()
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
