package app

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"unmixlab/server/lab"
)

// proxy is a server that hands requests below a path on to a lab, and answers nothing
// else. It takes the path away unless the lab has it as its base.
type proxy struct {
	Host string // that the lab is told; the browser's own if empty
}

// before puts a proxy before the lab and gives the address of the lab there.
func (p proxy) before(l *testLab, prefix string) string {
	l.t.Helper()
	target, err := url.Parse("http://" + l.listener.Addr().String())
	if err != nil {
		l.t.Fatal(err)
	}
	forward := http.Handler(&httputil.ReverseProxy{
		Transport: &http.Transport{DisableKeepAlives: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			if p.Host != "" {
				r.Out.Host = p.Host
			}
		},
	})
	if l.base == "" {
		forward = http.StripPrefix(prefix, forward)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, prefix+"/") {
			http.Error(w, "beside the prefix", http.StatusTeapot)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	l.t.Cleanup(s.Close)
	return s.URL + prefix
}

// crawler visits everything that pages lead to, below one address.
type crawler struct {
	t     *testing.T
	base  string
	seen  map[string]bool
	kinds map[string]int // answers by content type
}

var (
	links   = regexp.MustCompile(`\s(?:href|src)="([^"#]+)`)
	actions = regexp.MustCompile(`\smethod="(\w+)" action="([^"]+)"`)
	ways    = regexp.MustCompile(`<html[^>]* data-root="([^"]+)"`)
	imports = regexp.MustCompile(`(?m)^import (?:.* from )?"([^"]+)";`)
	inCSS   = regexp.MustCompile(`url\("?([^"#)][^")]*)`)
)

func (c *crawler) get(method, address string) (*http.Response, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, address, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, address, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp, string(b)
}

// within resolves an address that a document has and tells whether it is below the base.
func (c *crawler) within(document *url.URL, link string) (string, bool) {
	c.t.Helper()
	u, err := document.Parse(strings.ReplaceAll(link, "&amp;", "&"))
	if err != nil || !strings.HasPrefix(u.String(), c.base+"/") {
		c.t.Errorf("%s has %q, which leads out of %s", document, link, c.base)
		return "", false
	}
	return u.String(), true
}

// visit looks at an address and at all that it leads to. Figures are not computed.
func (c *crawler) visit(address, from string) {
	c.t.Helper()
	if c.seen[address] {
		return
	}
	c.seen[address] = true
	if strings.Contains(address, "/api/") && strings.Contains(address, "/figures/") {
		return
	}
	resp, body := c.get("GET", address)
	if resp.StatusCode != http.StatusOK {
		c.t.Errorf("%s, from %s, gave %d", address, from, resp.StatusCode)
	}
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	c.kinds[kind]++
	found := map[string][]*regexp.Regexp{"text/html": {links}, "text/javascript": {imports}, "text/css": {inCSS}}[kind]
	for _, pattern := range found {
		for _, m := range pattern.FindAllStringSubmatch(body, -1) {
			if next, ok := c.within(resp.Request.URL, m[1]); ok {
				c.visit(next, address)
			}
		}
	}
	if kind == "text/html" {
		c.page(resp.Request.URL, body)
	}
}

// page looks at what a page's forms and scripts will ask for.
func (c *crawler) page(document *url.URL, body string) {
	c.t.Helper()
	way := ways.FindStringSubmatch(body)
	if way == nil {
		c.t.Errorf("%s does not tell its scripts the way to the root", document)
	} else if root, ok := c.within(document, way[1]); ok && root != c.base+"/" {
		c.t.Errorf("%s says that the root is %s", document, root)
	}
	for _, m := range actions.FindAllStringSubmatch(body, -1) {
		action, ok := c.within(document, m[2])
		method := strings.ToUpper(m[1])
		if !ok || c.seen[method+" "+action] {
			continue
		}
		c.seen[method+" "+action] = true
		if resp, _ := c.get(method, action); slices.Contains([]int{404, 405, 418, 500}, resp.StatusCode) {
			c.t.Errorf("the form %s of %s gave %d", action, document, resp.StatusCode)
		}
	}
}

// behind boots a lab with a run and a model, and gives its address behind a proxy.
func behind(t *testing.T, c Config, p proxy, prefix string) (*testLab, string, []string) {
	t.Helper()
	l := boot(t, c)
	run := l.await(l.start(tiny(3)).ID)
	var model lab.ModelInfo
	l.ask("POST", "/api/runs/"+run.ID+"/save?title=Mine", "", 200, &model)
	l.sweep()
	paths := []string{"/nowhere", "/no/where/at/all", "/runs/", "/models/ideal-spatial/?x=1", "/models", "/lessons/", "/models/mine/figures", "/api", "/api/runs/",
		"/runs/compare?id=" + run.ID, "/runs/new?run=" + run.ID}
	for _, p := range alone() {
		if p.show != nil {
			paths = append(paths, addressOf(p.Path, model.ID, run.ID))
		}
	}
	return l, p.before(l, prefix), paths
}

// Whatever path a proxy puts before the lab, and whether it takes it away again or the
// lab has it as its base: every link, script, style and form stays below it and answers.
func TestEverythingStaysBelowThePathOfAProxy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config Config
		prefix string
	}{
		"taken away":             {Config{}, "/lab"},
		"taken away, as Jupyter": {Config{}, "/user/ann/proxy/8080"},
		"kept":                   {Config{Base: "/lab"}, "/lab"},
		"kept, deep":             {Config{Base: "/user/ann.b/lab"}, "/user/ann.b/lab"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, base, paths := behind(t, c.config, proxy{}, c.prefix)
			crawl := &crawler{t: t, base: base, seen: map[string]bool{}, kinds: map[string]int{}}
			for _, path := range paths {
				if strings.HasPrefix(path, "/no") {
					resp, body := crawl.get("GET", base+path)
					if resp.StatusCode != 404 {
						t.Errorf("%s gave %d", path, resp.StatusCode)
					}
					crawl.page(resp.Request.URL, body)
					continue
				}
				crawl.visit(base+path, "the test")
			}
			if crawl.kinds["text/html"] < 12 || crawl.kinds["text/css"] < 4 || crawl.kinds["text/javascript"] < 20 || crawl.kinds["image/svg+xml"] < 1 {
				t.Errorf("only this was found: %v", slices.Collect(maps.Keys(crawl.seen)))
			}
		})
	}
}

