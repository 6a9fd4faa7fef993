package web

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"unmixlab/sim/spec"
	"unmixlab/web/chart"
)

var functions = template.FuncMap{
	"number":    chart.Text,
	"count":     Count,
	"duration":  Duration,
	"when":      When,
	"machine":   machine,
	"percent":   Percent,
	"bound":     bound,
	"symbol":    symbolParts,
	"term":      termLink,
	"card":      func(m ModelCard, may May) cardArgs { return cardArgs{m, may} },
	"panel":     func(id, title, see string) panelArgs { return panelArgs{id, title, see} },
	"explained": explained,
	"terms":     terms,
}

// panelArgs are what the partial of a chart's panel takes.
type panelArgs struct{ ID, Title, See string }

// cardArgs are what the partial of a model's card takes.
type cardArgs struct {
	ModelCard
	May May
}

// bound writes the end of a range: whole numbers with commas, others as they are.
func bound(x float64) string {
	switch {
	case x == spec.MaxSeed:
		return "2⁵³ − 1"
	case x == math.Trunc(x):
		return Count(int(x))
	}
	return strings.Replace(strconv.FormatFloat(x, 'g', -1, 64), "1e-07", "10⁻⁷", 1)
}

// symbolParts are a symbol such as σ_m² as base, index and what follows.
func symbolParts(symbol string) []string {
	base, rest, _ := strings.Cut(symbol, "_")
	end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(rest)
	}
	return []string{base, rest[:end], rest[end:]}
}

// Count writes a whole number with commas between thousands.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Duration writes seconds as a person would say them: two units at most.
func Duration(seconds float64) string {
	switch {
	case math.IsNaN(seconds) || seconds < 0 || seconds > 1e9:
		return "–"
	case seconds > 0 && seconds < 0.001:
		return fmt.Sprintf("%.0f µs", seconds*1e6)
	case seconds < 0.01:
		return fmt.Sprintf("%.1f ms", seconds*1000)
	case seconds < 1:
		return fmt.Sprintf("%.0f ms", seconds*1000)
	case seconds < 60:
		return fmt.Sprintf("%.0f s", seconds)
	}
	s := int(math.Round(seconds))
	switch {
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	case s < 86400:
		return fmt.Sprintf("%d h %d min", s/3600, s%3600/60)
	}
	return fmt.Sprintf("%d d %d h", s/86400, s%86400/3600)
}

// Percent is done of all, from 0 to 100.
func Percent(done, all int) int {
	if all <= 0 {
		return 0
	}
	return min(100, max(0, done*100/all))
}

// When writes a moment as a person would, in the time of this machine.
func When(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2 Jan 2006, 15:04")
}

func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }
