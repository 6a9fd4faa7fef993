package app

import (
	"fmt"
	"math"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/spec"
)

// shelf is a data folder with so many runs at rest, the last of them the newest.
func shelf(t *testing.T, n int) (data string) {
	t.Helper()
	data = t.TempDir()
	s, err := store.Open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now().Add(-time.Duration(n) * time.Minute)
	for i := range n {
		sp := spec.Default(spec.Modulation)
		sp.Seed = uint64(i)
		r := store.Run{ID: fmt.Sprintf("run%05d", i), Title: sp.String(), Spec: sp.JSON(), State: job.Finished, Batch: sp.Batches, Batches: sp.Batches,
			Loss: 1 + float64(i), GradNorm: math.NaN(), Kernel: "generic", Created: begin.Add(time.Duration(i) * time.Minute)}
		if err := s.Add(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

// Of a thousand runs those seen are drawn; they are found, chosen, deleted, brought back.
func TestBrowserFindsRuns(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Data: shelf(t, 1000), Yield: 90}).calm()
	b := openBrowser(t, l)
	b.open("/runs")
	b.until("few rows are drawn", `document.querySelectorAll("#runs tr").length < 60 && document.querySelector("#after").checkVisibility()`)
	b.until("the newest is first", `document.querySelector("#runs tr").dataset.run === "run00999"`)
	b.run(`document.querySelector("#after").scrollIntoView({block: "end", behavior: "instant"}) ?? true`)
	b.until("at the end the oldest is last", `document.querySelector("#runs").lastElementChild.dataset.run === "run00000" && document.querySelectorAll("#runs tr").length < 60`)
	b.run(`scrollTo({top: 0, behavior: "instant"}) ?? true`)
	fresh := l.start(tiny(1e6)).ID
	b.until("a new run appears by itself", fmt.Sprintf(`document.querySelector("#runs tr").dataset.run === %q`, fresh))
	b.until("its loss is told", `parseFloat(document.querySelector('#runs [data-part="loss"]').textContent) > 0`)
	b.size(390, "light")
	b.fits("a narrow list")
	for _, part := range []string{"loss", "eta", "created"} {
		b.until(part+" is seen", fmt.Sprintf(`(() => { const r = document.querySelector('#runs [data-part=%q]').getBoundingClientRect(); return r.width > 20 && r.right <= 390 })()`, part))
	}
	b.size(1280, "light")
	b.set("#q", "seed<3 taux=1")
	b.text("#found", "nothing is called")
	b.refused()
	b.set("#q", "seed<12 loss>2 -state=active")
	b.text("#found", "10 runs")
	b.set("#sort", "seed")
	b.until("they are sorted by seed", `document.querySelector("#runs tr").dataset.run === "run00002" && location.search.includes("sort=seed")`)
	b.click(`[data-column="loss"] a`)
	b.click(`[data-column="loss"] a`)
	b.until("the largest loss is first", `document.querySelector("#runs tr").dataset.run === "run00011" && document.querySelector('[data-column="loss"]').ariaSort === "descending"`)
	b.set("#sort", "seed")
	b.until("they are sorted by seed again", `document.querySelector("#runs tr").dataset.run === "run00002"`)
	b.click("#choose-all")
	b.text("#chosen-count", "10 chosen")
	b.click(`#runs tr:nth-child(2) [data-part="choose"]`)
	b.text("#chosen-count", "9 chosen")
	b.accessible("runs chosen")
	b.picture("runs-chosen")
	b.size(390, "dark")
	b.picture("runs-chosen-390")
	b.size(1280, "light")
	b.click(`#chosen-tools [value="delete"]`)
	b.text("#chosen-status", "9 runs are deleted")
	b.text("#found", "1 run")
	b.click("#undo")
	b.text("#found", "10 runs")
	waiting := []string{l.start(tiny(2)).ID, l.start(tiny(3)).ID}
	b.until("the queue appears", `document.querySelectorAll("#queue li").length === 2 && document.querySelector("#queue").checkVisibility()`)
	b.run(`(() => { const h = document.querySelector("#queue li .handle"); h.focus(); h.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowDown", bubbles: true})); return true })()`)
	b.text("#queue-status", "is number 2 of 2")
	if q, err := l.lab.Queue(t.Context()); err != nil || len(q.Queued) != 2 || q.Queued[0].ID != waiting[1] {
		t.Errorf("moved by a key, the queue is %+v, %v", q.Queued, err)
	}
	b.until("the focus stays", fmt.Sprintf(`document.activeElement.closest("li")?.dataset.queued === %q`, waiting[0]))
	b.run(`(() => {
		const [first, second] = document.querySelectorAll("#queue li"), carried = new DataTransfer();
		const drag = (on, name, y) => on.dispatchEvent(new DragEvent(name, {bubbles: true, cancelable: true, dataTransfer: carried, clientY: y}));
		drag(second, "dragstart", 0);
		drag(first, "dragover", first.getBoundingClientRect().top + 1);
		drag(second, "dragend", 0);
		return true })()`)
	b.text("#queue-status", "is number 1 of 2")
	if q, err := l.lab.Queue(t.Context()); err != nil || len(q.Queued) != 2 || q.Queued[0].ID != waiting[0] {
		t.Errorf("dragged to its first place, the queue is %+v, %v", q.Queued, err)
	}
	b.accessible("a queue")
	b.picture("queue")
	b.clean("finding runs")
}

// Twenty runs stand in one chart each of loss and of what is measured, with a line, a name
// and a row each; the loss is smoothed as chosen.
func TestBrowserComparesRuns(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	query, last := "", ""
	for i := range 20 {
		last = l.start(fmt.Sprintf(`{"model":"spatial","units":8,"hidden":4,"steps":20,"batch":3,"batches":230,"tau":%d,"seed":%d}`, 1+i%4, i)).ID
		query += "&id=" + last
	}
	l.await(last)
	l.ask("PATCH", "/api/runs/"+last, `{"name":"=named"}`, 200, nil)
	b := openBrowser(t, l)
	b.open("/runs/compare?" + query[1:])
	for _, panel := range []string{"losses", "late", "clarity", "angle"} {
		b.until(panel+" is drawn", painted("#chart-"+panel+" canvas"))
	}
	option := `echarts.getInstanceByDom(document.querySelector("#chart-losses")).getOption()`
	b.until("every run has a line, a name and a row", fmt.Sprintf(`new Set(%[1]s.legend[0].data).size === 20 && %[1]s.legend[0].data.includes("=named") &&
		new Set(%[1]s.series.map((s) => s.lineStyle.color + s.lineStyle.type)).size === 20 && %[1]s.series.every((s) => s.data.length > 100) && document.querySelectorAll("tr[data-run]").length === 20`, option))
	before := b.run(fmt.Sprintf(`%s.series[3].data[201]`, option))
	b.set("#smooth", "200")
	b.until("another smoothing gives another curve", fmt.Sprintf(`String(%s.series[3].data[201]) !== %q`, option, before))
	b.fits("twenty runs")
	b.accessible("twenty runs")
	b.picture("compare-20")
	b.size(390, "dark")
	b.fits("twenty runs at 390 px")
	b.picture("compare-20-390")
	b.clean("comparing runs")
}
