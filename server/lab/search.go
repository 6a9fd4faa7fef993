package lab

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"unmixlab/sim/spec"
)

// Search says which runs are looked for, and in which order.
type Search struct {
	Query string // words and conditions, all of which must hold; see FindRuns
	Sort  string // a column or setting, with - before it the other way round; empty: the newest first
}

// longestQuery is how many bytes a query may have.
const longestQuery = 1000

// FindRuns lists the runs of a search. A word of its query is looked for in name, title,
// note, tags and id; tau=100, loss<5, lr!=0.001 and the like compare a column or a
// setting; "tag=" a tag; a - before either turns it round; blanks stand within quotation
// marks. state=deleted lists those that can be restored. What cannot be understood is
// refused, by the field "q" or "sort".
func (l *Lab) FindRuns(ctx context.Context, s Search) ([]RunInfo, error) {
	terms, err := parseQuery(s.Query)
	if err != nil {
		return nil, err
	}
	order, err := parseSort(s.Sort)
	if err != nil {
		return nil, err
	}
	list := l.Runs
	if slices.ContainsFunc(terms, term.deleted) {
		list = l.DeletedRuns
		terms = slices.DeleteFunc(terms, term.deleted)
	}
	runs, err := list(ctx)
	if err != nil {
		return nil, err
	}
	runs = slices.DeleteFunc(runs, func(r RunInfo) bool {
		return slices.ContainsFunc(terms, func(t term) bool { return t.holds(&r) == t.not })
	})
	if order != nil {
		slices.SortStableFunc(runs, order)
	}
	return runs, nil
}

// term is one word or condition of a query.
type term struct {
	not    bool
	column column // of a condition
	op     string // "" for a word
	text   string // small letters
	number float64
}

func (t term) deleted() bool {
	return t.column.name == "state" && t.op == "=" && t.text == "deleted" && !t.not
}

// operators in the order in which they are looked for.
var operators = []string{"!=", "<=", ">=", "=", "<", ">"}

func parseQuery(query string) ([]term, error) {
	if len(query) > longestQuery {
		return nil, refuse(Invalid, "q", "the search is longer than %d letters", longestQuery)
	}
	var terms []term
	for _, word := range words(query) {
		t, problem := parseTerm(word)
		if problem != "" {
			return nil, refuse(Invalid, "q", "%s: %s", word, problem)
		}
		terms = append(terms, t)
	}
	return terms, nil
}

// words parts a query at blanks outside of quotation marks, which go.
func words(query string) []string {
	var out []string
	var word strings.Builder
	quoted := false
	for _, r := range query + " " {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted || r == '\t' || r == '\n':
			if word.Len() > 0 {
				out = append(out, word.String())
			}
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	if quoted && word.Len() > 1 { // a mark that is not closed yet
		out = append(out, strings.TrimSpace(word.String()))
	}
	return out
}

func parseTerm(word string) (t term, problem string) {
	if rest, ok := strings.CutPrefix(word, "-"); ok && rest != "" {
		t.not, word = true, rest
	}
	at, op := firstOperator(word)
	if op == "" {
		t.text = strings.ToLower(word)
		return t, ""
	}
	name, value := strings.ToLower(word[:at]), strings.ToLower(word[at+len(op):])
	c, ok := columnNamed(name)
	if !ok {
		return t, fmt.Sprintf("nothing is called %q; state, tag, name, loss, done, left, started, seed and every setting can be asked for", name)
	}
	t.column, t.op, t.text, t.number = c, op, value, math.NaN()
	if op == "!=" {
		t.not, t.op = !t.not, "="
	}
	if c.number != nil {
		if t.number, problem = spec.ReadNumber(value, "100"); problem != "" {
			return t, problem
		}
	} else if t.op != "=" {
		return t, fmt.Sprintf("%s is no number: write %s=%s", name, name, cmp.Or(value, "…"))
	}
	return t, ""
}

// firstOperator is where in a word the first operator stands, the longer of two there.
func firstOperator(word string) (at int, op string) {
	at = len(word)
	for _, o := range operators {
		if i := strings.Index(word, o); i > 0 && i < at {
			at, op = i, o
		}
	}
	return at, op
}

// holds tells whether a run has what the term asks for, not regarding not.
func (t term) holds(r *RunInfo) bool {
	switch {
	case t.op == "":
		return slices.ContainsFunc([]string{r.Name, r.Title, r.Note, r.ID, strings.Join(r.Tags, " ")}, func(s string) bool {
			return strings.Contains(strings.ToLower(s), t.text)
		})
	case t.column.number != nil:
		x := t.column.number(r)
		switch t.op {
		case "=":
			return x == t.number
		case "<":
			return x < t.number
		case ">":
			return x > t.number
		case "<=":
			return x <= t.number
		}
		return x >= t.number
	case t.column.whole:
		return slices.Contains(t.column.texts(r), t.text)
	}
	return slices.ContainsFunc(t.column.texts(r), func(s string) bool { return strings.Contains(strings.ToLower(s), t.text) })
}

// parseSort is a comparison of runs by a column; nil for the order in which they come.
func parseSort(by string) (func(a, b RunInfo) int, error) {
	name, falling := strings.CutPrefix(by, "-")
	if name == "" {
		return nil, nil
	}
	c, ok := columnNamed(name)
	if !ok {
		return nil, refuse(Invalid, "sort", "%q is no column and no setting", name)
	}
	return func(a, b RunInfo) int { return c.compare(&a, &b, falling) }, nil
}

// compare orders two runs by a column; those that have no value in it come last, either way.
func (c column) compare(a, b *RunInfo, falling bool) int {
	way := 1
	if falling {
		way = -1
	}
	if c.number == nil {
		return way * slices.Compare(c.texts(a), c.texts(b))
	}
	x, y := c.number(a), c.number(b)
	switch {
	case math.IsNaN(x) && math.IsNaN(y):
		return 0
	case math.IsNaN(x):
		return 1
	case math.IsNaN(y):
		return -1
	}
	return way * cmp.Compare(x, y)
}
