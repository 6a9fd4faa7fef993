package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take for anything.
const patience = 60 * time.Second

// browser is a tab of a headless Chromium that looks at a lab.
type browser struct {
	t       *testing.T
	ctx     context.Context
	lab     *testLab
	at      string // the lab's address, or a proxy's before it
	axe     string // the script of axe-core, or ""
	motion  string // "reduce" for a system that asks for less of it
	arrived int    // documents that this tab has arrived at; the last one bears the number

	mu     sync.Mutex
	errors []string // of the console, and requests to other hosts

	warnings []string // of the console
}

// chromium is the one browser of the package's tests, started by the first that needs
// it. It is nil, with the reason, where there is none.
var chromium struct {
	start sync.Once
	ctx   context.Context
	end   context.CancelFunc
	err   error
}

func startChromium() {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		chromium.err = errors.New("no Chromium is installed: the pages are not tested in a browser")
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true),
		// There is no graphics processor: WebGL is computed, but nothing else goes through it.
		chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true),
		chromedp.Flag("disable-gpu-compositing", true), chromedp.Flag("disable-accelerated-2d-canvas", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	chromium.ctx, chromium.end = ctx, func() {
		if err := chromedp.Cancel(ctx); err != nil {
			fmt.Println("the browser did not end well:", err)
		}
		cancel()
		stop()
	}
	chromium.err = chromedp.Do(ctx)
}

// endChromium ends the browser, if any test has started it.
func endChromium() {
	if chromium.end != nil {
		chromium.end()
	}
}

// missing skips what cannot be tested here, but not on CI.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// openBrowser opens a tab, with cookies and storage of its own.
func openBrowser(t *testing.T, l *testLab) *browser {
	t.Helper()
	return openBrowserAt(t, l, l.Address())
}

// openBrowserAt opens a tab that looks at a lab at another address.
func openBrowserAt(t *testing.T, l *testLab, at string) *browser {
	t.Helper()
	chromium.start.Do(startChromium)
	if chromium.ctx == nil {
		missing(t, chromium.err.Error())
	}
	if chromium.err != nil {
		t.Fatal(chromium.err)
	}
	if l.Assets.Missing != "" {
		missing(t, l.Assets.Missing)
	}
	ctx, cancel := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("the tab did not end well: %v", err)
		}
		cancel()
	})
	b := &browser{t: t, ctx: ctx, lab: l, at: at, axe: axe(t), motion: "no-preference"}
	b.watch()
	b.size(1280, "light")
	return b
}

// watch notes what must not happen: errors in the console.
func (b *browser) watch() {
	b.t.Helper()
	messages := chromedp.Console(b.ctx)
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
			if m.Type == "warning" && !strings.Contains(m.Text, "GL Driver Message") { // of the software renderer
				b.mu.Lock()
				b.warnings = append(b.warnings, fmt.Sprintf("%s (%s:%d)", m.Text, m.URL, m.Line))
				b.mu.Unlock()
			}
		}
	}()
}

// others are the requests of a document to other hosts. The browser is not asked for events
// of each, as it would then tell of every frame of a websocket too.
const others = `performance.getEntriesByType("resource").map((r) => r.name).filter((u) => !u.startsWith(origin + "/") && !/^(data|blob):/.test(u)).join(" ")`

