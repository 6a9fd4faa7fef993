package app

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"unmixlab/server/assets"
	"unmixlab/static"
	"unmixlab/templates"
)

// sources are a checkout's folders that the pages are made of, to be changed.
func sources(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "static"), static.FS); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(root, "templates"), templates.FS); err != nil {
		t.Fatal(err)
	}
	return root
}

// edit replaces a part of a file.
func edit(t *testing.T, root, file, old, new string) {
	t.Helper()
	path := filepath.Join(root, file)
	b, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(b), old) {
		t.Fatalf("%s has no %q, %v", file, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(b), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// With --dev pages, scripts and styles are those of the disk, and whoever has a page
// open hears of a change.
func TestDevServesTheSourcesAsTheyAre(t *testing.T) {
	t.Parallel()
	root := sources(t)
	l := boot(t, Config{Dev: assets.Sources(root)})
	version := regexp.MustCompile(`src="\./dev/reload\.js\?version=(\w+)"`)
	_, _, page := l.request("GET", "/runs", "")
	first := version.FindSubmatch(page)
	if first == nil || !strings.Contains(string(page), `href="./static/css/base.css"`) {
		t.Fatalf("the page is not one for --dev: %s", page)
	}
	if status, _, b := l.request("GET", "/dev/reload.js", ""); status != 200 || !strings.Contains(string(b), "import.meta.url") {
		t.Errorf("the script gave %d: %s", status, b)
	}
	changes := l.changes()
	if now := next(t, changes); now != string(first[1]) {
		t.Errorf("the page is of version %s, the files are %s", first[1], now)
	}
	edit(t, root, "static/css/base.css", "body", "body /* mine */")
	if now := next(t, changes); now == string(first[1]) {
		t.Error("a changed style sheet is the same version")
	}
	status, h, css := l.request("GET", "/static/css/base.css", "")
	if status != 200 || h.Get("Cache-Control") != "no-cache" || !strings.Contains(string(css), "mine") {
		t.Errorf("the style sheet gave %d, %v", status, h)
	}
	edit(t, root, "templates/pages/runs.html", "<h1>Runs</h1>", "<h1>My runs</h1>")
	next(t, changes)
	if _, _, page := l.request("GET", "/runs", ""); !strings.Contains(string(page), "<h1>My runs</h1>") {
		t.Error("a changed template is not shown")
	}
	for _, path := range []string{"/static/embed.go", "/static/package.json", "/static/node_modules/echarts/package.json"} {
		if status, _, _ := l.request("GET", path, ""); status != 404 {
			t.Errorf("%s gave %d, want 404", path, status)
		}
	}
}

// changes is the stream that tells of changes; reading it ends within a minute.
func (l *testLab) changes() *bufio.Scanner {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute)
	l.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", l.Address()+"/dev/changes", nil)
	if err != nil {
		l.t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { resp.Body.Close() })
	return bufio.NewScanner(resp.Body)
}

// next is the next version that a stream tells.
func next(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	for lines.Scan() {
		if version, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return version
		}
	}
	t.Fatalf("no change was told: %v", lines.Err())
	return ""
}

// Without --dev nothing of it is there.
func TestDevIsNotThereUnasked(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	l.refused("GET", "/dev/changes", "", 404, "path")
	l.refused("GET", "/dev/reload.js", "", 404, "path")
	if _, _, page := l.request("GET", "/runs", ""); strings.Contains(string(page), "/dev/") {
		t.Error("a page speaks of --dev")
	}
}

// A stream that is open ends when the lab begins to shut down: it is not waited for.
func TestDevHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Dev: assets.Sources(sources(t))})
	lines := l.changes()
	next(t, lines)
	l.serving.end()
	for lines.Scan() {
	}
	if lines.Err() != nil {
		t.Errorf("the stream did not end: %v", lines.Err())
	}
}

// A browser loads its page again by itself.
func TestBrowserReloadsWithDev(t *testing.T) {
	root := sources(t)
	packages, err := filepath.Abs("../../static/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(packages, filepath.Join(root, "static", "node_modules")); err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t, boot(t, Config{Dev: assets.Sources(root)}))
	b.open("/runs")
	b.arrive("the page with its new template", func() {
		edit(t, root, "templates/pages/runs.html", "<h1>Runs</h1>", "<h1>My runs</h1>")
	})
	b.text("h1", "My runs")
	b.arrive("the page with its new style", func() {
		edit(t, root, "static/css/base.css", "body", "body { counter-set: mine 1 }\nbody")
	})
	b.until("the style sheet is loaded anew", `getComputedStyle(document.body).counterSet === "mine 1"`)
	b.clean("the page that was loaded again")
}
