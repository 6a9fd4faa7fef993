package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"unmixlab/server/job"
	"unmixlab/server/lab"
	trainedmodels "unmixlab/trained_models"
	"unmixlab/web"
)

// A visitor trains a network, saves it, opens its figure and plays it.
func TestBrowserFromFormToFigure(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Yield: 90}).calm()
	b := openBrowser(t, l)
	startFromForm(b)
	watchItLearn(b)
	controlIt(b)
	id := saveIt(b)
	openFigure(b, id)
	playLive(b, id)
	importAndDelete(b, id)
	b.clean("from form to figure")
}

// startFromForm starts a small run that would take long, after a wrong try.
func startFromForm(b *browser) {
	b.t.Helper()
	b.open("/runs/new?preset=quick")
	b.until("the preset's cells stand in the form", `document.querySelector("#field-hidden").value === "32"`)
	b.set("#field-hidden", "0")
	b.text("#error-hidden", "must be from 1 to 1024")
	b.accessible("a form with an error")
	for name, value := range map[string]string{"frequencies": "100,5; 200,25", "lr": "0,001", "batches": "1,5"} {
		b.set("#field-"+name, value)
	}
	b.click(`#run-form button[value="start"]`)
	for name, say := range map[string]string{"hidden": "1 to 1024", "frequencies": "100.5 or 100; 5", "lr": "write 0.001", "batches": "whole number"} {
		b.text("#error-"+name, say)
	}
	b.text("#errors", "Learning rate")
	b.set("#field-frequencies", "100; 125; 150; 210")
	b.set("#field-lr", "0.001")
	for name, value := range map[string]string{"hidden": "8", "steps": "100", "batch": "16", "batches": "1000000"} {
		b.set("#field-"+name, value)
	}
	b.text("#estimate", "1,000,000 batches")
	b.text("#error-hidden", "")
	b.set("#field-model", "spatial")
	b.until("the model's fields appear", `!document.querySelector('[data-field="units"]').classList.contains("irrelevant") &&
		document.querySelector("#field-tau").value === "100"`)
	b.set("#field-model", "modulation")
	b.until("and go", `document.querySelector('[data-field="units"]').classList.contains("irrelevant") && document.querySelector("#field-tau").value === "1"`)
	if got := b.run(`document.querySelector("#field-hidden").value`); got != "8" {
		b.t.Errorf("a change of model made %q of 8 typed cells", got)
	}
	b.arrive("the run", func() { b.click(`#run-form button[value="start"]`) })
	b.until("it is the run's page", `/^\/runs\/[a-z0-9]{8}$/.test(location.pathname)`)
}

func watchItLearn(b *browser) {
	b.t.Helper()
	b.until("the stream is connected", `document.querySelector("#connection").dataset.state === "connected"`)
	b.until("batches are counted", `parseInt(document.querySelector("#batch").textContent.replace(/,/g, "")) > 20`)
	b.until("a loss arrives", `parseFloat(document.querySelector("#loss").textContent) > 0`)
	b.text("#activity-batch", "after")
}

// lookAtRun looks at what the page of a run shows of it.
func lookAtRun(b *browser) {
	b.t.Helper()
	b.until("the loss is drawn", painted("#chart-loss canvas"))
	for _, panel := range []string{"outputs", "modulation", "feedback"} {
		b.until(panel+" is drawn", painted("#chart-"+panel+" canvas"))
	}
	b.click(`#panel-loss [data-tool="table"]`)
	b.until("the table of the loss has rows", `document.querySelectorAll("#table-loss tbody tr").length > 5`)
	b.accessible("a run")
	b.picture("run")
}

// painted is a script that tells whether a canvas has more than one colour.
func painted(selector string) string {
	return fmt.Sprintf(`(() => { const c = document.querySelector(%q); if (!c || !c.width) return false;
		const p = new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer);
		return new Set(p).size > 3 })()`, selector)
}

