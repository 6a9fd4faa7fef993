package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// stage opens a model's stage and waits until samples have come.
func (b *browser) stage(path string) {
	b.t.Helper()
	b.open(path)
	b.until("the session is connected", `document.querySelector("#connection").dataset.state === "connected"`)
}

// The sample of now, as the timeline says it, and one that has to come.
const sampleNow = `Number(document.querySelector("#timeline").ariaValueNow)`

func (b *browser) reaches(sample int) {
	b.t.Helper()
	b.until(fmt.Sprintf("sample %d comes", sample), fmt.Sprintf("%s > %d", sampleNow, sample))
}

// draws waits until a canvas is drawn. Only what is on the screen is.
func (b *browser) draws(canvas string) {
	b.t.Helper()
	b.run(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center", behavior: "instant"}) ?? true`, canvas))
	b.until(canvas+" is drawn", painted(canvas))
}

// key presses one on what has the focus.
func (b *browser) key(key string, more string) {
	b.t.Helper()
	b.run(fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: %q, bubbles: true, cancelable: true, %s})) || true`, key, more))
}

// drag moves the pointer over the square from one place to another, in shares of its side.
func (b *browser) drag(fromX, fromY, toX, toY float64) {
	b.t.Helper()
	b.run(fmt.Sprintf(`(() => { const s = document.querySelector("#square"), r = s.getBoundingClientRect();
		const at = (type, x, y) => s.dispatchEvent(new PointerEvent(type,
			{clientX: r.left + x * r.width, clientY: r.top + y * r.height, pointerId: 1, bubbles: true}));
		s.setPointerCapture = () => {}; at("pointerdown", %g, %g); at("pointermove", %g, %g); at("pointerup", %[3]g, %[4]g);
		return true })()`, fromX, fromY, toX, toY))
}

const (
	frozen   = `document.querySelector("#freeze").getAttribute("aria-pressed") === "true"`
	playing  = `document.querySelector("#play").textContent === "Pause"`
	contextA = `document.querySelector("#context-a").value`
	settledE = `parseFloat(document.querySelector('[data-meter="settled"] td').textContent)`
)

func playLive(b *browser, id string) {
	b.t.Helper()
	b.stage("/models/" + id + "/live")
	b.until("it plays by itself", playing)
	b.reaches(300)
	for _, panel := range []string{"weights", "matrices", "account"} {
		b.click(fmt.Sprintf(`[data-panel=%q]`, panel))
	}
	for _, canvas := range []string{"#traces", "#timeline", "#weights", "#square"} {
		b.draws(canvas)
	}
	before := b.run(`document.querySelector("#matrix-a").textContent`)
	b.drag(0.3, 0.2, 0.25, 0.15)
	b.until("a drag changes the context", fmt.Sprintf(`document.querySelector("#matrix-a").textContent !== %q`, before))
	a := b.run(contextA)
	b.run(`document.querySelector("#square").focus() ?? true`)
	b.key("ArrowRight", "")
	b.until("an arrow key moves it", fmt.Sprintf(`%s !== %q`, contextA, a))
	b.click("#freeze")
	b.until("feedback freezes", frozen)
	b.click("#next")
	b.picture("live")
	b.click("#freeze")
	b.until("and is released", "!("+frozen+")")
	b.text("#view-account", "Feedback released, at sample")
	b.accessible("the stage with panels")
	b.click("#play")
	b.until("it pauses", "!("+playing+")")
}

// A visitor sees a population and its plane, silences a feedback signal, and hears it.
func TestBrowserPlaysAPopulation(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, boot(t, Config{}))
	b.stage("/models/ideal-spatial/live?panels=feedback,modulation")
	for _, canvas := range []string{"#space", "#readout", "#heat", "#signals"} {
		b.draws(canvas)
	}
	b.reaches(500)
	// The population's first component comes once the lab has computed it: of the changes
	// after that two planes are known.
	b.until("two planes have an angle", `(() => { const next = document.querySelector("#next"), now = `+sampleNow+`;
		if (!(now < window.changed + 600)) { window.changed = now; next.click() }
		return /\d°/.test(document.querySelector('[data-meter="apart"] td').textContent) })()`)
	second := `#silence .signal:nth-child(2) button`
	b.click(second)
	silent := fmt.Sprintf(`document.querySelector(%q)?.getAttribute("aria-pressed") === `, second)
	b.until("signal 2 is silent", silent+`"true"`)
	b.until("the address says so", `location.search.includes("silent=2") && location.search.includes("a=0.")`)
	a := b.run(contextA)
	b.arrive("the same page again", func() { b.do(chromedp.Reload()) })
	b.until("a reloaded page has the same context and silence", fmt.Sprintf(`%s"true" && %s === %q`, silent, contextA, a))
	b.key("2", "")
	b.until("a key lets it go", silent+`"false"`)
	b.run(`(() => { const start = AudioBufferSourceNode.prototype.start; window.heard = 0;
		AudioBufferSourceNode.prototype.start = function (at) { window.heard += this.buffer.duration; return start.call(this, at) }; return true })()`)
	b.set("#hear", "y1")
	b.until("an output is heard at its own speed", `window.heard > 0.2 && document.querySelector("#speed-value").textContent.startsWith("8,000")`)
	b.key("c", "")
	b.until("a key compares it with its mixture", `document.querySelector("#hear").value === "x1"`)
	b.set("#hear", "")
	b.until("the speed is again what it was", `document.querySelector("#speed-value").textContent.startsWith("1,000")`)
	b.pointsByKeys()
	b.accessible("the population, live")
	b.picture("live-population")
	b.clean("the population, live")
}

