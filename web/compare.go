package web

import (
	"cmp"
	"slices"
	"strings"

	"unmixlab/sim/spec"
)

// Compared is how many runs are set side by side at most: as many as there are colours.
const Compared = 8

// ComparePage sets runs side by side.
type ComparePage struct {
	All     []Candidate
	Runs    []ComparedRun
	Differ  []Difference // settings that are not the same in all runs
	Same    int          // how many others are
	Problem string       // of the choice
	Client  any
}

// Candidate is a run that can be chosen.
type Candidate struct {
	RunRow
	Chosen bool
}

// ComparedRun is a run with its name and colour in the comparison.
type ComparedRun struct {
	RunRow
	Name, Colour string
	Recent       float64 // mean loss of the last Over batches
	Over         int
}

// Difference is one setting and its value in each run, a dash where it does not matter.
type Difference struct {
	spec.Field
	Values []string
}

var compareColours = []string{"source1", "feedback", "source3", "source2", "error", "stimulus", "ink", "muted"}

// NewComparison names runs by what differs between them.
func NewComparison(runs []ComparedRun, specs []spec.Spec) ComparePage {
	p := ComparePage{Runs: runs}
	settings := make([]map[string]string, len(specs)) // by field
	for i, s := range specs {
		settings[i] = map[string]string{}
		for _, g := range Settings(s) {
			for _, row := range g.Rows {
				settings[i][row.Name] = row.Value
			}
		}
	}
	for _, f := range spec.Fields {
		values := make([]string, len(specs))
		for i := range specs {
			values[i] = cmp.Or(settings[i][f.Name], "–")
		}
		switch distinct := slices.Compact(slices.Sorted(slices.Values(values))); {
		case len(distinct) > 1:
			p.Differ = append(p.Differ, Difference{f, values})
		case len(distinct) == 1 && distinct[0] != "–":
			p.Same++
		}
	}
	for i := range p.Runs {
		p.Runs[i].Colour = compareColours[i%len(compareColours)]
		p.Runs[i].Name = p.name(i)
	}
	return p
}

// name is the first two settings that make run i another one, else its id.
func (p ComparePage) name(i int) string {
	var parts []string
	for _, d := range p.Differ[:min(2, len(p.Differ))] {
		switch {
		case d.Kind == spec.Choice:
			parts = append(parts, d.Values[i])
		case d.Symbol != "" && !strings.Contains(d.Symbol, "_"):
			parts = append(parts, d.Symbol+" "+d.Values[i])
		default:
			parts = append(parts, strings.ToLower(d.Label[:1])+d.Label[1:]+" "+d.Values[i])
		}
	}
	if len(parts) == 0 {
		return p.Runs[i].ID
	}
	return strings.Join(parts, ", ")
}
