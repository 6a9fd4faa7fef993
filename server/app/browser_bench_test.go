package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// frames counts the pictures that a page gets in five seconds, and the longest time
// between two of them, in ms.
const frames = `new Promise((done) => {
	const begin = performance.now(); let n = 0, longest = 0, last = begin;
	const next = (t) => { n++; longest = Math.max(longest, t - last); last = t;
		if (performance.now() - begin < 5000) requestAnimationFrame(next); else done(n / 5 + " " + longest); };
	requestAnimationFrame(next) })`

// without are the options of a Chromium without a graphics processor, and computed those
// of one that computes what it would do.
var (
	without  = []chromedp.ExecAllocatorOption{chromedp.Flag("disable-gpu", true)}
	computed = []chromedp.ExecAllocatorOption{chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true)}
)

// wholeStage is the address of a stage with every panel open.
const wholeStage = "/models/ideal-spatial/live?panels=modulation,feedback,weights,units,matrices,experiment,account&mode="

// BenchmarkStage plays a population with every panel open at 1920 by 1080, in a Chromium
// of its own without a graphics processor, and in one with a computed one: frames a second,
// the longest one in ms, and the processor time of the page's main thread for each.
func BenchmarkStage(bm *testing.B) {
	l := boot(bm, Config{})
	for name, options := range map[string][]chromedp.ExecAllocatorOption{"without": without, "computed": computed} {
		ctx := benchBrowser(bm, options)
		for _, view := range []string{"follow", "hold"} {
			bm.Run(name+"/"+view, func(bm *testing.B) {
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(1920, 1080), chromedp.Navigate(l.Address()+wholeStage+view)); err != nil {
					bm.Fatal(err)
				}
				measureStage(bm, ctx)
			})
		}
	}
}

// BenchmarkStageMemory plays the same for ten seconds each time: what the page holds after
// the first minute, by when the kept minute of samples is full, and what it holds at the
// end, in MB of scripts' memory once garbage is collected, and in elements.
func BenchmarkStageMemory(bm *testing.B) {
	l := boot(bm, Config{})
	ctx := benchBrowser(bm, without)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1920, 1080), chromedp.Navigate(l.Address()+wholeStage+"hold")); err != nil {
		bm.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, performance.Enable, performance.EnableParams{}); err != nil {
		bm.Fatal(err)
	}
	var heap, nodes []float64
	for range bm.N + 6 {
		time.Sleep(10 * time.Second)
		if _, err := chromedp.Call(ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			bm.Fatal(err)
		}
		heap, nodes = append(heap, metric(bm, ctx, "JSHeapUsedSize")/1e6), append(nodes, metric(bm, ctx, "Nodes"))
	}
	bm.ReportMetric(heap[5], "minute-MB")
	bm.ReportMetric(heap[len(heap)-1], "end-MB")
	bm.ReportMetric(nodes[5], "minute-nodes")
	bm.ReportMetric(nodes[len(nodes)-1], "end-nodes")
	bm.ReportMetric(0, "ns/op")
}

// BenchmarkFirstPicture opens the stage in a browser that has never seen the lab, and again
// in the same one: ms from the navigation until samples are drawn.
func BenchmarkFirstPicture(bm *testing.B) {
	l := boot(bm, Config{})
	ctx := benchBrowser(bm, without)
	var first, again []float64
	for range bm.N {
		tab, end := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
		first = append(first, firstPicture(bm, tab, l.Address()+"/models/ideal-spatial/live"))
		again = append(again, firstPicture(bm, tab, l.Address()+"/models/ideal-spatial/live?a=0.85&b=0.25"))
		end()
	}
	for name, times := range map[string][]float64{"first": first, "again": again} {
		slices.Sort(times)
		bm.ReportMetric(times[len(times)/2], name+"-ms")
		bm.ReportMetric(times[len(times)-1], name+"-slowest-ms")
	}
	bm.ReportMetric(0, "ns/op")
}

// firstPicture opens a stage and gives the time of its first picture, in ms.
func firstPicture(bm *testing.B, ctx context.Context, address string) float64 {
	bm.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(address)); err != nil {
		bm.Fatal(err)
	}
	ms, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`new Promise((done) => {
		const look = () => { const [mark] = performance.getEntriesByName("first-picture");
			if (mark) done(mark.startTime); else requestAnimationFrame(look) };
		look() })`, chromedp.EvalAwaitPromise))
	if err != nil {
		bm.Fatal(err)
	}
	return ms
}

// benchBrowser is a Chromium of its own.
func benchBrowser(bm *testing.B, options []chromedp.ExecAllocatorOption) context.Context {
	bm.Helper()
	all := slices.Concat(chromedp.DefaultExecAllocatorOptions[:],
		[]chromedp.ExecAllocatorOption{chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.Flag("disable-quic", true)}, options)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), all...)
	bm.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	bm.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		bm.Fatal(err)
	}
	return ctx
}

func measureStage(bm *testing.B, ctx context.Context) {
	bm.Helper()
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		bm.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks}); err != nil {
		bm.Fatal(err)
	}
	var rate, longest, busy float64
	for range bm.N {
		before := taskTime(bm, ctx)
		told, err := chromedp.Run(ctx, chromedp.Evaluate[string](frames, chromedp.EvalAwaitPromise))
		if err != nil {
			bm.Fatal(err)
		}
		var r, most float64
		if _, err := fmt.Fscan(strings.NewReader(told), &r, &most); err != nil {
			bm.Fatal(err)
		}
		rate, longest, busy = rate+r, max(longest, most), busy+(taskTime(bm, ctx)-before)/(5*r)
	}
	n := float64(bm.N)
	bm.ReportMetric(rate/n, "frames/s")
	bm.ReportMetric(longest, "longest-ms")
	bm.ReportMetric(1000*busy/n, "cpu-ms/frame")
	bm.ReportMetric(0, "ns/op")
}

// taskTime is the processor time that the page's main thread has taken, in seconds.
func taskTime(bm *testing.B, ctx context.Context) float64 { return metric(bm, ctx, "TaskDuration") }

// metric is a number that the browser tells of the page.
func metric(bm *testing.B, ctx context.Context, name string) float64 {
	bm.Helper()
	got, err := chromedp.Call(ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		bm.Fatal(err)
	}
	for _, m := range got.Metrics {
		if m.Name == name {
			return m.Value
		}
	}
	bm.Fatalf("the browser does not tell its %s", name)
	return 0
}