func controlIt(b *browser) {
	b.t.Helper()
	state := func(s string) {
		b.t.Helper()
		b.until("the run is "+s, fmt.Sprintf(`document.querySelector("#state").dataset.state === %q`, s))
	}
	b.click(`#controls [value="pause"]`)
	state("paused")
	lookAtRun(b) // now: a run that trains takes the processor from its page
	rest := b.lab.await(b.lab.onlyRun().ID)
	before := web.Count(rest.Batch)
	b.until("the page stands where the run has stopped", fmt.Sprintf(`document.querySelector("#batch").textContent === %q`, before))
	b.click(`#controls [value="resume"]`)
	state("running")
	b.until("it goes on", fmt.Sprintf(`document.querySelector("#batch").textContent !== %q`, before))
	b.click("#ends summary")
	b.click(`#ends [value="title"]`)
	b.click(`#controls [value="stop"]`)
	state("stopped")
	b.until("the title says that it has ended", `document.title.includes("stopped after")`)
	b.text("#control-status", "Everything up to here is kept")
	if run := b.lab.onlyRun(); run.State != job.Stopped {
		b.t.Errorf("the run is %s", run.State)
	}
}

func saveIt(b *browser) (id string) {
	b.t.Helper()
	b.set("#save-title", "From the browser")
	b.click(`#save button`)
	b.text("#save-status", "Saved as From the browser")
	b.arrive("the model", func() { b.click("#save-status a") })
	id = strings.TrimPrefix(b.address(), "/models/")
	b.text("h1", "From the browser")
	b.until("its loss is drawn", painted("#chart-loss canvas"))
	b.picture("model")
	return id
}

func openFigure(b *browser, id string) {
	b.t.Helper()
	b.arrive("the figure", func() { b.click(fmt.Sprintf(`.figure-list a[href$="/models/%s/figures/fig1"]`, id)) })
	b.until("it is the figure's page", `location.pathname.endsWith("/fig1")`)
	b.set("#param-contexts", "4")
	b.set("#param-samples", "200")
	b.arrive("the figure with parameters", func() { b.click("#parameters button.primary") })
	b.until("the address has the parameters", `location.search.includes("contexts=4") && location.search.includes("samples=200")`)
	b.until("panels arrive", `document.querySelectorAll("#panels .panel").length >= 4`)
	b.until("every panel that applies is drawn", `[...document.querySelectorAll("#panels .chart")].every((c) => c.querySelector("canvas"))`)
	b.until("numbers are listed", `document.querySelectorAll("#numbers tbody tr").length >= 4`)
	b.click(`#panels .panel [data-tool="table"]`)
	b.until("a panel's table has rows", `document.querySelectorAll("#panels .table-view tbody tr").length > 3`)
	b.accessible("a figure with a table")
	b.picture("figure")
	b.open("/models/" + id + "/figures/fig1?contexts=1")
	b.text("#error-param-contexts", "must be")
	b.refused()
}

