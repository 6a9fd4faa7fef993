package app

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
)

// A run is forked, extended and begun again with another seed, by the API and by forms.
func TestWhatGoesOnFromARun(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	var run, next lab.RunInfo
	l.ask("POST", "/api/runs?name=First&tags=a,b&milestones=2", tiny(5), 201, &run)
	run = l.await(run.ID)
	var kept keptBody
	l.ask("GET", "/api/runs/"+run.ID+"/checkpoints", "", 200, &kept)
	if run.Name != "First" || !slices.Equal(run.Tags, []string{"a", "b"}) || !slices.Equal(kept.Batch, []int{0, 2, 4}) {
		t.Errorf("the run is %+v and keeps %v", run, kept)
	}
	l.ask("POST", "/api/runs/"+run.ID+"/fork?at=2&name=Fork", `{"lr":0.02,"batches":7}`, 201, &next)
	if fork := l.await(next.ID); fork.Batch != 7 || fork.Parent != run.ID || fork.Forked != 2 || fork.Name != "Fork" || fork.Spec.Hidden != run.Spec.Hidden {
		t.Errorf("the fork is %+v", fork)
	}
	_, _, page := l.request("GET", "/runs/"+next.ID, "", "Accept", "text/html")
	if !strings.Contains(string(page), "after batch 2 of") || !strings.Contains(string(page), `runs/`+run.ID+`">First`) {
		t.Errorf("its page does not say where it comes from: %s", page)
	}
	l.refused("POST", "/api/runs/"+run.ID+"/fork?at=3", "{}", 404, "query.at")
	l.refused("POST", "/api/runs/"+run.ID+"/fork", `{"hidden":9}`, 422, "body.hidden")
	l.refused("POST", "/api/runs?milestones=1", tiny(1000), 422, "milestones")
	l.ask("POST", "/api/runs/"+run.ID+"/extend?more=2", "", 200, nil)
	if longer := l.await(run.ID); longer.Batch != 7 || longer.Batches != 7 {
		t.Errorf("extended it is %+v", longer)
	}
	l.refused("POST", "/api/runs/"+run.ID+"/extend", "", 422, "query.more")
	l.ask("POST", "/api/runs/"+run.ID+"/reseed", "", 201, &next)
	if next.Spec.Seed != run.Spec.Seed+1 {
		t.Errorf("the next seed is %d", next.Spec.Seed)
	}
	_, _, page = l.request("GET", "/runs/new?fork="+run.ID+"&at=4", "", "Accept", "text/html")
	if !strings.Contains(string(page), "after batch 4 of") || !strings.Contains(string(page), "3 batches of about") {
		t.Errorf("the form of a fork is %s", page)
	}
	form := url.Values{"fork": {run.ID}, "at": {"4"}, "tags": {"typed"}, "milestones": {"3"}}
	for _, name := range []string{"model", "hidden", "steps", "batch", "batches"} {
		form.Set(name, fmt.Sprint(run.Spec.Value(name)))
	}
	form.Set("batches", "9")
	form.Set("frequencies", strings.Trim(fmt.Sprint(spec.DefaultFrequencies("chords", 2)), "[]"))
	send := func(path string, form url.Values) string {
		_, _, b := l.request("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
		return string(b)
	}
	if b := send("/runs/new", form); !strings.Contains(b, "after batch 4 of") || !strings.Contains(b, "typed") {
		t.Errorf("the form leads to %s", b)
	}
	form.Set("milestones", "many")
	if b := send("/runs/new", form); !strings.Contains(b, "is no whole number") || !strings.Contains(b, `name="fork" value="`+run.ID) {
		t.Errorf("a wrong form leads to %s", b)
	}
	l.await(run.ID)
	if b := send("/runs/"+run.ID, url.Values{"action": {"extend"}, "more": {"x"}}); !strings.Contains(b, "is no whole number") {
		t.Errorf("x batches more: %s", b)
	}
	if b := send("/runs/"+run.ID, url.Values{"action": {"label"}, "name": {"Called so"}, "milestones": {"5"}}); !strings.Contains(b, "Called so") || !strings.Contains(b, `value="5"`) {
		t.Errorf("labelled: %s", b)
	}
}
