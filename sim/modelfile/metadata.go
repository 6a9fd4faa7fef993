package modelfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"unmixlab/sim/spec"
)

const (
	// maxTitle bounds a title, in letters: pages show it in one line. A longer one is cut.
	maxTitle = 200
	// maxNote bounds a note, in letters.
	maxNote = 2000
)

// oneLine is a text without breaks and control characters, cut to so many letters.
func oneLine(text string, letters int) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	if r := []rune(text); len(r) > letters {
		return strings.TrimSpace(string(r[:letters-1])) + "…"
	}
	return text
}

// pythonToken is a string, a number, or what Python writes otherwise than JSON.
var pythonToken = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|-?\b(?:NaN|Infinity|True|False|None)\b`)

// fromPython turns what Python's programs write into JSON: True, False and None, whole
// numbers with a point (100.0), and NaN and the infinities, which become texts.
func fromPython(text string) []byte {
	return []byte(pythonToken.ReplaceAllStringFunc(text, func(token string) string {
		switch token {
		case "True", "False":
			return strings.ToLower(token)
		case "None":
			return "null"
		case "NaN", "-NaN", "Infinity", "-Infinity":
			return strconv.Quote(token)
		}
		if token[0] == '"' || !strings.ContainsAny(token, ".eE") {
			return token
		}
		if v, err := strconv.ParseFloat(token, 64); err == nil && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return strconv.FormatInt(int64(v), 10)
		}
		return token
	}))
}

// isNoNumber tells whether a value is what fromPython makes of NaN and the infinities.
func isNoNumber(v any) bool {
	s, ok := v.(string)
	return ok && (strings.HasSuffix(s, "NaN") || strings.HasSuffix(s, "Infinity")) && len(s) <= len("-Infinity")
}

var errNoJSON = errors.New(`it must be JSON, as json.dumps writes it: {"model": "spatial", "hidden": 100}`)

// readSpec reads a spec in a file's metadata.
func readSpec(text string) (spec.Spec, error) {
	b := fromPython(text)
	var fields map[string]any
	if json.Unmarshal(b, &fields) != nil {
		return spec.Spec{}, errNoJSON
	}
	for _, name := range sortedKeys(fields) {
		if isNoNumber(fields[name]) {
			return spec.Spec{}, fmt.Errorf("%s is %v, must be a number", name, fields[name])
		}
	}
	return spec.Parse(b)
}

// readProvenance reads a provenance in a file's metadata. Measured numbers that are
// not finite are left out.
func readProvenance(text string) (p Provenance, err error) {
	var fields map[string]any
	if json.Unmarshal(fromPython(text), &fields) != nil {
		return p, errors.New(`it must be JSON, as json.dumps writes it: {"title": "Modulation, chords", "batches": 10000}`)
	}
	r := reader{fields: fields}
	p.Title = r.text("title", maxTitle)
	p.Origin = r.text("origin", maxTitle)
	p.Version = r.text("version", maxTitle)
	p.Commit = r.text("commit", maxTitle)
	p.Kernel = r.text("kernel", maxTitle)
	p.Note = r.text("note", maxNote)
	p.Created = r.time("created")
	p.Batches = r.count("batches")
	p.Losses = r.pairs("losses")
	p.Numbers = r.numbers("numbers")
	return p, r.err
}

// reader reads the fields of a provenance; the first error stays.
type reader struct {
	fields map[string]any
	err    error
}

// wrong says that a field is not what it must be.
func (r *reader) wrong(name string, v any, must string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s is %s, must be %s", name, jsonInWords(v), must)
	}
}

func (r *reader) text(name string, letters int) string {
	switch v := r.fields[name].(type) {
	case nil:
	case string:
		return oneLine(v, letters)
	default:
		r.wrong(name, v, `a text, such as "Modulation, chords"`)
	}
	return ""
}

// timeLayouts are how programs write a time; fractions of a second are read as well.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly,
}

// time reads a date and time; one without a zone is taken to be UTC.
func (r *reader) time(name string) time.Time {
	v := r.fields[name]
	s, ok := v.(string)
	if v == nil || ok && strings.TrimSpace(s) == "" {
		return time.Time{}
	}
	s = strings.TrimSpace(s)
	if zoneless, ok := strings.CutSuffix(s, " UTC"); ok {
		s = zoneless
	}
	if len(s) > len(time.DateOnly) && s[len(time.DateOnly)] == ' ' {
		s = s[:len(time.DateOnly)] + "T" + strings.TrimSpace(s[len(time.DateOnly):])
	}
	s = strings.Replace(s, " +", "+", 1)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); ok && err == nil && t.UTC().Year() >= 0 && t.UTC().Year() <= 9999 {
			return t.UTC()
		}
	}
	r.wrong(name, v, `a date and time, such as "2026-03-29T02:30:00Z"`)
	return time.Time{}
}

func (r *reader) count(name string) int {
	switch v := r.fields[name].(type) {
	case nil:
		return 0
	case float64:
		if v == math.Trunc(v) && v >= 0 && v < 1<<53 {
			return int(v)
		}
	}
	r.wrong(name, r.fields[name], "a whole number, such as 10000")
	return 0
}

// pairs reads a curve; points that were not measured are left out.
func (r *reader) pairs(name string) (curve [][2]float64) {
	const must = "a list of batches and losses, such as [[50, 12.5], [100, 8.1]]"
	points, ok := r.fields[name].([]any)
	if !ok && r.fields[name] != nil {
		r.wrong(name, r.fields[name], must)
	}
	for _, point := range points {
		pair, ok := point.([]any)
		if !ok || len(pair) != 2 {
			r.wrong(name, r.fields[name], must)
			return nil
		}
		at, ok := r.measured(name, pair[0])
		loss, ok2 := r.measured(name, pair[1])
		if ok && ok2 {
			curve = append(curve, [2]float64{at, loss})
		}
	}
	return curve
}

func (r *reader) numbers(name string) map[string]float64 {
	fields, ok := r.fields[name].(map[string]any)
	if !ok && r.fields[name] != nil {
		r.wrong(name, r.fields[name], `names and numbers, such as {"clarity": 0.97}`)
	}
	var out map[string]float64
	for _, key := range sortedKeys(fields) {
		if v, ok := r.measured(name+"."+key, fields[key]); ok {
			if out == nil {
				out = map[string]float64{}
			}
			out[key] = v
		}
	}
	return out
}

// measured reads a measured number; ok is false for one that is null or not finite.
func (r *reader) measured(name string, v any) (x float64, ok bool) {
	if v == nil || isNoNumber(v) {
		return 0, false
	}
	if x, ok = v.(float64); !ok {
		r.wrong(name, v, "a number, such as 0.97")
	}
	return x, ok
}

// jsonInWords says what a value of JSON is, in at most some ten letters.
func jsonInWords(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(oneLine(v, 40))
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprint(v)
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
