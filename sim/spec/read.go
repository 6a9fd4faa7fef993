package spec

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// What a typed number may look like. A dot stands before the decimals. Commas and
// spaces between thousands are read in whole numbers alone: elsewhere a comma may as
// well stand before decimals, and what may be read in two ways is refused.
var (
	plainNumber = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)
	wholeNumber = regexp.MustCompile(`^[+-]?(\d+|[1-9]\d{0,2}((,\d{3})+|( \d{3})+))$`)
	thousands   = regexp.MustCompile(`^[+-]?[1-9]\d{0,2}(,\d{3})+$`)
	commaNumber = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}([. ]\d{3})+),\d+([eE][+-]?\d+)?$`)
	separator   = regexp.MustCompile(`\s*;\s*|,\s+|\s+`)
)

// typed replaces what looks like ASCII, and is copied from pages, by ASCII.
var typed = strings.NewReplacer("\u2212", "-", "\u00a0", " ", "\u202f", " ", "\u2009", " ")

// Read reads what was typed for the field, in the form or on the command line: one
// text, or several where the field takes several. The value is what stands in the
// settings' JSON; nil means that nothing was typed, so that the default stands. What
// cannot be read for certain is refused, in words that follow the field's name.
func (f Field) Read(texts []string) (value any, problem string) {
	switch f.Kind {
	case Set, Files:
		return append([]string{}, texts...), ""
	case List:
		return f.readList(texts)
	}
	if len(texts) > 1 {
		return nil, fmt.Sprintf("is given %d times (%s): once is taken", len(texts), strings.Join(texts, ", "))
	}
	text := ""
	if len(texts) == 1 {
		text = strings.TrimSpace(typed.Replace(texts[0]))
	}
	switch {
	case f.Kind == Bool:
		return text != "", ""
	case text == "":
		return nil, ""
	case f.Kind == Int:
		return f.readWhole(text)
	case f.Kind == Float:
		x, problem := ReadNumber(text, f.example())
		if problem != "" {
			return nil, problem
		}
		return x, ""
	}
	return text, ""
}

// ReadNumber reads one typed number. The problem with one that is none follows its
// field's name, and ends with an example.
func ReadNumber(text, example string) (x float64, problem string) {
	text = strings.TrimSpace(typed.Replace(text))
	if !plainNumber.MatchString(text) {
		return 0, notCertain(text, example)
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Sprintf("is %s, must be a number such as %s", text, example)
	}
	return x, ""
}

// notCertain says why a text is no number, and how to write the one that was meant.
func notCertain(text, example string) string {
	decimal := strings.NewReplacer(".", "", " ", "", ",", ".").Replace(text)
	switch {
	case thousands.MatchString(text) && strings.Count(text, ",") == 1:
		return fmt.Sprintf("is %q, which may be read in two ways: write %s or %s", text, strings.ReplaceAll(text, ",", ""), decimal)
	case commaNumber.MatchString(text):
		return fmt.Sprintf("is %q: write %s, with a dot before the decimals", text, decimal)
	}
	return fmt.Sprintf("is %q, must be a number such as %s", text, example)
}

func (f Field) readWhole(text string) (any, string) {
	if !wholeNumber.MatchString(text) {
		return nil, fmt.Sprintf("is %q, must be a whole number such as %s", text, f.example())
	}
	n, problem := f.whole(strings.NewReplacer(",", "", " ", "", "+", "").Replace(text))
	switch {
	case problem != "":
	case n < 0 && f.Min >= 0:
		problem = fmt.Sprintf("is %d, must be at least %s", n, plain(f.Min))
	default:
		problem = f.checkWhole(n)
	}
	if problem != "" {
		return nil, problem
	}
	return n, ""
}

// whole is the text of a number as a whole number, to the digit: a float64 would take
// 2^53 + 1 for 2^53. 100.0 and 1e2 are whole, too.
func (f Field) whole(text string) (n int64, problem string) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, ""
	}
	x, _ := strconv.ParseFloat(text, 64) // infinite when it is beyond
	switch {
	case x != math.Trunc(x):
		return 0, fmt.Sprintf("is %s, must be a whole number such as %s", text, f.example())
	case math.Abs(x) > 1<<62:
		return 0, fmt.Sprintf("is %s, must be a whole number from %s to %s", text, plain(f.Min), plain(f.Max))
	}
	return int64(x), ""
}

// checkWhole is checkNumber to the digit.
func (f Field) checkWhole(n int64) string {
	if n < int64(f.Min) || n > int64(f.Max) {
		return f.outside(strconv.FormatInt(n, 10))
	}
	return ""
}

// readList reads numbers that stand between semicolons, spaces, or commas and
// spaces. Commas alone part numbers as well, unless what they part may be one number.
func (f Field) readList(texts []string) (any, string) {
	list := []float64{}
	for _, part := range separator.Split(strings.Join(texts, ";"), -1) {
		numbers, problem := f.readPart(strings.TrimSuffix(strings.TrimSpace(typed.Replace(part)), ","))
		if problem != "" {
			return nil, problem
		}
		list = append(list, numbers...)
	}
	return list, ""
}

// readPart reads what stands between two separators for certain.
func (f Field) readPart(part string) (numbers []float64, problem string) {
	if part == "" {
		return nil, ""
	}
	if f.maybeOne(part) {
		two := strings.ReplaceAll(part, ",", "; ")
		one := strings.NewReplacer(".", "", ",", ".").Replace(part)
		return nil, fmt.Sprintf("has %q, which may be one number or two: write %s or %s", part, one, two)
	}
	for number := range strings.SplitSeq(part, ",") {
		x, problem := ReadNumber(number, "")
		if problem != "" {
			return nil, fmt.Sprintf("has %q, must be numbers with semicolons between them, such as %s", number, f.example())
		}
		numbers = append(numbers, x)
	}
	return numbers, ""
}

// maybeOne tells whether a text with commas may be meant as one number of the
// field's range.
func (f Field) maybeOne(part string) bool {
	if commaNumber.MatchString(part) {
		return true
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(part, ",", ""), 64)
	return thousands.MatchString(part) && err == nil && x >= f.Min && x <= f.Max
}

// example is a value of the field as one types it.
func (f Field) example() string {
	switch v := Default(Dale).values()[f.Name].(type) {
	case []float64:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", "; "), "[]")
	default:
		return fmt.Sprint(v)
	}
}
