package app

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeFile is axe-core, which `make check` installs.
const axeFile = "../../static/node_modules/axe-core/axe.min.js"

// axe is the script that looks for what keeps people out, or "" where it is missing.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(axeFile)
	if err == nil {
		return string(script)
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("axe-core is missing (%v): run make check first", err)
	}
	t.Log("axe-core is missing, so the pages' accessibility is not tested: make check installs it")
	return ""
}

// findings are what axe has found wrong, serious or critical, one a line: which rule,
// what it means, and the first elements that break it.
const findings = `axe.run(document, {resultTypes: ["violations"], rules: {"label-content-name-mismatch": {enabled: true}}})
	.then((r) => r.violations
	.filter((v) => v.impact === "serious" || v.impact === "critical")
	.map((v) => v.id + " (" + v.impact + ", " + v.nodes.length + "): " + v.help + v.nodes.slice(0, 3)
		.map((n) => "\n\t" + n.html.slice(0, 200) + "\n\t  " + n.any.concat(n.all, n.none).map((c) => c.message).join("; ")).join(""))
	.join("\n"))`

// accessible fails the test on what axe finds on the page as it is now. The script comes
// by the browser's own protocol, as the page's policy lets no other one in.
func (b *browser) accessible(where string) {
	b.t.Helper()
	b.until("colours have changed", `document.getAnimations().length === 0`)
	if b.axe == "" {
		return
	}
	if b.run(`typeof axe`) == "undefined" {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		defer cancel()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](b.axe+";0")); err != nil {
			b.fail("axe: " + err.Error())
		}
	}
	if found := b.run(findings); found != "" {
		b.t.Errorf("%s: %s", where, found)
	}
}

// switchTheme presses the page's own switch and sees it change the colours.
func (b *browser) switchTheme() {
	b.t.Helper()
	paper := `getComputedStyle(document.body).backgroundColor`
	before := b.run(paper)
	b.click("#theme")
	b.until("the switch changes the colours", fmt.Sprintf(`%s !== %q`, paper, before))
}

// lookAt sees that a page as it is now fits its window and keeps nobody out.
func (b *browser) lookAt(picture, where string) {
	b.t.Helper()
	b.fits(where)
	b.accessible(where)
	b.picture(picture)
}
