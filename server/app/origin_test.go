package app

//lint:file-ignore SA1019 as in socket.go

import (
	"net/http"
	"strings"
	"testing"

	"unmixlab/server/lab"
)

func TestLoopbackHosts(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "127.0.0.1:8080": true, "[::1]:8080": true, "[::1]": true, "127.8.8.8": true,
		"localhost.": true, "localhost.:8080": true, "lab.localhost": true, "Lab.LocalHost:8080": true, "a.b-c.localhost.": true, "127.0.0.1.:80": true,
		"::1": true, "[0:0:0:0:0:0:0:1]:80": true, "[::ffff:127.0.0.1]:80": true,
		"evil.example": false, "localhost.evil.example": false, "127.0.0.1.evil.example:80": false, "": false, "0.0.0.0:80": false, "10.0.0.1": false,
		"127.0.0.1.evil": false, "evillocalhost": false, "evil-localhost:80": false, "localhost..": false, ".localhost": false, "a..localhost": false,
		"localhost.evil": false, "[::2]:80": false, "[localhost]": false, "[::1].evil.example": false, "localhost:80:80": false, "127.0.0.256": false,
		"2130706433.example": false, ".": false, "localhost.localdomain": false,
	} {
		if got := loopback(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}

// Names of this machine are let in; others get a page, or a problem, that says what to
// do. The page has its style all the same.
func TestUnknownHosts(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	for _, host := range []string{"localhost.", "lab.localhost:8080", "LAB.localhost.", "[::1]:1", "127.0.0.1"} {
		if status, _, _ := l.request("GET", "/runs", "", "Host", host, "Accept", "text/html"); status != 200 {
			t.Errorf("the host %s gave %d", host, status)
		}
	}
	for _, host := range []string{"lab.example.org", "localhost.evil.example", "127.0.0.1.evil:80", "10.0.0.5:8080", "lecture-room"} {
		for _, path := range []string{"/", "/models/ideal-spatial/live", "/nowhere/at/all"} {
			status, h, page := l.request("GET", path, "", "Host", host, "Accept", "text/html", "X-Forwarded-Host", "localhost", "Forwarded", "host=localhost")
			if status != 421 || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
				t.Errorf("%s at %s gave %d, %s", path, host, status, h.Get("Content-Type"))
			}
			for _, part := range []string{host, `href="` + l.Address() + `/"`, "--origin http", "--listen", "</html>"} {
				if !strings.Contains(string(page), part) {
					t.Errorf("the page for %s lacks %s", host, part)
				}
			}
		}
		l.refused("GET", "/api/runs", "", 421, "header.Host", "Host", host, "Accept", "text/html")
		l.refused("GET", "/", "", 421, "header.Host", "Host", host)
		if status, _, _ := l.request("GET", l.Assets.URL("css/base.css"), "", "Host", host); status != 200 {
			t.Errorf("the page for %s has no style: %d", host, status)
		}
	}
}

func TestOriginsAreRead(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"lab.example.org", "https://", "https://lab.example.org/lab", "ftp://lab.example.org", "*", "https://*.example.org", "null",
		"https://me@lab.example.org", "https://lab.example.org?x", "https://lab.example.org#x", "https://a.org,https://b.org",
		"https://a.org:", "", "https://a.org:port", "https://a.org;b"} {
		var o Origin
		if err := o.UnmarshalText([]byte(typed)); err == nil || !strings.Contains(err.Error(), "https://lab.example.org or ") {
			t.Errorf("the origin %q gave %v", typed, err)
		}
	}
	for typed, want := range map[string]Origin{"https://lab.example.org": {"https", "lab.example.org"}, "http://10.0.0.5:8080": {"http", "10.0.0.5:8080"},
		"https://[2001:db8::1]:8443": {"https", "[2001:db8::1]:8443"}, "HTTPS://Lab.Example.org/": {"https", "Lab.Example.org"}} {
		var o Origin
		if err := o.UnmarshalText([]byte(typed)); o != want || err != nil {
			t.Errorf("the origin %q is read as %v, %v", typed, o, err)
		}
	}
}