// By keys alone a visitor freezes feedback, changes the context and releases it: the error
// rises and falls, and each thing done is undone by Ctrl+Z.
func TestBrowserFreezeChangeRelease(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, boot(t, Config{}))
	b.stage("/models/ideal-spatial/live?a=0.85&b=0.25&speed=2000")
	b.reaches(600)
	b.run(`document.querySelector("#next").focus() ?? true`)
	b.key("f", "")
	b.until("F freezes, whatever has the focus", frozen)
	b.key("b", "")
	b.until("B goes to the other kept context", contextA+` === "0.25"`)
	b.until("the error has risen", settledE+` > 0.3`)
	b.text("#live-log", "the outputs do not follow the sources")
	b.key("f", "")
	b.until("F releases", "!("+frozen+")")
	b.until("the error has fallen", settledE+` < 0.1`)
	b.key("z", "ctrlKey: true")
	b.until("the release is undone", frozen)
	b.key("z", "ctrlKey: true")
	b.until("the context is undone", contextA+` === "0.85"`)
	b.key("z", "ctrlKey: true, shiftKey: true")
	b.until("and done again", contextA+` === "0.25"`)
	b.key(" ", "")
	b.until("Space pauses and does not press the button", "!("+playing+") && "+contextA+` === "0.25"`)
	b.drawsPaths()
	b.clean("freeze, change, release")
}

// Hold keeps the window round the last change while samples go on; the timeline leads back.
func TestBrowserHoldsAndScrubs(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, boot(t, Config{}))
	b.stage("/models/ideal-spatial/live?a=0.85&b=0.25&speed=4000&span=500")
	b.reaches(1000)
	b.click("#kept-b")
	b.until("the change is there", contextA+` === "0.25"`)
	picture := func() string {
		return b.run(`document.querySelector("#traces").toDataURL().length + document.querySelector("#traces").toDataURL().slice(-4000)`)
	}
	now := func() (n int) {
		fmt.Sscan(b.run(sampleNow), &n)
		return n
	}
	b.reaches(now() + 1500)
	held, at := picture(), now()
	b.reaches(at + 1000)
	if picture() != held {
		t.Error("the window of Hold does not stand still")
	}
	b.run(`document.querySelector("#traces").focus() ?? true`)
	b.key("ArrowDown", "")
	b.key("ArrowLeft", "shiftKey: true")
	b.text("#live-log", "samples after the change")
	b.until("keys point at a sample and a row, and nothing pauses", `/^s1 .* · y1 .* samples after the change$/.test(document.querySelector(".stage-main .pointer-tip").textContent) && `+playing)
	b.click("#follow-mode")
	b.reaches(now() + 500)
	if picture() == held {
		t.Error("Follow shows what Hold did")
	}
	b.run(`document.querySelector("#timeline").focus() ?? true`)
	at = now()
	b.key("PageUp", "")
	b.until("scrubbing pauses, and the time of now is that of the change", fmt.Sprintf(`!(%s) && %s < %d - 1000`, playing, sampleNow, at))
	b.click("#now")
	b.until("and one comes back to now", fmt.Sprintf(`%s >= %d`, sampleNow, at))
	b.clean("hold and scrub")
}

// A link opens the same scene in another tab.
func TestBrowserLinkHoldsTheScene(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	b := openBrowser(t, l)
	b.stage("/models/ideal-spatial/live")
	b.reaches(100)
	b.click("#kept-b")
	b.click("#freeze")
	b.click("#follow-mode")
	b.click(`[data-panel="weights"]`)
	b.click("#play")
	b.until("the address holds it", `["b=0.8", "hold=100", "mode=follow", "panels=weights", "play=0"].every((part) => location.search.includes(part))`)
	link := b.address()
	other := openBrowser(t, l)
	other.stage(link)
	other.until("the scene is the same", frozen+" && !("+playing+") && "+contextA+` === "0.25"
		&& document.querySelector("#follow-mode").ariaPressed === "true" && document.querySelector("#view-weights") !== null`)
	other.until("and so is its address", fmt.Sprintf(`location.search === %q`, link[strings.Index(link, "?"):]))
	other.clean("the link")
	other.stage("/models/ideal-spatial/live?a=0.5&b=0.51")
	other.text("#live-log", "must differ by at least 0.05")
}