// importAndDelete adds a model's own file again and deletes what came of it.
func importAndDelete(b *browser, id string) {
	b.t.Helper()
	_, _, weights := b.lab.request("GET", "/api/models/"+id+"/weights.safetensors", "")
	file := filepath.Join(b.t.TempDir(), "copy.safetensors")
	if err := os.WriteFile(file, weights, 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.open("/")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#import-file"), []string{file}))
	b.arrive("the copy", func() { b.click("#import button") })
	copied := strings.TrimPrefix(b.address(), "/models/")
	if copied == id {
		b.t.Fatalf("the copy is %s itself", id)
	}
	b.click(".remove summary")
	b.arrive("the first page", func() { b.click("#delete button") })
	cards := func(model string) string {
		return b.run(fmt.Sprintf(`document.querySelectorAll('.model-card a[href$="/models/%s"]').length`, model))
	}
	if b.address() != "/" || cards(id) != "1" || cards(copied) != "0" {
		b.t.Errorf("after its deletion %s lists %s original and %s copies", b.address(), cards(id), cards(copied))
	}
}

// TestBrowserEveryPage looks at each page of the table, wide and narrow, light and dark:
// nothing may stick out sideways, and no page may complain or keep anybody out.
func TestBrowserEveryPage(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	run := l.await(l.start(tiny(40)).ID)
	finished(t, run)
	var model lab.ModelInfo
	l.ask("POST", "/api/runs/"+run.ID+"/save?title=Looked+at", "", 200, &model)
	l.sweep()
	b := openBrowser(t, l)
	for _, p := range alone() {
		b.open(example(p, model.ID, run.ID))
		if p.Name == "figure" {
			b.until("panels arrive", `document.querySelectorAll("#panels .panel").length >= 4`)
		}
		if p.Name == "error" {
			b.refused()
		}
		b.size(390, "dark")
		b.lookAt(p.Name+"-390", p.Name+", narrow and dark")
		b.size(1280, "light")
		b.lookAt(p.Name+"-1280", p.Name)
		light := b.run(allColours)
		b.size(1280, "dark")
		b.switchTheme()
		b.until("the switched colours are those of a light system", fmt.Sprintf("(%s) === %q", allColours, light))
		b.run(`localStorage.clear() ?? true`)
		b.clean(p.Name)
	}
}

// allColours are those of every element of a page.
const allColours = `[...document.querySelectorAll("main *, header *")].filter((e) => e.checkVisibility() && !e.closest("#theme"))
	.map((e) => { const s = getComputedStyle(e); return s.color + s.backgroundColor + s.borderTopColor }).join()`

// example is an address of a page; that of the error page is nowhere.
func example(p row, model, run string) string {
	switch p.Name {
	case "error":
		return "/nowhere"
	case "compare":
		return p.Path + "?id=" + run
	case "sweep":
		return "/sweeps/tiny"
	case "run":
		return strings.Replace(p.Path, "{id}", run, 1)
	}
	return strings.NewReplacer("{id}", model, "{slug}", "mixtures", "{fig}", "fig1?contexts=3&samples=200").Replace(p.Path)
}

func (l *testLab) onlyRun() lab.RunInfo {
	l.t.Helper()
	runs, err := l.lab.Runs(l.t.Context())
	if err != nil || len(runs) != 1 {
		l.t.Fatalf("there are %d runs, %v", len(runs), err)
	}
	return runs[0]
}

// A visitor deletes a run from its page, and another page says that the lab has ended.
func TestBrowserDeletesARunAndLosesTheLab(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	kept, deleted := l.await(l.start(tiny(2)).ID), l.await(l.start(tiny(2)).ID)
	b := openBrowser(t, l)
	b.open("/runs/" + deleted.ID)
	b.click("#remove summary")
	b.arrive("the list of runs", func() { b.click("#delete button") })
	rows := func(run lab.RunInfo) string {
		return b.run(fmt.Sprintf(`document.querySelectorAll('a[href$="/runs/%s"]').length`, run.ID))
	}
	if b.address() != "/runs?deleted="+deleted.ID || rows(kept) != "1" || rows(deleted) != "0" {
		t.Errorf("after a deletion %s lists the run that was kept %s times, the deleted one %s times", b.address(), rows(kept), rows(deleted))
	}
	b.clean("deleting a run")

	b.open("/runs/" + kept.ID)
	b.until("the stream is connected", `document.querySelector("#connection").dataset.state === "connected"`)
	other := openBrowser(t, l)
	other.open("/glossary")
	live := openBrowser(t, l)
	live.open("/models/modulation-chords/live?play=0")
	live.until("the session is connected", `document.querySelector("#connection").dataset.state === "connected"`)
	l.stop()
	for _, tab := range []*browser{b, other, live} {
		tab.text("#lost", "cannot be reached")
	}
	live.text("#live-status", "nothing plays")
	b.text("#connection-text", "next try in")
	b.picture("reconnecting")
}
