package web

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"unmixlab/sim/spec"
)

// fewDifferences is how many settings a line names before it only counts them.
const fewDifferences = 4

// Origin says in a line from which preset a run's settings differ least, in what, and its
// seed: "seed 3 · Figure 2 · slow modulation, but LSTM cells 32".
func Origin(s spec.Spec) string {
	preset, differs := s.Nearest()
	line := preset.Title
	if preset.Slug == "" {
		line = KindOf(s.Model).Name
	}
	if len(differs) > 0 {
		line += ", but " + Differences(s, differs)
	}
	return fmt.Sprintf("seed %d · %s", s.Seed, line)
}

// Differences are the values that a run has of some settings, in a line.
func Differences(s spec.Spec, names []string) string {
	var parts []string
	values := FormValues(s)
	for i, name := range names {
		if i == fewDifferences {
			parts = append(parts, fmt.Sprintf("%d more", len(names)-i))
			break
		}
		if f, ok := spec.FieldNamed(name); ok {
			parts = append(parts, SettingWords(f, valueText(f, values[name])))
		}
	}
	return strings.Join(parts, ", ")
}

// SettingWords are a setting and its value in few words: "τ 100", "LSTM cells 32".
func SettingWords(f spec.Field, value string) string {
	switch {
	case f.Kind == spec.Choice:
		return value
	case f.Symbol != "" && !strings.Contains(f.Symbol, "_"):
		return f.Symbol + " " + value
	}
	return lowered(f.Label) + " " + value
}

// lowered begins a label with a small letter, unless it begins with an abbreviation.
func lowered(label string) string {
	first, n := utf8.DecodeRuneInString(label)
	if second, _ := utf8.DecodeRuneInString(label[n:]); unicode.IsUpper(second) {
		return label
	}
	return string(unicode.ToLower(first)) + label[n:]
}
