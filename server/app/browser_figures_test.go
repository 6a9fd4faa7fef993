package app

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"unmixlab/sim/modelfile"
	trainedmodels "unmixlab/trained_models"
	"unmixlab/web/figure"
)

// quicker are parameters that make a figure small, where it has them: the pages are
// tested here, not the numbers.
var quicker = map[string]string{"repetitions": "4", "points": "9", "batches": "20", "contexts": "6", "samples": "400"}

// TestBrowserEveryFigureOfEveryShippedModel opens them all: each panel is drawn,
// nothing says NaN, the console is silent, a narrow screen holds them. One that does
// not apply to a model says why.
func TestBrowserEveryFigureOfEveryShippedModel(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	shipped := 0
	for _, m := range l.lab.Models() {
		if !m.Shipped {
			continue
		}
		shipped++
		t.Run(m.ID, func(t *testing.T) {
			t.Parallel()
			b := openBrowser(t, l)
			for _, e := range figure.Figures {
				if why := e.Applies(m.Spec); why != "" {
					b.open(fmt.Sprintf("/models/%s/figures/%s", m.ID, e.ID))
					b.text(".notice", why)
				} else {
					b.figure(m.ID, e)
				}
			}
		})
	}
	if shipped < 2 {
		t.Errorf("%d shipped models: want the trained ones and %s", shipped, modelfile.IdealID)
	}
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

// figure opens one figure and looks at its panels.
func (b *browser) figure(model string, e figure.Entry) {
	b.t.Helper()
	where := model + " " + e.ID
	b.size(1280, "light")
	b.open(fmt.Sprintf("/models/%s/figures/%s?%s", model, e.ID, quickly(e)))
	b.drawn(where)
	if text := b.run(`document.querySelector("main").innerText`); strings.Contains(text, "NaN") {
		b.t.Errorf("%s: the page shows NaN", where)
	}
	b.picture("figure-" + model + "-" + e.ID)
	b.size(390, "light")
	b.fits(where)
	b.picture("figure-" + model + "-" + e.ID + "-390")
	b.clean(where)
	b.silent(where)
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

// still is how far a page's parts may move while its results come: the sum of its
// layout shifts, as browsers count them.
const still = 0.02

// TestBrowserFiguresComeWithoutAJump opens figures on a wide and on a narrow screen, and
// adds up what moves from the first paint until everything is drawn.
func TestBrowserFiguresComeWithoutAJump(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	b := openBrowser(t, l)
	for _, width := range []int64{1280, 390} {
		for _, of := range []struct{ model, figures string }{
			{"modulation-chords", "fig1 fig1-s1 fig1-s2 fig1-s6 fig2"}, {"spatial-chords", "fig3 fig4 fig5 fig7"}, {"dale-chords", "fig1 fig6 fig7"},
		} {
			for _, id := range strings.Fields(of.figures) {
				e, _ := figure.Named(id)
				where := fmt.Sprintf("%s %s at %d", of.model, id, width)
				b.size(width, "light")
				b.open(fmt.Sprintf("/models/%s/figures/%s?%s", of.model, id, quickly(e)))
				b.drawn(where)
				if moved := b.shift(); moved >= still {
					t.Errorf("%s: layout shift %.3f, want below %g", where, moved, still)
				}
				b.silent(where)
			}
		}
	}
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
