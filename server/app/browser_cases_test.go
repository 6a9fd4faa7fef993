package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	trainedmodels "unmixlab/trained_models"
)

// Whatever is long and has no space (a title, a name, an address) stays within the window.
func TestBrowserLongWords(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	run := l.await(l.start(tiny(3)).ID)
	finished(t, run)
	model, err := l.lab.SaveRun(t.Context(), run.ID, strings.Repeat("W", 5000))
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("w", 2000)
	wav, kind := form(t, "file", strings.Repeat("s", 76)+".wav", tone(3))
	if status, _, b := l.request("POST", "/api/sources", wav, "Content-Type", kind); status >= 300 {
		t.Fatalf("the sound gave %d %s", status, b)
	}
	b := openBrowser(t, l)
	b.size(390, "light")
	for _, path := range []string{
		"/", "/models/" + model.ID, "/models/" + model.ID + "/live", "/models/" + model.ID + "/figures/fig1?contexts=2&samples=100",
		"/runs", "/runs/" + run.ID, "/runs/compare?id=" + run.ID, "/runs/new?from=" + model.ID, "/runs/new?preset=quick",
		"/models/" + model.ID + "/figures/fig1?" + long + "=1", "/models/" + model.ID + "/figures/fig1?seed=" + long,
		"/" + long, "/models/" + long, "/runs/new?preset=" + long, "/runs/new?from=" + long,
		"/lessons/mixtures", // at the end one that is not refused, which comes after all that is said of the others
	} {
		b.open(path)
		b.run(`document.querySelectorAll("details").forEach((d) => { d.open = true }) ?? true`)
		b.fits(path[:min(60, len(path))])
	}
	b.refused()
	b.clean("long words")
	status, _, answer := l.request("POST", "/runs/"+run.ID, "action=save&title="+long, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
	if status != 422 || !strings.Contains(string(answer), "at most 80") {
		t.Errorf("a title of %d letters was answered with %d", len(long), status)
	}
}

// Where the browser lets the lab keep nothing, its pages work: those that tell of ends and
// themes, and lessons, which say so and compute in other contexts too.
func TestBrowserWithoutSiteData(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	run := l.await(l.start(tiny(3)).ID)
	b := openBrowser(t, l)
	blocked := `for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
		Object.defineProperty(window, name, { get() { throw new DOMException("site data are blocked", "SecurityError") } })`
	if _, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: blocked}); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"/", "/runs/" + run.ID} {
		b.open(address)
		b.switchTheme()
		b.clean(address)
	}
	b.open("/lessons/cocktail?seed=9")
	b.until("site data are blocked", `(() => { try { localStorage; return false } catch { return true } })()`)
	b.until("it says so", shows("#not-kept"))
	b.text("main", "The lesson’s own contexts")
	b.answer(l.lessonsOf()[0].Steps()[0])
	b.text("#lesson-progress", "1 of 3")
	b.until("the whole figure is of these contexts", `document.querySelector("#step-0 .whole a").search === "?seed=9"`)
	b.clean("a lesson without site data")
}

// A browser that finds every place taken says so, and gets the next that is free; one
// that asks for what is gone says that, and asks no more.
func TestBrowserWaitsForAPlace(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Live: 1})
	run := l.await(l.start(tiny(2)).ID)
	first := l.dial("/api/live?model=ideal-spatial")
	first.untilKind("hello")
	b := openBrowser(t, l)
	b.open("/models/ideal-spatial/live")
	b.text("#connection-text", "1 live sessions are open, as many as there can be")
	b.text("#connection-text", "Trying again in")
	b.size(390, "light")
	b.fits("a live page without a place")
	b.picture("live-refused")
	b.size(1280, "light")
	b.until("it can be asked for", `!document.querySelector("#reconnect").hidden`)
	first.leave()
	b.click("#reconnect")
	b.until("the session is connected", `document.querySelector("#connection").dataset.state === "connected"`)

	b.open("/runs/" + run.ID)
	b.until("the stream is connected", `document.querySelector("#connection").dataset.state === "connected"`)
	l.ask("DELETE", "/api/runs/"+run.ID, "", http.StatusNoContent, nil)
	b.run(`dispatchEvent(new PageTransitionEvent("pagehide")) && dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))`)
	b.text("#connection-text", "there is nothing of this id")
	b.until("it is not tried again", `document.querySelector("#connection").dataset.state === "refused"`)
	b.clean("waiting for a place")
}

// A visitor who freezes feedback, looks at another page and comes back finds it frozen,
// and is told that the session is another one.
func TestBrowserComesBackToTheScene(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	b := openBrowser(t, l)
	b.open("/models/ideal-spatial/live")
	b.until("it plays", `document.querySelector("#play").textContent.trim() === "Pause"`)
	b.click("#freeze")
	b.until("the address holds the freeze", `new URLSearchParams(location.search).get("hold") === "100"`)
	scene := b.address()
	b.arrive("the runs", func() { b.do(chromedp.Navigate(b.at + "/runs")) })
	b.arrive("the scene", func() {
		b.run(`history.back() ?? true`)
		b.arrived -= 2 // a page from the browser's cache is the one that was left
	})
	b.until("feedback is frozen", `document.querySelector("#freeze").getAttribute("aria-pressed") === "true"`)
	b.text("#live-status", "new session began")
	if b.address() != scene {
		t.Errorf("the scene was %s and became %s", scene, b.address())
	}
	b.picture("come-back")
	b.clean("coming back")
}

// A name of the lab's that it does not know is answered with a page that has its style
// and says what to do.
func TestBrowserUnknownHost(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	b := openBrowserAt(t, l, proxy{Host: "lab.example.org"}.before(l, ""))
	b.open("/models/ideal-spatial/live")
	b.text("main", "lab.example.org")
	b.text("main", "--origin")
	b.until("the page has its style", `getComputedStyle(document.querySelector("main .button")).borderRadius === "8px"`)
	b.until("it says where the lab is", fmt.Sprintf(`document.querySelector("main .button").href === %q`, l.Address()+"/"))
	b.accessible("an unknown host")
	b.picture("unknown-host")
	b.refused()
	b.clean("an unknown host")
}
