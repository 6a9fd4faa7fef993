package web

import (
	"strconv"
	"strings"

	"unmixlab/sim/spec"
)

// valueText is a field's value as one reads it.
func valueText(f spec.Field, values []string) string {
	switch {
	case f.Kind == spec.Bool && len(values) == 0:
		return "no"
	case f.Kind == spec.Bool:
		return "yes"
	case len(values) == 0:
		return "none"
	case f.Kind == spec.Int:
		if n, err := strconv.Atoi(values[0]); err == nil && f.Name != "seed" {
			return Count(n)
		}
	case f.Kind == spec.Choice || f.Kind == spec.Set:
		labels := make([]string, len(values))
		for i, v := range values {
			labels[i] = choiceLabel(f.Name, v)
		}
		return strings.Join(labels, ", ")
	}
	return strings.Join(values, ", ")
}
