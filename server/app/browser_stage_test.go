package app

import (
	"strings"
	"testing"
)

// A presenter shares the stage; one who follows sees the context, what is frozen, how far
// back the presenter has gone and where they point, goes on in an own copy, comes back,
// and is told when it is over.
func TestBrowserAClassFollows(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	b := openBrowser(t, l)
	b.stage("/models/ideal-spatial/live?a=0.85&b=0.25&speed=2000&panels=weights")
	b.reaches(1000)
	b.click("#share")
	b.until("the code of the address is there", `document.querySelector("#share-box").open && document.querySelector("#share-code").naturalWidth > 0`)
	b.accessible("the stage as it is shared")
	b.picture("share")
	link := b.run(`document.querySelector("#share-link").value`)
	b.click("#share-close")

	viewer := openBrowser(t, l)
	viewer.stage(strings.TrimPrefix(link, l.Address()))
	viewer.text("h1", "You follow")
	b.until("the presenter sees that one follows", `document.querySelector("#share").textContent === "Shared, 1"`)
	viewer.reaches(1500)
	viewer.draws("#traces")
	viewer.until("the presenter's panel is open", `document.querySelector("#view-weights") !== null`)
	b.click("#kept-b")
	b.click("#freeze")
	viewer.text("#followed-state", "Context 0.25, 0.80. Feedback frozen, 100 %.")
	viewer.until("a mark stands at the presenter's sample", `document.querySelector("#live-status").textContent !== ""`)
	b.run(`document.querySelector("#timeline").focus() ?? true`)
	b.key("PageUp", "")
	b.until("the presenter goes back", "!("+playing+")")
	back := b.run(sampleNow)
	viewer.until("the viewer sees the same past", sampleNow+" === "+back)
	b.run(`(() => { const c = document.querySelector("#traces"), r = c.getBoundingClientRect();
		c.dispatchEvent(new PointerEvent("pointermove", {clientX: r.left + r.width / 2, clientY: r.top + r.height / 4, bubbles: true})); return true })()`)
	viewer.until("and where the presenter points", `(() => { const dot = document.querySelector(".presenter-dot").getBoundingClientRect();
		const r = document.querySelector("#traces").getBoundingClientRect();
		return Math.abs(dot.x + dot.width / 2 - r.x - r.width / 2) < 3 && Math.abs(dot.y + dot.height / 2 - r.y - r.height / 4) < 3 })()`)
	viewer.accessible("a stage that is followed")
	viewer.picture("followed")
	viewer.size(390, "dark")
	viewer.fits("a stage that is followed")
	viewer.picture("followed-390")
	viewer.size(1280, "light")

	viewer.until("a copy would have the scene", `document.querySelector("#own").search.includes("b=0.8") && document.querySelector("#own").search.includes("hold=100")`)
	viewer.arrive("the own copy", func() { viewer.click("#own") })
	viewer.until("it is the scene", frozen+" && "+contextA+` === "0.25"`)
	viewer.arrive("the class again", func() { viewer.click("#back") })
	viewer.text("#followed-state", "Feedback frozen, 100 %.")
	b.click("#share")
	b.click("#unshare")
	viewer.text("#over", "does not share this stage any longer")
	b.until("nothing is shared any more", `document.querySelector("#share").textContent === "Share" && !document.querySelector("#share-box").open`)
	b.clean("the presenter")
	viewer.clean("the viewer")
}