// Only sites that were named may show a page in a frame, and only a live page that is to
// be embedded.
func TestEmbedOrigins(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{EmbedOrigins: []Origin{{"https", "notes.example.org"}, {"http", "10.0.0.5:8888"}}})
	none := boot(t, Config{})
	framers := func(l *testLab, path string) string {
		_, head, _ := l.request("GET", path, "", "Accept", "text/html")
		_, who, _ := strings.Cut(head.Get("Content-Security-Policy"), "frame-ancestors ")
		return who
	}
	const live, own = "/models/ideal-spatial/live", "'self'"
	if got := framers(l, live+"?embed&hold=100"); got != own+" https://notes.example.org http://10.0.0.5:8888" {
		t.Errorf("an embedded stage may stand in frames of %s", got)
	}
	for _, path := range []string{live, "/?embed", "/models/ideal-spatial?embed", "/runs/new?embed"} {
		if got := framers(l, path); got != own {
			t.Errorf("%s may stand in frames of %s", path, got)
		}
	}
	if got := framers(none, live+"?embed"); got != own {
		t.Errorf("where nobody is named an embedded stage may stand in frames of %s", got)
	}
}

// Behind a proxy that says its own host, or that of the lab, pages of the origins that
// were named may change something and open sockets; others may not, whatever a proxy is
// said to have said, and are told the option.
func TestOrigins(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Origins: []Origin{{"https", "lab.example.org"}, {"http", "10.0.0.5:8080"}}})
	own := strings.TrimPrefix(l.Address(), "http://")
	for _, c := range []struct {
		host, origin string
		allowed      bool
	}{
		{own, "https://lab.example.org", true},
		{"lab.example.org", "https://lab.example.org", true},
		{"lab.example.org:443", "https://lab.example.org", true},
		{"LAB.example.org.", "https://lab.example.org", true},
		{own, "http://10.0.0.5:8080", true},
		{"10.0.0.5", "http://10.0.0.5:8080", true},
		{own, "http://" + own, true},
		{own, "http://lab.example.org", false},
		{own, "https://lab.example.org:8443", false},
		{own, "https://lab.example.org.evil.example", false},
		{own, "https://evil.example", false},
		{own, "http://10.0.0.5", false},
		{own, "null", false},
		{"lab.example.org", "https://evil.example", false},
	} {
		for _, site := range []string{"same-origin", "cross-site", ""} {
			if site == "same-origin" && !c.allowed {
				continue // what a browser says itself of its page is believed
			}
			headers := []string{"Host", c.host, "Origin", c.origin, "Accept", "text/html", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https"}
			if site != "" {
				headers = append(headers, "Sec-Fetch-Site", site)
			}
			status, _, body := l.request("POST", "/runs/new/check", "", headers...)
			option := c.origin == "null" || strings.Contains(string(body), "--origin "+c.origin)
			if !c.allowed && (status != 403 || !strings.Contains(string(body), c.origin) || !option) {
				t.Errorf("a form of %s to %s gave %d %s", c.origin, c.host, status, body)
			}
			if c.allowed && status != 200 && !(site == "cross-site" && c.origin == "http://"+own) && !(site == "" && strings.Contains(c.host, ":443")) {
				t.Errorf("a form of %s to %s (%s) gave %d %s", c.origin, c.host, site, status, body)
			}
		}
		first := l.greeting(c.host, c.origin)
		if got := first.kind == "hello"; got != c.allowed {
			t.Errorf("a socket of %s to %s heard %s", c.origin, c.host, first.data)
		}
		if !c.allowed && (first.fields["status"] != 403.0 || !strings.Contains(first.fields["message"].(string), c.origin)) {
			t.Errorf("a socket of %s to %s is refused with %s", c.origin, c.host, first.data)
		}
	}
	l.refused("GET", "/api/live?model=ideal-spatial", "", 403, "header.Origin", "Origin", "https://evil.example")
	l.refused("GET", "/api/runs", "", 421, "header.Host", "Host", "other.example.org", "X-Forwarded-Host", "lab.example.org")
}

// greeting is the first thing that a page of an origin hears on a live session's socket.
func (l *testLab) greeting(host, origin string) message {
	l.t.Helper()
	c := l.dialWith("/api/live?model=ideal-spatial", host, http.Header{"Origin": {origin}})
	first := c.hear("what it is told first")
	c.ws.CloseNow()
	return first
}

