package app

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// One comes in by a link that stands on another site's page, sees what the link lets one
// do, leaves, and comes back by others.
func TestBrowserComesInByLinks(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	to := map[string]string{"view": l.Links()[2].Address, "inside": l.Address() + "/models/ideal-spatial"}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<h1>A course</h1>")
		for id, link := range to {
			fmt.Fprintf(w, `<p><a id="%s" href="%s">%[1]s</a></p>`, id, html.EscapeString(link))
		}
	}))
	defer elsewhere.Close()
	course := strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1) // another site to browsers
	b := openBrowser(t, l)
	b.open("/models/ideal-spatial")
	b.text("h1", "This lab asks for a link")
	b.looks("asks", "the page that asks")

	b.arrive("the course", func() { b.do(chromedp.Navigate(course)) })
	b.land("/", func() { b.click("#view") })
	b.text(".role", "Your link is for view")
	b.until("nothing is offered that it may not do", `!document.querySelector("#import, a[href$='/live'], a[href*='runs'], a[href*='lessons/']")`)
	b.looks("view-dashboard", "the models by a link to look")
	b.arrive("the course", func() { b.do(chromedp.Navigate(course)) })
	b.land("/models/ideal-spatial", func() { b.click("#inside") }) // the browser keeps the cookie from other sites
	b.looks("view-model", "a model by a link to look")
	b.open("/models/ideal-spatial/figures/fig3?contexts=4&samples=200")
	b.text("#failure-text", "This takes a link that lets you play models live")
	b.looks("view-figure", "a figure that is not computed")
	b.open("/models/ideal-spatial/live")
	b.text("h1", "Your link is not for this")
	b.looks("view-refused", "a page for others")

	b.arrive("the page that asks", func() { b.click(".role button") })
	b.set("#enter-key", "wrong")
	b.arrive("the page that asks", func() { b.click(".enter-form button") })
	b.text(".notice", "none of this lab's links")
	b.set("#enter-key", l.Links()[1].Address)
	b.land("/", func() { b.click(".enter-form button") })
	b.text(".role", "Your link is for work")
	b.looks("work-dashboard", "the models by a link to work")
	b.open("/models/ideal-spatial/live")
	b.until("the session is connected", `document.querySelector("#connection").dataset.state === "connected"`)
	b.open("/runs")
	b.text("h1", "Your link is not for this")
	b.land("/", func() { b.do(chromedp.Navigate(l.Links()[0].Address)) })
	b.text(".role", "Your link is for lead")
	b.looks("lead-dashboard", "the models by a link to lead")
	b.open("/runs/new")
	b.text("h1", "Train a network")
	if key := l.given.Lead; strings.Contains(b.run(`document.cookie + document.referrer + location.href`), key) {
		t.Error("a script sees the key")
	}
	b.refused()
	b.errors = slices.DeleteFunc(b.errors, func(e string) bool { return strings.Contains(e, course) })
	b.clean("coming in by links")
}

// land is arrive where a page on the way leads on by itself.
func (b *browser) land(path string, leave func()) {
	b.t.Helper()
	leave()
	b.arrived++
	b.wait("arriving at "+path, fmt.Sprintf(`document.readyState === "complete" && location.pathname === %q && location.origin === %q &&
		(window.arrival === undefined || window.arrival === %d) && (window.arrival = %[3]d)`, path, b.at, b.arrived))
}

// looks sees whether a page is whole at both widths, and keeps pictures.
func (b *browser) looks(name, where string) {
	b.t.Helper()
	b.lookAt("links-"+name, where)
	b.size(390, "dark")
	b.fits(where)
	b.until("colours have changed", `document.getAnimations().length === 0`)
	b.picture("links-" + name + "-390")
	b.size(1280, "light")
}
