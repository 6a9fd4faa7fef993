package app

import (
	"fmt"
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

// figure opens one figure and looks at its panels.
func (b *browser) figure(model string, e figure.Entry) {
	b.t.Helper()
	var query []string
	for _, p := range e.All() {
		if v, ok := quicker[p.Name]; ok {
			query = append(query, p.Name+"="+v)
		}
	}
	where := model + " " + e.ID
	b.size(1280, "light")
	b.open(fmt.Sprintf("/models/%s/figures/%s?%s", model, e.ID, strings.Join(query, "&")))
	b.until(where+" is computed", `document.getElementById("working").hidden && (document.querySelector(".panel") || !document.getElementById("failure").hidden)`)
	if failure := b.run(`document.getElementById("failure").hidden ? "" : document.getElementById("failure-text").textContent`); failure != "" {
		b.t.Errorf("%s: the page says %q", where, failure)
	}
	b.until(where+" is drawn", `[...document.querySelectorAll(".panel .chart")].every((c) => { const k = c.querySelector("canvas"); return k && k.width > 0 && k.height > 0 })`)
	if text := b.run(`document.querySelector("main").innerText`); strings.Contains(text, "NaN") {
		b.t.Errorf("%s: the page shows NaN", where)
	}
	b.picture("figure-" + model + "-" + e.ID)
	b.size(390, "light")
	b.fits(where)
	b.picture("figure-" + model + "-" + e.ID + "-390")
	b.clean(where)
}