// clean fails the test on anything that watch has noted, and on requests of the page to
// other hosts.
func (b *browser) clean(where string) {
	b.t.Helper()
	if urls := b.run(others); urls != "" {
		b.t.Errorf("%s: requests to other hosts: %s", where, urls)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.errors {
		b.t.Errorf("%s: %s", where, e)
	}
	b.errors = nil
}

// open arrives at an address of the lab.
func (b *browser) open(path string) {
	b.t.Helper()
	b.arrive(path, func() { b.do(chromedp.Navigate(b.at + path)) })
}

// arrive does what leads to another document and waits until that one is there: it is
// not the one of before, its load event has come, which means that its modules have
// run, and it has its heading. Nothing else leads to another document: scripts run in
// the one that was arrived at and fail in any other.
func (b *browser) arrive(where string, leave func()) {
	b.t.Helper()
	leave()
	b.arrived++
	script := fmt.Sprintf(`document.readyState === "complete" && document.querySelector("h1") &&
		(window.arrival === undefined || window.arrival === %d) && (window.arrival = %[1]d)`, b.arrived)
	b.wait("arriving at "+where, script)
}

// elsewhere is the error of a script in a document that was not arrived at.
const elsewhere = "nobody has arrived at this document"

// here is a script that runs in the document arrived at, and in no other.
func (b *browser) here(script string) string {
	return fmt.Sprintf(`window.arrival === %d ? (%s) : (() => { throw new Error(%q) })()`, b.arrived, script, elsewhere)
}

// refused waits for what the console says of a request that the lab was right to refuse,
// and forgets it.
func (b *browser) refused() {
	b.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		b.mu.Lock()
		told := len(b.errors)
		b.errors = slices.DeleteFunc(b.errors, func(e string) bool { return strings.Contains(e, "Failed to load resource") })
		told -= len(b.errors)
		b.mu.Unlock()
		if told > 0 {
			return
		}
	}
	b.fail("the console says nothing of a request that was refused")
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.fail(err.Error())
	}
}

// click presses the mouse on an element once a visitor could: it is enabled, it stands
// still, and nothing lies over it. Where it is comes from a script, as pages that change all the time keep
// the browser's protocol busy with each change that it tells of. Where the page has moved
// it away in between, it is pressed where it is then.
func (b *browser) click(selector string) {
	b.t.Helper()
	ready := fmt.Sprintf(`(() => { const e = document.querySelector(%q); if (!e || e.disabled) return false;
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getBoundingClientRect(), x = r.left + r.width / 2, y = r.top + r.height / 2;
		if (!r.width || !e.contains(document.elementFromPoint(x, y))) return false;
		const before = window.spot; window.spot = [x, y];
		if (String(before) !== String(spot)) return false;
		window.landed = [];
		for (const kind of ["pointerdown", "pointerup"]) addEventListener(kind, (press) => landed.push(e.contains(press.target)), {once: true, capture: true});
		return true })()`, selector)
	for range 10 {
		b.until(selector+" can be clicked", ready)
		var x, y float64
		if _, err := fmt.Sscan(b.run(`window.spot.join(" ")`), &x, &y); err != nil {
			b.fail("nowhere to click: " + err.Error())
		}
		b.do(chromedp.MouseClickXY(x, y))
		// A click may have led to another document, which knows of no press.
		b.wait("the mouse has pressed "+selector, "!window.landed || landed.length === 2")
		if missed, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("landed.includes(false)")); err != nil || !missed {
			return
		}
	}
	b.fail(selector + " moves away from the mouse")
}

// set types a value into a field.
func (b *browser) set(selector, value string) {
	b.t.Helper()
	b.run(fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.value = %q;
		f.dispatchEvent(new Event("input", {bubbles: true})); f.dispatchEvent(new Event("change", {bubbles: true})); return true })()`, selector, value))
}

// run gives what a script, or the promise that it makes, gives, as text.
func (b *browser) run(script string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[any](b.here(script), chromedp.EvalAwaitPromise))
	if err != nil {
		b.fail(script + ": " + err.Error())
	}
	return fmt.Sprint(v)
}

// until waits for a script to give true in the document arrived at.
func (b *browser) until(what, script string) {
	b.t.Helper()
	b.wait(what, b.here(script))
}

// wait waits for a script to give true. One that cannot be run yet is tried again.
func (b *browser) wait(what, script string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	last := ""
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+script+")"))
		cancel()
		if err == nil && ok {
			return
		}
		if err != nil {
			last = ": " + err.Error()
			if strings.Contains(last, elsewhere) {
				break
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.fail("in vain: " + what + last)
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
	return strings.TrimPrefix(location, b.at)
}

// size makes the window so wide, in the light or the dark scheme.
func (b *browser) size(width int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 900))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: b.motion}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.t.Fatal(err)
	}
}

// fits fails the test where something sticks out of the page sideways.
func (b *browser) fits(where string) {
	b.t.Helper()
	b.until(where+" fits its window", `document.documentElement.scrollWidth === document.documentElement.clientWidth`)
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
