package web

import (
	"regexp"
	"testing"
)

var linked = regexp.MustCompile(`<a class="term" href="([^"]*)" data-term="[^"]*" data-explains="[^"]*">([^<]*)</a>`)

func TestTermsAreExplainedWhereTheyStand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "",
		"nothing <to> explain":         "nothing &lt;to&gt; explain",
		"contexts of a context":        "{contexts /glossary#context} of a context",
		"the invariant subspace of it": "the {invariant subspace /glossary#invariant-subspace} of it",
		"gain, gain-modulated again":   "{gain /glossary#gain}, gain-modulated again",
		"R² of a unit":                 "{R² /glossary#r2} of a {unit /glossary#unit}",
		"unit context":                 "{unit /glossary#unit} {context /glossary#context}",
		"communities re-united":        "communities re-united",
	} {
		got, err := explained(text)
		if short := linked.ReplaceAllString(string(got), "{$2 $1}"); short != want || err != nil {
			t.Errorf("%q is explained as %s, %v", text, short, err)
		}
	}
}

// What the server explains, scripts can explain as well.
func TestScriptsKnowEveryTerm(t *testing.T) {
	t.Parallel()
	for i, term := range terms() {
		if g := Glossary[i]; term.Name != g.Name || term.Text == "" || term.ID != g.ID() {
			t.Errorf("scripts know %+v, the glossary has %+v", term, g)
		}
	}
}
