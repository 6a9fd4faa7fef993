package sweep

import (
	"encoding/json"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"unmixlab/sim/spec"
)

// rangeForm is 1..5, 0..1 x11 or log 1..1000 x7.
var rangeForm = regexp.MustCompile(`^(log )?\s*(\S+?)\s*\.\.\s*(\S+?)(?:\s+x\s*(\d{1,5}))?$`)

// readGrid takes the grid's fields, each a list of values, one value, or a range.
func (s *Sweep) readGrid(grid map[string]json.RawMessage) (errs spec.Errors) {
	if len(grid) > maxFields {
		return spec.Errors{wrong("grid", "has %d fields, at most %d are taken", len(grid), maxFields)}
	}
	for _, name := range slices.Sorted(maps.Keys(grid)) {
		f, known := spec.FieldNamed(name)
		switch {
		case !known:
			errs = append(errs, wrong("grid."+name, "is no field of a run's settings"))
			continue
		case name == "seed":
			errs = append(errs, wrong("grid.seed", "belongs to seeds: a number of them, a list, or a range"))
			continue
		}
		values, problem := listed(f, grid[name])
		if problem != "" {
			errs = append(errs, wrong("grid."+name, "%s", problem))
			continue
		}
		if s.Grid == nil {
			s.Grid = map[string][]json.RawMessage{}
		}
		s.Grid[name] = values
	}
	return errs
}

// listed are the values that a field of the grid takes, each as JSON.
func listed(f spec.Field, raw json.RawMessage) (values []json.RawMessage, problem string) {
	var text string
	switch {
	case json.Unmarshal(raw, &text) == nil && strings.Contains(text, ".."):
		numbers, problem := Range(text, f.Kind == spec.Int)
		if problem != "" {
			return nil, problem
		}
		for _, x := range numbers {
			values = append(values, json.RawMessage(strconv.FormatFloat(x, 'g', -1, 64)))
		}
	case json.Unmarshal(raw, &values) != nil: // one value
		values = []json.RawMessage{raw}
	}
	if len(values) == 0 || len(values) > MaxPoints {
		return nil, "has " + strconv.Itoa(len(values)) + " values, must have from 1 to " + strconv.Itoa(MaxPoints)
	}
	return values, ""
}

// Range are the numbers of a range: 1..5 has whole steps, 0..1 x11 so many at equal
// distances, log 1..1000 x7 at equal ratios. What lies between the ends is rounded to
// six digits, to whole numbers where those are asked for, and there once.
func Range(text string, whole bool) (numbers []float64, problem string) {
	const must = `, must be a range such as 1..5, 0..1 x11 or log 1..1000 x7`
	m := rangeForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return nil, "is " + strconv.Quote(text) + must
	}
	from, p1 := spec.ReadNumber(m[2], "1")
	to, p2 := spec.ReadNumber(m[3], "5")
	n, _ := strconv.Atoi(m[4])
	log := m[1] != ""
	switch {
	case p1 != "" || p2 != "" || from >= to:
		return nil, "is " + strconv.Quote(text) + must
	case log && (from <= 0 || n == 0):
		return nil, "is " + strconv.Quote(text) + ": log needs ends above 0 and how many, such as log 1..1000 x7"
	case m[4] == "" && (to-from >= MaxPoints || from != math.Trunc(from) || to != math.Trunc(to)):
		return nil, "is " + strconv.Quote(text) + ": say how many, such as " + m[2] + ".." + m[3] + " x5"
	case m[4] == "":
		n = int(to-from) + 1
	}
	if n < 2 || n > MaxPoints {
		return nil, "is " + strconv.Quote(text) + ": from 2 to " + strconv.Itoa(MaxPoints) + " values are taken"
	}
	return between(from, to, n, log, whole), ""
}

// between are n numbers from one to another.
func between(from, to float64, n int, log, whole bool) (numbers []float64) {
	for i := range n {
		part := float64(i) / float64(n-1)
		x := from + part*(to-from)
		if log {
			x = from * math.Pow(to/from, part)
		}
		if i == n-1 {
			x = to
		}
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
		if whole {
			x = math.Round(x)
		}
		if len(numbers) == 0 || x != numbers[len(numbers)-1] {
			numbers = append(numbers, x)
		}
	}
	return numbers
}

// readSeeds takes seeds: how many (1 and on), a list, or a range.
func (s *Sweep) readSeeds(raw json.RawMessage) spec.Errors {
	var (
		n    int
		text string
	)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		s.Seeds = []uint64{1}
	case json.Unmarshal(raw, &n) == nil:
		if n < 1 || n > MaxPoints {
			return spec.Errors{wrong("seeds", "is %d, must be from 1 to %d seeds, or a list of them", n, MaxPoints)}
		}
		for i := range n {
			s.Seeds = append(s.Seeds, uint64(i+1))
		}
	case json.Unmarshal(raw, &text) == nil:
		numbers, problem := Range(text, true)
		if problem != "" || numbers[0] < 0 || numbers[len(numbers)-1] > spec.MaxSeed {
			return spec.Errors{wrong("seeds", "is %q, must be how many, a list, or a range such as 1..5", text)}
		}
		for _, x := range numbers {
			s.Seeds = append(s.Seeds, uint64(x))
		}
	case json.Unmarshal(raw, &s.Seeds) != nil || len(s.Seeds) == 0 || len(s.Seeds) > MaxPoints:
		return spec.Errors{wrong("seeds", "must be how many, a list such as [1, 2, 3], or a range such as 1..5")}
	}
	return nil
}
