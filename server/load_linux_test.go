package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"unmixlab/server/lab"
)

// What `make load` asks for, and what a moment among other tests does.
var (
	aClass  = load{Viewers: 200, Stalled: 20, Sessions: 50, PerSecond: 500}
	aMoment = load{Viewers: 10, Stalled: 2, Sessions: 3, PerSecond: 50, Seconds: 1}
)

// What holds under the load of a class, on a machine with nothing else to do.
const (
	mostTraining = 1.05             // processor time a batch, of alone
	mostP99      = 100e-3           // seconds, of figures that are computed already
	mostGrowth   = 64 << 20         // bytes, once the load is there
	longestLoad  = 10 * time.Minute // of each of three parts
)

// A class at the lab costs its training nothing: what the training's batches take of the
// processor is what is left of the lab's own time without what serving takes by itself.
// `make load` does it for $LOAD each of three parts, and holds it to its bounds.
func TestLoad(t *testing.T) {
	l, spec, bounds := aMoment, `{"model":"modulation","hidden":8,"steps":100,"batch":16,"batches":1000000}`, false
	if seconds := loadTime(t, "LOAD"); seconds > 0 {
		l, spec, bounds = aClass, `{"model":"modulation","batches":1000000}`, true
		l.Seconds = seconds
	}
	c := underLoad(t, spec)
	l.Address, l.Figure = c.address, "/api/models/ideal-spatial/figures/fig3"
	c.ask(http.MethodGet, l.Figure, "")

	alone := c.part(load{Seconds: l.Seconds})
	c.ask(http.MethodPost, "/api/runs/"+c.run.ID+"/pause", "")
	c.atRest()
	serving := c.part(l)
	c.ask(http.MethodPost, "/api/runs/"+c.run.ID+"/resume", "")
	both := c.part(l)
	c.report(l, alone, serving, both)
	if both.Failed > 0 || both.Figures == 0 || both.Seen == 0 || both.Played == 0 || alone.batches == 0 || both.batches == 0 {
		t.Errorf("not everything was answered: %+v", both)
	}
	if bounds {
		c.bounded(alone, serving, both)
	}
	c.end()
}

// end ends the lab, which has to end well.
func (c *loaded) end() {
	c.t.Helper()
	c.cmd.Process.Signal(syscall.SIGTERM)
	if code, said := ended(c.t, c.cmd); code != 0 {
		c.t.Errorf("the lab ended with %d: %s", code, said)
	}
}

// loadTime is how long a variable asks for a load, in seconds; 0 where it is not set.
func loadTime(t *testing.T, name string) float64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Second || d > longestLoad {
		t.Fatalf("%s is %q, must be a time from 1s to %v", name, text, longestLoad)
	}
	return d.Seconds()
}

// loaded is a lab in a process of its own, with a run that trains where it was told to.
type loaded struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string
	run     lab.RunInfo
}

func underLoad(t *testing.T, spec string) *loaded {
	t.Helper()
	c := labForLoad(t)
	if err := json.Unmarshal(c.ask(http.MethodPost, "/api/runs", spec), &c.run); err != nil {
		t.Fatal(err)
	}
	return c
}

func labForLoad(t *testing.T) *loaded {
	t.Helper()
	cmd := program(t, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	out, lines := begun(t, cmd)
	if !lines.Scan() {
		t.Fatalf("the lab does not start: %s", cmd.Stderr)
	}
	c := &loaded{t: t, cmd: cmd, address: lines.Text()}
	go io.Copy(io.Discard, out)
	return c
}

func (c *loaded) ask(method, path, body string) []byte {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.address+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		c.t.Fatalf("%s %s gave %d %s, %v", method, path, resp.StatusCode, b, err)
	}
	return b
}

// atRest waits until the run is paused.
func (c *loaded) atRest() {
	c.t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if strings.Contains(string(c.ask(http.MethodGet, "/api/runs/"+c.run.ID, "")), `"state":"paused"`) {
			return
		}
		if time.Since(began) > time.Minute {
			c.t.Fatal("the run does not pause")
		}
	}
}

