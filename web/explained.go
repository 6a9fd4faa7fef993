package web

import (
	"html/template"
	"regexp"
	"slices"
	"strings"
)

// termWords finds the glossary's terms in a text, in the singular or with an s, the
// longest that stands at a place.
var termWords = func() *regexp.Regexp {
	var names []string
	for _, t := range Glossary {
		names = append(names, regexp.QuoteMeta(t.Name))
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(b) - len(a) })
	return regexp.MustCompile(`(^|[^\pL\pN-])(` + strings.Join(names, "|") + `)(s?)($|[^\pL\pN-])`)
}()

// toldTerm is a term as the scripts that explain it need it.
type toldTerm struct {
	Name string `json:"name"`
	Text string `json:"text"`
	ID   string `json:"id"` // its anchor in the glossary
}

// terms are all terms for a page's scripts (static/js/explain.js), which write sentences of
// results.
func terms() []toldTerm {
	list := make([]toldTerm, len(Glossary))
	for i, t := range Glossary {
		list[i] = toldTerm{t.Name, t.Text, t.ID()}
	}
	return list
}

// explained is a text in which each of the glossary's terms is explained where it stands
// first.
func explained(text string) (template.HTML, error) {
	var b strings.Builder
	told := map[string]bool{}
	for {
		m := termWords.FindStringSubmatchIndex(text)
		if m == nil {
			b.WriteString(template.HTMLEscapeString(text))
			return template.HTML(b.String()), nil
		}
		name, words, end := text[m[4]:m[5]], text[m[4]:m[7]], m[7]
		b.WriteString(template.HTMLEscapeString(text[:m[4]]))
		if told[name] {
			b.WriteString(template.HTMLEscapeString(words))
		} else {
			link, err := termLink(name, words)
			if err != nil {
				return "", err
			}
			b.WriteString(string(link))
		}
		told[name] = true
		text = text[end:]
	}
}