// The twin without feedback plays on beside the network: after a change of context its
// error stays, the network's falls; a reload brings both back.
func TestBrowserTwin(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, boot(t, Config{}))
	const twinE = `parseFloat(document.querySelector('[data-meter="settled"] td.of-twin').textContent)`
	b.stage("/models/ideal-spatial/live?a=0.85&b=0.25&speed=2000")
	b.reaches(1000)
	b.set("#twin", "frozen")
	b.text("#traces-legend", "twin: without feedback")
	b.click("#kept-b")
	b.until("the twin fails where the network does not", twinE+" > 0.3 && "+settledE+" < 0.1")
	b.text("#live-log", "The twin's error is")
	b.accessible("the twin")
	b.picture("stage-twin")
	b.takesSVG()
	b.until("the address has both", `location.search.includes("twin=frozen") && location.search.includes("froze=0.85,0.25")`)
	b.arrive("the same page again", func() { b.do(chromedp.Reload()) })
	b.until("a reloaded page has the same twin", twinE+" > 0.3 && "+settledE+" < 0.1")
	b.clean("the twin")
}

// What a screen reader hears of "Freeze, change, release" is an account of the experiment:
// what is done, what came of it, and what it means.
func TestBrowserTellsTheExperiment(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, boot(t, Config{}))
	b.stage("/models/ideal-spatial/live?scene=freeze")
	b.run(`(() => { const log = document.querySelector("#live-log"), words = (list) => [...list].map((p) => p.textContent);
		window.heard = words(log.children);
		new MutationObserver((changes) => { for (const c of changes) window.heard.push(...words(c.addedNodes)) }).observe(log, {childList: true}); return true })()`)
	b.set("#speed", "6")
	b.until("the scene is told to its end", `window.heard.some((s) => s.startsWith("Without feedback"))`)
	told := b.run(`window.heard.join("\n")`)
	rest := told
	for _, sentence := range []string{
		"Scene: Freeze, change, release.", "The outputs lie on their sources",
		"Feedback is frozen.", "Feedback frozen, at sample", "with feedback frozen: the outputs follow the sources.",
		"The context changes while feedback is frozen", "The error has risen to", "with feedback frozen: the outputs do not follow the sources.",
		"Feedback is released", "Feedback released, at sample", "The error has fallen to", ": the outputs follow the sources.",
		"Without feedback the readout knows one context only.",
	} {
		_, after, ok := strings.Cut(rest, sentence)
		if !ok {
			t.Fatalf("%q is missing, or not where it belongs, in what is told:\n%s", sentence, told)
		}
		rest = after
	}
	t.Log(told)
}

// A scene plays by itself and ends as soon as somebody does something.
func TestBrowserScenePlaysAndIsTakenOver(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, boot(t, Config{}))
	b.stage("/models/ideal-spatial/live?scene=freeze")
	b.until("its first sentence is said", `document.querySelector("#live-log").textContent.includes("Scene: Freeze, change, release")`)
	b.set("#speed", fmt.Sprint(8))
	b.until("it freezes feedback", frozen)
	b.text("#live-log", "Feedback is released, and undoes the context.")
	b.until("it has ended", `document.querySelector('[data-scene="freeze"]').ariaPressed === "false"`)
	b.click(`[data-scene="two-contexts"]`)
	b.until("another one plays", `document.querySelector('[data-scene="two-contexts"]').ariaPressed === "true"`)
	b.click("#kept-b")
	b.text("#live-log", "You have taken over")
	b.clean("scenes")
}

// At the sizes of lecture rooms everything stands on one screen; nothing moves as samples come.
func TestBrowserStageFitsOneScreen(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, boot(t, Config{}))
	for _, size := range [][2]int64{{1280, 800}, {1366, 768}, {1920, 1080}} {
		b.do(chromedp.EmulateViewport(size[0], size[1]))
		b.stage("/models/ideal-spatial/live")
		b.reaches(200)
		for _, part := range []string{"#square", "#play", "#freeze", "#traces", "#space", "#readout", "#meters", "#timeline", "#hear"} {
			b.until(fmt.Sprintf("%s is on a screen of %d by %d", part, size[0], size[1]), fmt.Sprintf(`(() => {
				const r = document.querySelector(%q).getBoundingClientRect();
				return r.width > 20 && r.height > 10 && r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight })()`, part))
		}
		b.until("nothing is told of where nobody points", `document.querySelector(".pointer-tip") && !document.querySelector(".pointer-tip:not([hidden])")`)
		b.picture(fmt.Sprintf("stage-%d", size[0]))
	}
	if shift := b.run(`new Promise((done) => new PerformanceObserver((list, observer) => {
			observer.disconnect(); done(list.getEntries().reduce((sum, e) => sum + e.value, 0)) })
		.observe({type: "layout-shift", buffered: true}) ?? setTimeout(() => done(0), 500))`); shift != "0" && !strings.HasPrefix(shift, "0.00") {
		t.Errorf("the page shifts by %s as it comes", shift)
	}
	b.do(chromedp.EmulateViewport(390, 844))
	b.until("square and traces are on one narrow screen",
		`["#square", "#traces"].every((part) => document.querySelector(part).getBoundingClientRect().bottom <= innerHeight)`)
}