// part is what became of some seconds.
type part struct {
	served
	seconds   float64
	batches   float64
	processor float64 // seconds, of the lab
	growth    int64   // bytes of memory from the middle to the end
	memory    int64   // bytes at the end
}

// part lets a client load the lab, or only waits where the load is nothing but a time.
func (c *loaded) part(l load) (p part) {
	c.t.Helper()
	began, batches, processor := time.Now(), c.metric("unmixlab_batches_total"), c.processor()
	middle := make(chan int64, 1)
	half := time.AfterFunc(time.Duration(l.Seconds/2*float64(time.Second)), func() { middle <- c.memory() })
	defer half.Stop()
	if l.PerSecond == 0 {
		time.Sleep(time.Duration(l.Seconds * float64(time.Second)))
	} else {
		p.served = c.client(l)
	}
	p.seconds, p.batches, p.processor = time.Since(began).Seconds(), c.metric("unmixlab_batches_total")-batches, c.processor()-processor
	p.memory = c.memory()
	p.growth = p.memory - <-middle
	return p
}

// client is a class in a process of its own.
func (c *loaded) client(l load) (s served) {
	c.t.Helper()
	config, err := json.Marshal(l)
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := program(c.t)
	cmd.Env = append(os.Environ(), asLoad+"="+string(config))
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		c.t.Fatalf("the client ended with %v: %s", err, said.String())
	}
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		c.t.Fatalf("%v in %s", err, out.String())
	}
	return s
}

// metric is a number of the lab's own.
func (c *loaded) metric(name string) float64 {
	c.t.Helper()
	m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(c.ask(http.MethodGet, "/metrics", ""))
	if m == nil {
		c.t.Fatalf("/metrics has no %s", name)
	}
	x, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		c.t.Fatal(err)
	}
	return x
}

func (c *loaded) processor() float64 { return c.metric("process_cpu_seconds_total") }

func (c *loaded) memory() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(b))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// dearer is the processor time of a batch, of alone, once what serving takes by itself
// is told apart.
func dearer(alone, serving, both part) float64 {
	own := both.processor - serving.processor/serving.seconds*both.seconds
	return own / both.batches / (alone.processor / alone.batches)
}

func (c *loaded) report(l load, alone, serving, both part) {
	c.t.Logf("%s; %d viewers, of whom %d never read, %d live sessions, %d figures a second, %.0f s each part", machine(runtime.GOMAXPROCS(0)), l.Viewers, l.Stalled, l.Sessions, l.PerSecond, l.Seconds)
	for _, p := range []struct {
		name string
		part
	}{{"training alone", alone}, {"serving alone", serving}, {"both", both}} {
		c.t.Logf("%-14s %6.0f batches; processor: lab %.2f, client %.2f cores; memory %d MB, %+d MB since the middle", p.name, p.batches,
			p.processor/p.seconds, p.ProcessorSeconds/p.seconds, p.memory>>20, p.growth>>20)
		if p.Figures > 0 {
			c.t.Logf("%-14s %d figures, %d failed: half within %.1f ms, p99 %.1f ms, the slowest %.1f ms; missed: %.2f %% of the stage, %.2f %% of live sessions", "", p.Figures, p.Failed,
				p.P50*1e3, p.P99*1e3, p.Most*1e3, share(p.Missed, p.Seen), share(p.Skipped, p.Played))
		}
	}
	c.t.Logf("training: %.3f of the processor time a batch that it takes alone", dearer(alone, serving, both))
}

func share(missed, seen int64) float64 { return 100 * float64(missed) / float64(max(1, missed+seen)) }

// bounded holds a load to what a class may expect.
func (c *loaded) bounded(alone, serving, both part) {
	c.t.Helper()
	if x := dearer(alone, serving, both); x > mostTraining {
		c.t.Errorf("a batch takes %.3f of the processor time that it takes alone, more than %.2f", x, mostTraining)
	}
	if both.P99 > mostP99 {
		c.t.Errorf("p99 of figures is %.0f ms, more than %.0f", both.P99*1e3, mostP99*1e3)
	}
	if both.growth > mostGrowth {
		c.t.Errorf("memory grows by %d MB in the second half", both.growth>>20)
	}
}