// Behind a proxy that says the lab's own host the page's socket is refused with words,
// until the lab is told of the proxy.
func TestBrowserBehindAProxyThatRewritesTheHost(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	at := proxy{Host: strings.TrimPrefix(l.Address(), "http://")}.before(l, "")
	b := openBrowserAt(t, l, at)
	b.open("/models/ideal-spatial/live")
	b.text("#connection-text", "--origin "+at)
	b.until("it is not tried again by itself", `document.querySelector("#connection").dataset.state === "refused"`)
	b.picture("origin-refused")

	l.origins = origins{{"http", strings.TrimPrefix(at, "http://")}} // as if started with --origin
	b.click("#reconnect")
	b.until("the session is connected", `document.querySelector("#connection").dataset.state === "connected"`)
	b.clean("behind a proxy that rewrites Host")
}

// Every address with a slash at its end, of pages and of the API, leads to the one
// without, with its query; what is not there stays so.
func TestSlashesAtEnds(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	run := l.await(l.start(tiny(1)).ID)
	var paths []string
	for _, p := range alone() {
		if p.show != nil && p.Path != "/" {
			paths = append(paths, addressOf(p.Path, "ideal-spatial", run.ID))
		}
	}
	paths = append(paths, "/api/runs", "/api/runs/"+run.ID, "/api/models/ideal-spatial", "/api/openapi.json", "/healthz", "/metrics",
		"/api/models/ideal-spatial/weights.safetensors")
	for _, path := range paths {
		for _, slashes := range []string{"/", "//"} {
			for _, method := range []string{"GET", "HEAD"} {
				status, to := l.leads(method, path+slashes+"?seed=3&a=%2F")
				if status != 308 || to != path+"?seed=3&a=%2F" {
					t.Errorf("%s %s%s gave %d to %s", method, path, slashes, status, to)
				}
			}
		}
	}
	for _, path := range []string{"/nowhere/", "/api/nowhere/", "/models/a/b/c/", "//evil.example/", "/static/", "/runs/new/check/"} {
		if status, to := l.leads("GET", path); status != 404 || to != "" {
			t.Errorf("%s gave %d to %s", path, status, to)
		}
	}
	for _, path := range []string{"/runs/new/", "/api/runs/", "/models/"} {
		if status, to := l.leads("POST", path); status != 404 || to != "" {
			t.Errorf("POST %s gave %d to %s", path, status, to)
		}
	}
}

// leads is where a request is sent on to, as an address of the lab.
func (l *testLab) leads(method, path string) (status int, to string) {
	l.t.Helper()
	r, err := http.NewRequestWithContext(l.t.Context(), method, l.Address()+path, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer resp.Body.Close()
	if u, err := resp.Location(); err == nil {
		to = strings.TrimPrefix(u.String(), l.Address())
	}
	return resp.StatusCode, to
}

// Whatever stands above the address of a page is an address too: a page, or the place
// where those below it are listed.
func TestSectionRootsLeadToTheirLists(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	run := l.await(l.start(tiny(1)).ID)
	var model lab.ModelInfo
	l.ask("POST", "/api/runs/"+run.ID+"/save?title=Mine", "", 200, &model)
	l.sweep()
	for _, p := range alone() {
		path := addressOf(p.Path, model.ID, run.ID)
		for path != "" {
			if status, _, _ := l.request("GET", path, "", "Accept", "text/html"); status != 200 {
				t.Errorf("%s, above or at the page %s, gave %d", path, p.Name, status)
			}
			path = path[:strings.LastIndex(path, "/")]
		}
	}
	for path, want := range map[string]string{
		"/models": "/#models", "/lessons": "/#lessons", "/models/mine/figures": "/models/mine#figures", "/api": "/api/openapi.json", "/models?x=1": "/?x=1#models",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			if status, to := l.leads(method, path); status != 307 || to != want {
				t.Errorf("%s %s gave %d to %s, want %s", method, path, status, to, want)
			}
		}
		_, _, page := l.request("GET", path, "", "Accept", "text/html")
		if _, anchor, ok := strings.Cut(want, "#"); ok && !strings.Contains(string(page), `id="`+anchor+`"`) {
			t.Errorf("%s leads to a place that is not there", path)
		}
	}
	if status, _ := l.leads("DELETE", "/lessons"); status != 405 {
		t.Errorf("DELETE /lessons gave %d", status)
	}
	if status, to := l.leads("POST", "/models"); status == 405 || to != "" && to != "/" {
		t.Errorf("POST /models gave %d to %s", status, to)
	}
}
