package main

import (
	"runtime"
	"testing"
)

// What holds for 200 who follow one stage, on a machine with nothing else to do.
const (
	stageViewers  = 200
	stageViews    = 15   // a second
	leastPresents = 0.97 // of the frames that the presenter gets alone
	leastWatched  = 14.0 // frames a second, of the viewer with the fewest
)

// A class that follows a stage does not slow it. `make load-stage` has 200 follow for
// $LOAD_STAGE, after as long without anybody, and holds them to their bounds; among other
// tests it is a few for a moment.
func TestStageLoad(t *testing.T) {
	l, bounds := load{Viewers: 10, Views: stageViews, Seconds: 0.5}, false
	if seconds := loadTime(t, "LOAD_STAGE"); seconds > 0 {
		l.Viewers, l.Seconds, bounds = stageViewers, seconds, true
	}
	c := labForLoad(t)
	l.Address = c.address
	alone := c.client(load{Address: c.address, Views: stageViews, Seconds: l.Seconds})
	before, processor := c.memory(), c.processor()
	both := c.client(l)
	after := c.memory()
	rate := func(frames int64) float64 { return float64(frames) / l.Seconds }
	watched := rate(both.Watched) / float64(l.Viewers)
	t.Logf("%s; one stage, %d viewers, %.1f s", machine(runtime.GOMAXPROCS(0)), l.Viewers, l.Seconds)
	t.Logf("presenter: %.1f frames a second alone, %.1f with viewers", rate(alone.Presented), rate(both.Presented))
	t.Logf("viewers: %.1f frames a second, the one with the fewest %.1f; %.2f %% of the samples missed", watched, rate(both.Least), share(both.Missed, both.Seen))
	t.Logf("memory: %d MB before, %d MB after, %+d KB a viewer; processor: lab %.2f, viewers %.2f cores", before>>20, after>>20,
		(after-before)>>10/int64(l.Viewers), (c.processor()-processor)/l.Seconds, both.ProcessorSeconds/l.Seconds)
	if alone.Presented == 0 || both.Presented == 0 || both.Watched == 0 || both.Seen == 0 {
		t.Errorf("nothing came: %+v, alone %+v", both, alone)
	}
	if bounds && (float64(both.Presented) < leastPresents*float64(alone.Presented) || rate(both.Least) < leastWatched || after-before > mostGrowth) {
		t.Errorf("viewers slow the presenter to %.3f of its rate, have at least %.1f frames a second, and take %d MB", float64(both.Presented)/float64(alone.Presented), rate(both.Least), (after-before)>>20)
	}
	c.end()
}
