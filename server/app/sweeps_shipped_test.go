package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"unmixlab/server/lab"
	"unmixlab/server/sweep"
	trainedmodels "unmixlab/trained_models"
)

// A sweep that came with the lab is shown with what was expected of it, cannot be changed,
// and fills the form for one of one's own.
func TestSweepsThatCameWithTheLab(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	for path, wants := range map[string][]string{
		"/sweeps":                                {"Nothing was swept here yet", "Figure 2 and its supplement", `sweeps/fig3e"`},
		"/sweeps/fig2":                           {"What was expected, and what was found", "1,200 batches each, fast recipe, from 3 seeds", "27 of 27 networks are measured", `aria-current="true"`, "from=fig2"},
		"/models/modulation-chords/figures/fig2": {"Networks trained for the figure", `sweeps/fig2"`},
	} {
		status, _, page := l.request("GET", path, "", "Accept", "text/html")
		for _, want := range wants {
			if status != http.StatusOK || !strings.Contains(string(page), want) {
				t.Errorf("%s (%d) lacks %s", path, status, want)
			}
		}
	}
	var all []lab.SweepInfo
	l.ask("GET", "/api/sweeps", "", http.StatusOK, &all)
	if len(all) != len(sweep.Papers) || !all[0].Shipped || all[0].Changed.IsZero() {
		t.Errorf("the API lists %+v", all)
	}
	for _, action := range []string{"delete", "resume", "retry", "keep"} {
		if status, page := l.postForm("/sweeps/fig2", url.Values{"action": {action}, "point": {"x"}}); status != http.StatusConflict || !strings.Contains(page, "came with the lab") {
			t.Errorf("%s was answered with %d", action, status)
		}
	}
	s, err := l.lab.FindSweep(t.Context(), "fig2")
	if err != nil {
		t.Fatal(err)
	}
	typed := typedOf(s.Sweep)
	typed.Set("action", "check")
	if status, page := l.postForm("/sweeps/new", typed); status != http.StatusOK || !strings.Contains(page, "27 networks, about") {
		t.Errorf("from its form comes %d: %s", status, page)
	}
	text, errs := sweepText(typed)
	if own, err := sweep.Parse(text); err != nil || len(errs) > 0 || own.Points()[26].Hash != s.Points[26].Hash {
		t.Errorf("from its form come other networks, %v %v", err, errs)
	}
	typed.Set("name", "fig2")
	typed.Del("action")
	if status, page := l.postForm("/sweeps/new", typed); status != http.StatusConflict && status != http.StatusUnprocessableEntity || !strings.Contains(page, "choose another name") {
		t.Errorf("a sweep of the same name was answered with %d", status)
	}
	if status, _, _ := l.request("GET", "/sweeps/new?from=absent", "", "Accept", "text/html"); status != http.StatusNotFound {
		t.Errorf("a form from nothing is %d", status)
	}
}