// Forms and sockets work behind both kinds of proxies.
func TestFormsAndSocketsBehindAProxy(t *testing.T) {
	t.Parallel()
	for _, config := range []Config{{}, {Base: "/lab"}} {
		l, base, _ := behind(t, config, proxy{}, "/lab")
		form := url.Values{"model": {"modulation"}, "hidden": {"4"}, "steps": {"20"}, "batch": {"3"}, "batches": {"1"}, "action": {"start"}}
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).PostForm(base+"/runs/new", form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if at := resp.Request.URL.String(); resp.StatusCode != 200 || !strings.HasPrefix(at, base+"/runs/") || strings.HasSuffix(at, "/new") {
			t.Errorf("the form led to %s, %d", at, resp.StatusCode)
		}
		l.dialAt(base + "/api/live?model=ideal-spatial").untilKind("hello")
	}
}

// Below its base alone: the base without its slash leads there, and other addresses say
// where the lab is, with its style.
func TestTheBase(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Base: "/teach/lab"})
	root := "http://" + l.listener.Addr().String()
	c := &crawler{t: t, base: root + "/teach/lab", seen: map[string]bool{}, kinds: map[string]int{}}
	for from, to := range map[string]string{"/teach/lab": "/teach/lab/", "/teach/lab?x=1": "/teach/lab/?x=1",
		"/teach/lab/runs/": "/teach/lab/runs", "/teach/lab/": "/teach/lab/"} {
		if resp, _ := c.get("GET", root+from); resp.Request.URL.String() != root+to || resp.StatusCode != 200 {
			t.Errorf("%s led to %s, %d", from, resp.Request.URL, resp.StatusCode)
		}
	}
	for _, path := range []string{"/", "/runs", "/teach", "/teach/labour", "/a/b/c"} {
		resp, body := c.get("GET", root+path)
		if resp.StatusCode != 404 || !strings.Contains(body, "the lab is at /teach/lab/") || resp.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s gave %d: %s", path, resp.StatusCode, body)
		}
		c.page(resp.Request.URL, body)
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			if next, ok := c.within(resp.Request.URL, m[1]); ok {
				c.visit(next, path)
			}
		}
	}
	for _, typed := range []string{"lab", "/../lab", "/lab//x", "/lab?x", "http://x/lab", "/l ab", "/.hidden"} {
		var base Base
		if err := base.UnmarshalText([]byte(typed)); err == nil || !strings.Contains(err.Error(), "/lab or ") {
			t.Errorf("the base %q gave %v", typed, err)
		}
	}
	for typed, want := range map[string]Base{"": "", "/": "", "/lab": "/lab", "/lab/": "/lab", "/a/b.c/d_e~1-f/": "/a/b.c/d_e~1-f"} {
		var base Base
		if err := base.UnmarshalText([]byte(typed)); base != want || err != nil {
			t.Errorf("the base %q is read as %q, %v", typed, base, err)
		}
	}
}

// A browser opens the live page behind a proxy that the lab knows nothing of, and trains
// a network.
func TestBrowserBehindAProxy(t *testing.T) {
	t.Parallel()
	l, base, _ := behind(t, Config{}, proxy{}, "/lab")
	b := openBrowserAt(t, l, base)
	b.open("/models/mine/live")
	b.until("the session is connected", `document.querySelector("#connection").dataset.state === "connected"`)
	b.until("the page has its style", `getComputedStyle(document.querySelector(".bar")).position === "sticky"`)
	b.open("/runs/new?preset=quick")
	for name, value := range map[string]string{"hidden": "4", "steps": "100", "batch": "16", "batches": "2"} {
		b.set("#field-"+name, value)
	}
	b.text("#estimate", "2 batches")
	b.arrive("the run", func() { b.click(`#run-form button[value="start"]`) })
	b.until("it is the run's page", `/^\/lab\/runs\/[a-z0-9]{8}$/.test(location.pathname)`)
	b.until("it is connected", `document.querySelector("#connection").dataset.state === "connected"`)
	b.click("#remove summary")
	b.arrive("the list of runs", func() { b.click("#delete button") })
	if !strings.HasPrefix(b.address(), "/runs?deleted=") {
		t.Errorf("after a deletion the page is %s", b.address())
	}
	b.clean("behind a proxy")
}
