package app

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take for anything.
const patience = 60 * time.Second

// browser is a tab of a headless Chromium that looks at a lab.
type browser struct {
	t   *testing.T
	ctx context.Context
	lab *testLab

	mu     sync.Mutex
	errors []string // of the console, and requests to other hosts
}

// chromium finds the browser; without one the tests are skipped, but not on CI.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "no Chromium is installed: the pages are not tested in a browser")
	return ""
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func openBrowser(t *testing.T, l *testLab) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.NoFirstRun)
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...) // t.Context ends before the browser is told to
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	b := &browser{t: t, ctx: ctx, lab: l}
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("the browser did not end well: %v", err)
		}
		cancel()
	})
	b.watch()
	return b
}

// watch notes what must not happen: console errors, requests to other hosts.
func (b *browser) watch() {
	b.t.Helper()
	messages := chromedp.Console(b.ctx)
	requests := chromedp.Events(b.ctx, network.RequestWillBeSent)
	if _, err := chromedp.Call(b.ctx, network.Enable, network.EnableParams{}); err != nil {
		b.t.Fatal(err)
	}
	note := func(format string, args ...any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.errors = append(b.errors, fmt.Sprintf(format, args...))
	}
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == "error" || m.Type == "assert" {
				note("console: %s (%s:%d)", m.Text, m.URL, m.Line)
			}
		}
	}()
	own := strings.TrimPrefix(b.lab.Address(), "http://")
	go func() {
		for e, err := range requests {
			if err != nil {
				return
			}
			u, err := url.Parse(e.Request.URL)
			if err == nil && u.Host != own && u.Scheme != "data" && u.Scheme != "blob" {
				note("request to another host: %s", e.Request.URL)
			}
		}
	}()
}

// clean fails the test on anything that watch has noted.
func (b *browser) clean(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.errors {
		b.t.Errorf("%s: %s", where, e)
	}
	b.errors = nil
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.lab.Address() + path))
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.fail(err.Error())
	}
}

// click clicks by script what a user could: visible and enabled.
func (b *browser) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// set types a value into a field, once the page has it.
func (b *browser) set(selector, value string) {
	b.t.Helper()
	b.until(selector+" is there", fmt.Sprintf(`document.readyState === "complete" && document.querySelector(%q)`, selector))
	b.run(fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.value = %q; f.dispatchEvent(new Event("input", {bubbles: true})); f.dispatchEvent(new Event("change", {bubbles: true})); return true })()`, selector, value))
}

// run gives what a script gives, as text.
func (b *browser) run(script string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[any](script))
	if err != nil {
		b.fail(script + ": " + err.Error())
	}
	return fmt.Sprint(v)
}

// until waits for a script to give true.
func (b *browser) until(what, script string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+script+")"))
		cancel()
		if err == nil && ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.fail("not in time: " + what)
}

// text waits until an element's text holds a part.
func (b *browser) text(selector, part string) {
	b.t.Helper()
	b.until(selector+" says "+part, fmt.Sprintf(`document.querySelector(%q)?.textContent.includes(%q)`, selector, part))
}

// fail ends the test with a picture of the page.
func (b *browser) fail(why string) {
	b.t.Helper()
	b.clean("before the failure")
	b.picture("failure")
	b.t.Fatalf("%s (page %s)", why, b.address())
}

func (b *browser) address() string {
	location, err := chromedp.Run(b.ctx, chromedp.Location())
	if err != nil {
		return "unknown"
	}
	return strings.TrimPrefix(location, b.lab.Address())
}

// size makes the window so wide, in the light or the dark scheme.
func (b *browser) size(width int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 900))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.t.Fatal(err)
	}
}

// picture keeps a screenshot of the whole page in $UNMIXLAB_SCREENSHOTS, if set.
func (b *browser) picture(name string) {
	dir := os.Getenv("UNMIXLAB_SCREENSHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Logf("no picture %s: %v", name, err)
	}
}
