package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	trainedmodels "unmixlab/trained_models"
	"unmixlab/web"
)

// press presses keys one after the other.
func (b *browser) press(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// tabTo presses Tab until the focus is where the selector says, as somebody without a
// mouse would. Controls of the stage's frame count as one place each.
func (b *browser) tabTo(selector string) {
	b.t.Helper()
	for range 600 { // a stage on the way has many controls
		if b.run(fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) == "true" {
			return
		}
		b.press(kb.Tab)
	}
	b.fail("Tab does not lead to " + selector)
}

// shows tells whether an element is there and not hidden.
func shows(selector string) string {
	return fmt.Sprintf(`document.querySelector(%q)?.checkVisibility()`, selector)
}

// drawn tells whether all charts of a step are drawn.
func drawn(step *web.Step) string {
	return fmt.Sprintf(`[...document.querySelectorAll("#step-%d .chart")].filter((c) => c.querySelector("canvas")).length === %d`, step.Index, len(step.Panels))
}

// TestBrowserLessonByKeyboard goes through the first lesson without a mouse: has a word
// explained, predicts wrongly and rightly, sets the stage, writes, comes back to find it
// all, copies the notes and begins anew.
func TestBrowserLessonByKeyboard(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	b := openBrowser(t, l)
	lesson := l.lessonsOf()[0]
	step := lesson.Steps()[0]
	b.open("/")
	b.tabTo("[data-lesson]")
	b.arrive("the first lesson", func() { b.press(kb.Enter) })
	b.text("h1", lesson.Title)

	b.tabTo("a.term")
	b.press(kb.Enter)
	b.text(".term-box:popover-open", "what the network has to find")
	b.accessible("a word explained")
	b.press(kb.Escape)
	b.until("the focus is on the word again", `!document.querySelector(".term-box:popover-open") && document.activeElement.matches("a.term")`)

	b.until("the figure is not given away", fmt.Sprintf(`!(%s) && !(%s)`, shows("#step-0 .whole"), shows("#step-0 .panel")))
	b.tabTo("#step-0 input")
	b.press(" ")
	b.tabTo("#step-0 button")
	b.press(kb.Enter)
	b.text("#step-0 .verdict-words", "Not so; the answer is “"+step.Choices[step.Usual].Text)
	b.until("why the choice is wrong is said, and what is right", shows(`#step-0 .why[data-choice="0"]`)+" && "+shows(fmt.Sprintf(`#step-0 .why[data-choice="%d"]`, step.Usual)))
	b.until("the figure is drawn, and the whole of it linked", drawn(step)+" && "+shows("#step-0 .whole a"))
	b.picture("lesson-wrong")

	b.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
	b.press(kb.ArrowDown)
	b.tabTo("#step-0 button")
	b.press(kb.Enter)
	b.text("#step-0 .verdict-words", "So it is.")
	b.text("#lesson-progress", fmt.Sprintf("1 of %d", len(lesson.Steps())))

	b.tabTo("a.stage-link")
	b.press(kb.Enter)
	b.text(".stage-status", "on the stage")
	b.tabTo("#box-0")
	b.press("It hears it")
	b.arrive("the lesson again", func() { b.do(chromedp.Reload()) })
	b.text("#step-0 .verdict-words", "So it is.")
	b.until("what was written is there", `document.querySelector("#box-0").value === "It hears it"`)
	b.until("the figure is drawn again", drawn(step))

	b.run(`(navigator.clipboard.writeText = (text) => Promise.resolve(window.copied = text)) && true`)
	b.tabTo("#notes-copy")
	b.press(kb.Enter)
	b.text("#notes-status", "Copied")
	copied := b.run(`window.copied`)
	for _, part := range []string{lesson.Title, "I predicted: " + step.Choices[0].Text, "So the answer is: " + step.Choices[step.Usual].Text, "(" + step.Reads + ")", "It hears it", "(not predicted)"} {
		if !strings.Contains(copied, part) {
			t.Errorf("the notes lack %q: %s", part, copied)
		}
	}
	b.open("/")
	b.text(`[data-lesson="`+lesson.Slug+`"]`, "begun")
	b.open("/lessons/" + lesson.Slug + "?fresh")
	b.until("nothing is known any more", `document.querySelector("#box-0").value === "" && !document.querySelector("#step-0 input:checked") && location.search === ""`)
	b.clean("a lesson by keyboard")
}

// TestBrowserEveryLesson predicts the usual answer at every step, and sees it come, in every
// other lesson on a narrow screen and in the dark; the first page counts the lessons that
// are done. Stages wait, as they do where the system asks for reduced motion.
func TestBrowserEveryLesson(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	b := openBrowser(t, l)
	b.motion = "reduce"
	lessons := l.lessonsOf()
	b.open("/lessons/" + lessons[0].Slug)
	for i, lesson := range lessons {
		b.size([]int64{1280, 390}[i%2], []string{"light", "dark"}[i%2])
		for _, step := range lesson.Steps() {
			b.answer(step)
		}
		b.text("#lesson-progress", "this lesson is done")
		b.lookAt("lesson-"+lesson.Slug, lesson.Title)
		b.clean(lesson.Slug)
		if i+1 < len(lessons) {
			b.arrive("the next lesson", func() { b.click(`a[rel="next"]`) })
			b.text("h1", lessons[i+1].Title)
		}
	}
	b.open("/")
	b.text("#lessons-done", fmt.Sprintf("%d of %d done", len(lessons), len(lessons)))
	b.clean("the first page")
}

// answer chooses what is usually right.
func (b *browser) answer(step *web.Step) {
	b.t.Helper()
	at := fmt.Sprintf("#step-%d ", step.Index)
	b.click(fmt.Sprintf(`%sinput[value="%d"]`, at, step.Usual))
	b.click(at + "button[type=submit]")
	b.text(at+".verdict-words", "So it is.")
	b.until(at+"is drawn", drawn(step))
	b.until(at+"says what is to be learned", shows(fmt.Sprintf(`%s.why[data-choice="%d"]`, at, step.Usual)))
}

// TestBrowserLessonSetsItsStage freezes, changes and releases by the links of the text.
func TestBrowserLessonSetsItsStage(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	b := openBrowser(t, l)
	b.open("/lessons/freeze")
	b.run(`document.querySelector("#stage").scrollIntoView() ?? true`)
	const stage = `document.querySelector("#stage iframe").contentDocument`
	b.until("the stage plays", stage+`?.querySelector("h1") && `+stage+`.querySelector("#connection")?.dataset.state === "connected"`)
	link := func(settings string) {
		b.run(fmt.Sprintf(`document.querySelector(%q).focus({preventScroll: true}) ?? true`, `a[data-stage="`+settings+`"]`))
		b.press(kb.Enter)
	}
	until := func(what, script string) {
		b.until(what, fmt.Sprintf(`(() => { const stage = %s; return %s })()`, stage, script))
	}
	link("hold=100")
	until("the stage is frozen and shows where", `stage.querySelector('.meant[aria-pressed="true"]') !== null`)
	b.text(".stage-status", "freeze the feedback")
	link("a=0.2&b=0.8")
	until("it has the context", `Number(new URLSearchParams(stage.location.search).get("a")) === 0.2`)
	until("and is still frozen", `stage.querySelector('[aria-pressed="true"]') !== null`)
	b.picture("lesson-stage")
	link("hold=0")
	until("it is released", `stage.querySelector('.meant[aria-pressed="false"]') !== null`)
	b.clean("the stage of a lesson")
}
