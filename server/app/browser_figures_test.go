package app

import (
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"testing"

	"unmixlab/server/lab"
	trainedmodels "unmixlab/trained_models"
	"unmixlab/web/figure"
)

// quicker are parameters that make a figure small, where it has them: the pages are
// tested here, not the numbers.
var quicker = map[string]string{"repetitions": "4", "points": "9", "batches": "20", "contexts": "6", "samples": "400"}

// still is how far a page's parts may move while its results come: the sum of its
// layout shifts, as browsers count them.
const still = 0.02

// TestBrowserEveryFigure opens each of them for a shipped model of one variant or another, on a wide
// screen that becomes narrow and the other way round: each panel is drawn, nothing moves
// as it comes, nothing says NaN, the console is silent. One that does not apply to a model
// says why.
func TestBrowserEveryFigure(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	variants := l.oneOfEach()
	seen, explained := map[string]bool{}, 0
	b := openBrowser(t, l)
	for k, e := range figure.Figures {
		var able []lab.ModelInfo
		for _, m := range variants {
			why := e.Applies(m.Spec)
			if why == "" {
				able = append(able, m)
			} else if _, _, page := l.request("GET", fmt.Sprintf("/models/%s/figures/%s", m.ID, e.ID), ""); !strings.Contains(html.UnescapeString(string(page)), why) {
				t.Errorf("%s of %s does not say: %s", e.ID, m.ID, why)
			}
		}
		m, width := able[k%len(able)], []int64{1280, 390}[k%2] // drawn at one width, then made the other
		seen[m.Spec.Model] = true
		b.figure(m.ID, e, width, 1670-width)
		explained += b.explained(e.ID)
	}
	if explained == 0 {
		t.Error("no word of what the figures say is explained")
	}
	if len(seen) < 4 {
		t.Errorf("figures were looked at of %v alone", seen)
	}
}

// oneOfEach are shipped models, one of every variant that is shipped.
func (l *testLab) oneOfEach() (models []lab.ModelInfo) {
	for _, m := range l.lab.Models() {
		if m.Shipped && !slices.ContainsFunc(models, func(other lab.ModelInfo) bool { return other.Spec.Model == m.Spec.Model }) {
			models = append(models, m)
		}
	}
	return models
}

// quickly is the query of a small figure.
func quickly(e figure.Entry) string {
	var query []string
	for _, p := range e.All() {
		if v, ok := quicker[p.Name]; ok {
			query = append(query, p.Name+"="+v)
		}
	}
	return strings.Join(query, "&")
}

// drawn waits until a figure is computed and every panel of it drawn.
func (b *browser) drawn(where string) {
	b.t.Helper()
	b.until(where+" is computed", `document.getElementById("working").hidden && (document.querySelector(".panel") || !document.getElementById("failure").hidden)`)
	if failure := b.run(`document.getElementById("failure").hidden ? "" : document.getElementById("failure-text").textContent`); failure != "" {
		b.t.Errorf("%s: the page says %q", where, failure)
	}
	b.until(where+" is drawn", `[...document.querySelectorAll(".panel .chart")].every((c) => { const k = c.querySelector("canvas"); return k && k.width > 0 && k.height > 0 })`)
}

// figure opens one figure in a window so wide, and then makes that another one.
func (b *browser) figure(model string, e figure.Entry, width, then int64) {
	b.t.Helper()
	where := fmt.Sprintf("%s %s at %d", model, e.ID, width)
	b.size(width, "light")
	b.open(fmt.Sprintf("/models/%s/figures/%s?%s", model, e.ID, quickly(e)))
	b.drawn(where)
	if moved := b.shift(); moved >= still {
		b.t.Errorf("%s: layout shift %.3f, want below %g", where, moved, still)
	}
	if text := b.run(`document.querySelector("main").innerText`); strings.Contains(text, "NaN") {
		b.t.Errorf("%s: the page shows NaN", where)
	}
	for _, width := range []int64{width, then} {
		b.size(width, "light")
		b.fits(where)
		b.picture(fmt.Sprintf("figure-%s-%s-%d", model, e.ID, width))
	}
	b.clean(where)
	b.silent(where)
}

// explained is how many words are explained of what a figure has come to, each once.
func (b *browser) explained(figure string) (n int) {
	b.t.Helper()
	told := b.run(`[...document.querySelectorAll("#verdict a.term, .panel h3 a.term, .panel .see a.term")].map((a) => a.dataset.term).join("\n")`)
	if told == "" {
		return 0
	}
	terms := strings.Split(told, "\n")
	slices.Sort(terms)
	if n = len(slices.Compact(slices.Clone(terms))); n != len(terms) {
		b.t.Errorf("%s explains words twice: %v", figure, terms)
	}
	return n
}

// silent fails the test where the console had warnings since it was asked last.
func (b *browser) silent(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.warnings {
		b.t.Errorf("%s: the console warns: %s", where, w)
	}
	b.warnings = nil
}

// TestBrowserChartsWithoutRoomAreNotDrawn takes charts in two and in three dimensions out
// of the page, as leaving it does, and puts them back: libraries warn when they have to
// draw in no space.
func TestBrowserChartsWithoutRoomAreNotDrawn(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, boot(t, Config{Shipped: trainedmodels.FS}))
	e, _ := figure.Named("fig5")
	b.open("/models/spatial-chords/figures/fig5?" + quickly(e))
	b.drawn("fig5")
	for _, change := range []string{`(window.kept = document.getElementById("panels")).remove()`, `document.getElementById("results").append(window.kept)`} {
		b.run(change)
		b.run(nextFrame + ".then(() => " + nextFrame + ")")
	}
	b.until("charts have their size again", `[...document.querySelectorAll(".panel canvas")].every((k) => k.clientWidth > 0)`)
	b.silent("fig5")
}

// nextFrame is the promise of a page's next frame.
const nextFrame = "new Promise(requestAnimationFrame)"

// shift is the sum of the page's layout shifts so far.
func (b *browser) shift() float64 {
	b.t.Helper()
	moved, err := strconv.ParseFloat(b.run(nextFrame+".then(() => "+nextFrame+`).then(() => new Promise((done) => {
		new PerformanceObserver((list) => done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({ type: "layout-shift", buffered: true });
		setTimeout(() => done(0), 500); // nothing has moved
	}))`), 64)
	if err != nil {
		b.t.Fatal(err)
	}
	return moved
}
