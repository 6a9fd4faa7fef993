package app

//lint:file-ignore SA1019 as in socket.go

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

// roles are all, with what a request of theirs says.
func (l *testLab) roles() map[role][]string {
	bearer := func(key string) []string { return []string{"Authorization", "Bearer " + key} }
	return map[role][]string{stranger: bearer("x" + l.given.Lead), view: bearer(l.given.View), work: bearer(l.given.Work), lead: bearer(l.given.Lead)}
}

// Every route says which role it takes, and lets nobody else in: programs, people, and
// sockets alike.
func TestEveryRouteTakesItsRole(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	named := map[string]bool{}
	err := chi.Walk(l.server.Handler.(chi.Routes), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if strings.HasPrefix(pattern, "/static") {
			method, pattern = "GET", "/static/*"
		}
		if key := method + " " + pattern; !named[key] {
			named[key] = true
			l.takesItsRole(method, pattern)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range needs {
		if !named[key] && !strings.HasPrefix(key, "GET /dev/") {
			t.Errorf("%s has a role, but no route", key)
		}
	}
}

func (l *testLab) takesItsRole(method, pattern string) {
	l.t.Helper()
	need, ok := needs[method+" "+pattern]
	if !ok {
		l.t.Errorf("%s %s says no role: write it into needs", method, pattern)
		return
	}
	path := strings.NewReplacer("{id}", "1nowhere", "{fig}", "fig3", "{slug}", "cocktail", "*", "icon.svg").Replace(pattern)
	for has, headers := range l.roles() {
		for _, accept := range []string{"text/html", "application/json"} {
			status, h, body := l.request(method, path, "", append([]string{"Accept", accept}, headers...)...)
			want := map[bool]int{true: 401, false: 403}[has == stranger]
			if has >= need && (status == 401 && path != "/enter" || status == 403) || has < need && status != want {
				l.t.Errorf("%s %s with the link of %s gave %d: %.200s", method, path, has, status, body)
			}
			if has < need && h.Get("Cache-Control") != "no-store" {
				l.t.Errorf("the refusal of %s %s may be kept", method, path)
			}
		}
	}
}

// Routes that nobody has given a role are the lead's alone, and what is no route tells
// strangers nothing.
func TestRoutesWithoutARole(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	r := l.server.Handler.(chi.Router)
	r.Get("/forgotten", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for has, headers := range l.roles() {
		forgotten := map[role]int{stranger: 401, view: 403, work: 403, lead: http.StatusTeapot}[has]
		if status, _, _ := l.request("GET", "/forgotten", "", headers...); status != forgotten {
			t.Errorf("%s gets %d of a route without a role", has, status)
		}
		nowhere := map[bool]int{true: 401, false: 404}[has == stranger]
		for _, path := range []string{"/nowhere", "/glossary%2f", "/api/runs/a/b/c", "//runs", "/RUNS"} {
			if status, _, _ := l.request("GET", path, "", headers...); status != nowhere {
				t.Errorf("%s gets %d of %s", has, status, path)
			}
		}
	}
	for _, authorization := range []string{"", "Bearer", "Bearer ", "Basic " + l.given.Lead, l.given.Lead, "Bearer " + l.given.Lead + "x", "Bearer " + strings.ToLower(l.given.Lead)} {
		l.refused("GET", "/api/models", "", 401, "header.Authorization", "Authorization", authorization)
	}
	status, h, _ := l.request("GET", "/api/models", "")
	if status != 401 || !strings.HasPrefix(h.Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("without a link a program gets %d, %v", status, h)
	}
	if status, _, _ := l.request("GET", "/api/models", "", "Authorization", "bearer "+l.given.View); status != 200 {
		t.Errorf("bearer in small letters gave %d", status)
	}
}

// Sockets are refused with words, with the code of the status.
func TestSocketsTakeTheirRoles(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	for has, headers := range l.roles() {
		for path, need := range map[string]role{"/api/live?model=ideal-spatial": work, "/api/runs/1nowhere/stream": lead} {
			c := l.dialWith(path, "", http.Header{headers[0]: {headers[1]}})
			first := c.hear("what it is told first")
			status, _ := first.fields["status"].(float64)
			if has < need && (first.kind != "refused" || status != map[bool]float64{true: 401, false: 403}[has == stranger]) ||
				has >= need && (status == 401 || status == 403) {
				t.Errorf("%s hears %s at %s", has, first.data, path)
			}
			c.ws.CloseNow()
		}
	}
	foreign := l.dialWith("/api/live?model=ideal-spatial", "", http.Header{"Authorization": {"Bearer " + l.given.Work}, "Origin": {"https://evil.example"}})
	if first := foreign.hear("what it is told first"); first.fields["status"] != 403.0 || !strings.Contains(string(first.data), "evil.example") {
		t.Errorf("a page of another site hears %s", first.data)
	}
	foreign.ws.CloseNow()
}

// Who only looks reads figures as they are, and those that somebody has computed.
func TestFiguresOfOthers(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	figure := "/api/models/ideal-spatial/figures/fig3"
	own := figure + "?contexts=4&samples=200"
	looks, works := l.roles()[view], l.roles()[work]
	l.refused("GET", own, "", 403, "header.Authorization", looks...)
	for _, c := range []struct {
		path string
		with []string
	}{{own, works}, {own, looks}} {
		if status, _, b := l.request("GET", c.path, "", c.with...); status != 200 {
			t.Errorf("%s gave %d %s", c.path, status, b)
		}
	}
	l.refused("GET", own+"&seed=7", "", 403, "header.Authorization", looks...)
}

// A link is taken once: a cookie keeps it, and the address that one lands on is free of it.
func TestALinkBecomesACookie(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true, Origins: []Origin{{"https", "lab.example.org"}}})
	links := l.Links()
	if len(links) != 3 || !strings.HasPrefix(links[0].Address, "https://lab.example.org/enter?key=") {
		t.Fatalf("the links are %v", links)
	}
	for host, secure := range map[string]bool{"lab.example.org": true, "127.0.0.1:1": false} {
		status, h, _ := l.opened("GET", "/enter?key="+l.given.Work+"&to=%2Fmodels%2Fideal-spatial%3Fa%3D1", "", "Host", host)
		cookies := (&http.Response{Header: h}).Cookies()
		if status != 303 || h.Get("Location") != "./entered?to=%2Fmodels%2Fideal-spatial%3Fa%3D1" || h.Get("Referrer-Policy") != "no-referrer" || len(cookies) != 1 {
			t.Fatalf("the link gave %d, %v", status, h)
		}
		c := cookies[0]
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure != secure || c.Path != "" || c.MaxAge < 3600 {
			t.Errorf("at %s the cookie is %v", host, c)
		}
		with := []string{"Host", host, "Cookie", c.Name + "=" + c.Value, "Accept", "text/html"}
		status, h, page := l.opened("GET", strings.TrimPrefix(h.Get("Location"), "."), "", with...)
		if status != 200 || h.Get("Refresh") != "0; url=./models/ideal-spatial?a=1" || !strings.Contains(string(page), `href="./models/ideal-spatial?a=1"`) || strings.Contains(string(page), l.given.Work) {
			t.Errorf("the way in gave %d, %v: %s", status, h, page)
		}
		for path, want := range map[string]int{"/models/ideal-spatial/live": 200, "/runs": 403, "/": 200} {
			if status, _, _ := l.request("GET", path, "", with...); status != want {
				t.Errorf("%s with the cookie gave %d", path, status)
			}
		}
	}
	status, h, _ := l.opened("POST", "/leave", "")
	if gone := (&http.Response{Header: h}).Cookies(); status != 303 || len(gone) != 1 || gone[0].MaxAge >= 0 || gone[0].Value != "" {
		t.Errorf("leaving gave %d, %v", status, h)
	}
	for _, wrong := range []string{"", "x", l.given.Lead + "x", strings.ToLower(l.given.Lead)} {
		status, h, page := l.request("GET", "/enter?key="+wrong, "", "Accept", "text/html")
		if status != 401 || h.Get("Set-Cookie") != "" || !strings.Contains(string(page), `action="./enter"`) || wrong != "" && strings.Contains(string(page), wrong+`"`) {
			t.Errorf("the key %q gave %d, %v", wrong, status, h)
		}
	}
}

// A key is also typed, or a whole link.
func TestALinkIsTyped(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	for _, typed := range []string{l.given.View, "%20" + l.given.View + "%20", "http%3A%2F%2Flab%2Fenter%3Fkey%3D" + l.given.View} {
		status, h, _ := l.typed(typed)
		if status != 303 || !strings.Contains(h.Get("Set-Cookie"), "="+l.given.View+".") {
			t.Errorf("%s gave %d, %v", typed, status, h)
		}
	}
	if status, h, _ := l.typed("nothing"); status != 401 || h.Get("Set-Cookie") != "" {
		t.Errorf("a wrong key gave %d, %v", status, h)
	}
	if status, _, _ := l.request("POST", "/enter", "key="+l.given.Lead, "Content-Type", "application/x-www-form-urlencoded", "Origin", "https://evil.example"); status != 403 {
		t.Errorf("a form of another site gave %d", status)
	}
}

// The way in leads to addresses of the lab alone.
func TestTheWayInStaysInside(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{"": "/", "/": "/", "/runs?x=1": "/runs?x=1", "/models/a/live?at=0.3;0.5": "/models/a/live?at=0.3%3B0.5", "/api/stages/X#y": "/api/stages/X",
		"//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/", "runs": "/", "/enter?key=1": "/", "/entered?to=%2F": "/",
		"javascript:alert(1)": "/", "/a\r\nSet-Cookie: x=1": "/", "/%zz": "/"} {
		if got := insideAddress(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

// Who comes from another site is led through a page of the lab's own, since the browser
// keeps the cookie to itself until then.
func TestLinksOfOtherSites(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	status, h, _ := l.opened("GET", "/models/ideal-spatial?x=1", "", "Accept", "text/html", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
	if status != 303 || h.Get("Location") != "../entered?to=%2Fmodels%2Fideal-spatial%3Fx%3D1" {
		t.Errorf("from another site it gave %d, %v", status, h)
	}
	status, _, page := l.opened("GET", "/models/ideal-spatial", "", "Accept", "text/html", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate")
	if status != 401 || !strings.Contains(string(page), "This lab asks for a link") || strings.Contains(string(page), "/runs") {
		t.Errorf("from the lab's own page it gave %d: %s", status, page)
	}
}

// Pages show nothing that whoever looks may not do.
func TestPagesShowWhatTheRoleMayDo(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	paths := []string{"/", "/models/ideal-spatial", "/models/ideal-spatial/figures/fig3", "/glossary", "/models/ideal-spatial/live", "/lessons/cocktail", "/runs", "/nowhere"}
	for has, headers := range l.roles() {
		for _, path := range paths {
			_, _, b := l.request("GET", path, "", append([]string{"Accept", "text/html"}, headers...)...)
			for _, m := range actions.FindAllStringSubmatch(string(b), -1) {
				l.shown(has, path, strings.ToUpper(m[1]), m[2])
			}
			for _, m := range links.FindAllStringSubmatch(string(b), -1) {
				l.shown(has, path, "GET", m[1])
			}
		}
	}
}

// shown is a link or a form of a page that whoever has a role looks at.
func (l *testLab) shown(has role, page, method, to string) {
	l.t.Helper()
	at, err := url.Parse(l.Address() + page)
	if err != nil {
		l.t.Fatal(err)
	}
	there, err := at.Parse(html.UnescapeString(to))
	if err != nil || there.Host != at.Host || has == stranger && there.Path == "/" { // the lab's mark leads to where it asks
		return
	}
	ctx := chi.NewRouteContext()
	ctx.Routes = l.server.Handler.(chi.Routes)
	r, err := http.NewRequestWithContext(context.WithValue(l.t.Context(), chi.RouteCtxKey, ctx), method, there.String(), nil)
	if err != nil {
		l.t.Fatal(err)
	}
	if need := needOf(r); need > has {
		l.t.Errorf("%s on %s is shown %s %s, which takes %s", has, page, method, to, need)
	}
}

// A lab on the loopback address asks for nothing unless it is told to; others always do.
func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	if l.Links() != nil {
		t.Errorf("a lab for one machine has links: %v", l.Links())
	}
	if status, _, page := l.request("GET", "/enter", "", "Accept", "text/html"); status != 200 || !strings.Contains(string(page), "asks for no link") {
		t.Errorf("its /enter gave %d", status)
	}
	if status, h, _ := l.opened("POST", "/leave", ""); status != 303 || h.Get("Set-Cookie") != "" {
		t.Errorf("its /leave gave %d, %v", status, h)
	}
	if status, h, _ := l.typed("x"); status != 303 || h.Get("Set-Cookie") != "" {
		t.Errorf("a key that is not asked for gave %d, %v", status, h)
	}
	asked := boot(t, Config{Ask: true})
	if _, _, b := asked.request("GET", "/healthz", ""); strings.Contains(string(b), "ok") {
		t.Errorf("/healthz tells strangers %s", b)
	}
	with := asked.roles()[view]
	if _, _, b := asked.request("GET", "/healthz", "", with...); !strings.Contains(string(b), "ok") {
		t.Errorf("/healthz tells the link to look %s", b)
	}
	addresses := []string{}
	for _, link := range asked.Links() {
		addresses = append(addresses, link.Address)
	}
	slices.Sort(addresses)
	if len(slices.Compact(addresses)) != 3 || !strings.HasPrefix(addresses[0], asked.Address()+"/enter?key=") {
		t.Errorf("its links are %v", addresses)
	}
}

// opened is a request whose answer is not followed on.
func (l *testLab) opened(method, path, body string, headers ...string) (int, http.Header, []byte) {
	l.t.Helper()
	return l.exchange((&http.Transport{DisableKeepAlives: true}).RoundTrip, method, path, body, headers)
}

// typed sends a key by the form.
func (l *testLab) typed(key string) (int, http.Header, []byte) {
	l.t.Helper()
	return l.opened("POST", "/enter", "key="+key, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
}
