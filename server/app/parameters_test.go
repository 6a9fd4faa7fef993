package app

import (
	"net/url"
	"strings"
	"testing"
)

// An address with wrong parameters is answered with 422 and the form as it was typed,
// every error at its field, and nothing is computed.
func TestWrongParametersOfAFigureAreShownAtTheirFields(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	for query, wants := range map[string][]string{
		"seed=soon":                      {"seed"},
		"contexts=1&samples=99":          {"contexts", "samples"},
		"noise=0,001&contexts=20":        {"noise"},
		"noise=-1&seed=1.5&contexts=2,5": {"noise", "seed", "contexts"},
		"seed=1&seed=2":                  {"seed"},
		"contexts=200&samples=10000":     {"samples"},
		"seed=9007199254740993":          {"seed"},
		"noise=NaN":                      {"noise"},
		"repetitions=0":                  {"repetitions"},
		"tau=3":                          {""},
	} {
		typed, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		status, _, b := l.request("GET", "/models/ideal-spatial/figures/fig5?"+query, "", "Accept", "text/html")
		page := string(b)
		if status != 422 || !strings.Contains(page, "Nothing can be computed") || strings.Contains(page, `id="panels"`) {
			t.Errorf("%s gave %d", query, status)
		}
		l.checkPage(query, page)
		for name := range typed {
			if name != "tau" && !strings.Contains(page, `name="`+name+`" type="text" inputmode="decimal" value="`+typed.Get(name)+`"`) {
				t.Errorf("%s: what was typed as %s is lost", query, name)
			}
		}
		marked := strings.Count(page, `aria-invalid="true"`)
		for _, name := range wants {
			if name == "" {
				marked++
				if !strings.Contains(page, "tau is no parameter of fig5") {
					t.Errorf("%s is passed over", query)
				}
			} else if strings.Contains(page, `id="error-param-`+name+`"></p>`) || !strings.Contains(page, `href="#param-`+name+`"`) {
				t.Errorf("%s: no word at %s", query, name)
			}
		}
		if marked != len(wants) {
			t.Errorf("%s marks %d fields, want %v", query, marked, wants)
		}
	}
	for _, query := range []string{"", "?seed=", "?seed=3&contexts=&noise=0.5", "?contexts=40&samples=10000"} {
		if status, _, _ := l.request("GET", "/models/ideal-spatial/figures/fig5"+query, "", "Accept", "text/html"); status != 200 {
			t.Errorf("%q gave %d", query, status)
		}
	}
	var p Problem
	l.ask("GET", "/api/models/ideal-spatial/figures/fig5?contexts=1&repetitions=0&tau=1", "", 422, &p)
	if len(p.Errors) != 3 {
		t.Errorf("the API names %d of three wrong parameters", len(p.Errors))
	}
}
