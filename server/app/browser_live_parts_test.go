package app

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// What the tests of the stage do on a visit besides: each of these is part of one.

// pointsByKeys points at values in map, traces and plane of the stage by the arrow keys,
// which say them, and at a time of its strip; Enter shows the history of a unit.
func (b *browser) pointsByKeys() {
	b.t.Helper()
	b.click("#follow-mode") // the window that Hold keeps may be one of which few samples came
	for _, at := range []struct{ canvas, told string }{
		{"#signals", `^1: \S+ · 2: .*, sample [\d,]+$`}, {"#readout", `^y1 \S+ · y2 \S+ · s1 \S+ · s2 \S+, sample [\d,]+$`},
		{"#heat", `^unit \d+: \S+, sample [\d,]+$`}, {"#timeline", `sample [\d,]+`}, // which goes back in time, to where a busy browser may have no samples
	} {
		b.run(fmt.Sprintf(`document.querySelector(%q).focus() ?? true`, at.canvas))
		b.draws(at.canvas)
		b.key("End", "") // from where ArrowLeft comes to the last samples that are there
		b.until("a key points in "+at.canvas, fmt.Sprintf(`(() => { document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowLeft", bubbles: true, cancelable: true}));
			const tip = document.activeElement.parentElement.querySelector(":scope > .pointer-tip:not([hidden])")?.textContent;
			return /%s/.test(tip) && document.querySelector("#live-log").lastElementChild.textContent === tip })()`, at.told))
	}
	b.until("the mouse points in space", `(() => { const c = document.querySelector("#space"), r = c.getBoundingClientRect();
		for (let x = 0; x < r.width; x += 6) for (let y = 0; y < r.height; y += 6) {
			c.dispatchEvent(new PointerEvent("pointermove", {clientX: r.left + x, clientY: r.top + y, bubbles: true}));
			if (/^PC1 \S+ · y1 .*, sample [\d,]+$/.test(c.parentElement.querySelector(".pointer-tip:not([hidden])")?.textContent)) return true;
		}
		return false })()`)
	b.run(`document.querySelector("#heat").focus() ?? true`)
	b.key("Enter", "")
	b.until("Enter shows the unit's history", `document.querySelector("#view-units") !== null`)
}

// drawsPaths draws a path of contexts on a stage that stands at (0.25, 0.8): the context goes along it,
// what was done is undone, and so are other sources.
func (b *browser) drawsPaths() {
	b.t.Helper()
	b.click("#path")
	b.until("the box of paths is open", `document.querySelector("#path-draw").checkVisibility()`)
	b.picture("stage-path")
	b.accessible("the box of paths")
	b.click("#path-draw")
	b.drag(0.3, 0.1, 0.3, 0.4)
	b.until("a path is drawn and in the address", `/path=0\.\d+:0\.\d+,/.test(location.search) && location.search.includes("drift=")`)
	b.picture("stage-path-drawn")
	b.key(" ", "")
	drawn := b.run(`new URLSearchParams(location.search).get("path").split(",").at(-1).split(":").map((v) => Number(v).toFixed(2)).join(" ")`)
	b.until("the context comes to its end", contextA+` + " " + document.querySelector("#context-b").value === `+fmt.Sprintf("%q", drawn))
	b.key("b", "")
	b.until("another context", contextA+` === "0.25"`)
	b.key("p", "")
	b.text("#live-log", "The path has ")
	for range 3 { // the context added to the path, the other context, the way along the path
		b.key("z", "ctrlKey: true")
	}
	b.until("the way is undone, and leads from where it began", contextA+` === "0.25" && !location.search.includes("drift=")`)
	b.key("z", "ctrlKey: true")
	b.until("the path is gone", `!location.search.includes("path=")`)
	b.click(`[data-panel="experiment"]`)
	b.set("#sources", "sines")
	b.until("other sources play", `location.search.includes("sources=sines")`)
	b.run(`document.querySelector("#next").focus() ?? true`)
	b.key("z", "ctrlKey: true")
	b.until("the first ones play again in the same context", `!location.search.includes("sources=") && `+contextA+` === "0.25"`)
}

// takesSVG takes a picture of the stage, which is one document with all parts and words.
func (b *browser) takesSVG() {
	b.t.Helper()
	svg := b.run(`(() => { const made = new Promise((done) => { URL.createObjectURL = (blob) => { blob.text().then(done); return "#" } });
		document.querySelector("#take-svg").click(); return made })()`)
	words := ""
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			b.t.Fatalf("the SVG is no document: %v", err)
		}
		if text, ok := token.(xml.CharData); ok {
			words += string(text)
		}
	}
	for _, word := range []string{"‖s−y‖", "PC1", "y2", "a: source 1 in stimulus 1", "0 samples", "clarity of outputs", "twin: without feedback", "source 2"} {
		if !strings.Contains(words, word) {
			b.t.Errorf("the SVG has no %q", word)
		}
	}
	if lines := strings.Count(svg, "stroke-width"); lines < 30 {
		b.t.Errorf("the SVG has %d lines", lines)
	}
	if dir := os.Getenv("UNMIXLAB_SCREENSHOTS"); dir != "" {
		os.WriteFile(filepath.Join(dir, "stage.svg"), []byte(svg), 0o644)
	}
}
