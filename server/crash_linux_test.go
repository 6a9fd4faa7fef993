package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"unmixlab/server/lab"
	"unmixlab/sim/modelfile"
)

// Without $CRASHES, as among other tests, the lab is killed a few times in a short run:
// `make crash` does it a hundred times in a long one.
const (
	fewCrashes   = 4
	shortBatches = 1500
	longBatches  = 12000
)

// A lab that is killed at random moments, with full disks, failed renames and flipped
// bytes between, comes to the curve and the weights of one that nothing happened to, bit
// by bit.
func TestCrashes(t *testing.T) {
	n, batches := fewCrashes, shortBatches
	if text := os.Getenv("CRASHES"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
		batches = longBatches
	}
	began := time.Now()
	c := &crashing{t: t, batches: batches, data: t.TempDir(), random: rand.New(rand.NewPCG(1, 2)), count: map[string]int{}}
	want := c.undisturbed()
	for i := range n {
		c.life()
		if i%10 == 9 {
			t.Logf("%d kills, %v", i+1, time.Since(began).Round(time.Second))
		}
	}
	c.start()
	defer c.kill()
	for _, id := range c.ids {
		got := c.result(id)
		if !slices.Equal(got.curve, want.curve) {
			t.Errorf("run %s has another curve: %s", id, firstDifference(got.curve, want.curve))
		}
		if !slices.Equal(got.weights, want.weights) {
			t.Errorf("run %s has other weights", id)
		}
	}
	if aside, _ := filepath.Glob(filepath.Join(c.data, "*.damaged-*")); len(aside) > 0 {
		t.Errorf("a kill damaged the database: %v", aside)
	}
	for what, least := range map[string]int{"full disks": n / 20, "failed renames": n / 20, "flipped bytes": n / 20} {
		if c.count[what] < least {
			t.Errorf("there were only %d %s: the test shows less than it says", c.count[what], what)
		}
	}
	t.Logf("%d kills in %v, of %d runs of %d batches: %v; curves and weights equal: %t",
		n, time.Since(began).Round(time.Second), len(c.ids), batches, c.count, !t.Failed())
}

// On a disk that is really full a run waits, the lab still answers, says what is wrong
// and can be asked to end; started again with room, the run lacks nothing.
func TestAFullDisk(t *testing.T) {
	c := &crashing{t: t, batches: shortBatches, data: t.TempDir(), count: map[string]int{}}
	if err := unix.Mount("tmpfs", c.data, "tmpfs", 0, "size=8m"); err != nil {
		t.Skip("a small disk cannot be mounted:", err)
	}
	defer unix.Unmount(c.data, unix.MNT_DETACH)
	want := c.undisturbed()
	c.start()
	defer func() { c.kill() }()
	filler, err := os.Create(filepath.Join(c.data, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	c.until("the run waits", func() bool { // whatever room it makes is taken
		for err = nil; err == nil; {
			_, err = filler.Write(make([]byte, 1<<10))
		}
		return c.run().State == "waiting"
	})
	filler.Close()
	if run := c.run(); !strings.Contains(run.Error, "disk is full") {
		t.Errorf("it waits because %q", run.Error)
	}
	if status, b := c.request(http.MethodGet, "/healthz", ""); status != http.StatusServiceUnavailable || !bytes.Contains(b, []byte("disk is full")) {
		t.Errorf("/healthz gave %d: %s", status, b)
	}
	if status, b := c.request(http.MethodGet, "/runs/"+c.last(), ""); status != http.StatusOK || !bytes.Contains(b, []byte("disk is full")) {
		t.Errorf("the run's page gave %d and does not say why", status)
	}
	c.cmd.Process.Signal(unix.SIGTERM) // nothing more can be kept, and yet it ends in order
	if code, said := ended(t, c.cmd); code != 0 {
		t.Errorf("asked to end it ended with %d: %s", code, said)
	}
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	c.start()
	if got := c.result(c.last()); !slices.Equal(got.curve, want.curve) || !slices.Equal(got.weights, want.weights) {
		t.Errorf("with room it came to another end: %s", firstDifference(got.curve, want.curve))
	}
}

func firstDifference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%q, want %q", a[i], b[i])
		}
	}
	return fmt.Sprintf("%d batches, want %d", len(a), len(b))
}

// crashing is a data folder whose lab does not live long.
type crashing struct {
	t       *testing.T
	batches int // of a run
	data    string
	random  *rand.Rand
	count   map[string]int // of what befell it
	ids     []string       // of its runs; the last one is under way
	notice  string         // that the last one had at the last start

	cmd     *exec.Cmd
	address string
}

// result is what a run came to: a line for each batch, and its weights.
type result struct {
	curve   []string
	weights []float32
}

// start boots the lab and has its last run go on; where that is finished, another begins.
func (c *crashing) start() {
	c.t.Helper()
	c.cmd = program(c.t, "serve", "--listen", "127.0.0.1:0", "--data", c.data, "--kernel", "generic", "--resume", "off") // what is damaged in between has to be asked for
	out, lines := begun(c.t, c.cmd)
	if !lines.Scan() {
		c.t.Fatalf("the lab does not start: %s", c.cmd.Stderr)
	}
	c.address = lines.Text()
	go io.Copy(io.Discard, out)
	if len(c.ids) > 0 {
		run := c.run()
		if notice, _, _ := strings.Cut(run.Notice, "The loss jumped"); notice != c.notice {
			c.count["older checkpoint took over"]++
			c.notice = notice
		}
		if run.State != "finished" {
			c.ask(http.MethodPost, "/api/runs/"+run.ID+"/resume", "", http.StatusOK)
			return
		}
	}
	var run lab.RunInfo
	settings := fmt.Sprintf(`{"model":"modulation","hidden":4,"steps":20,"batch":3,"batches":%d}`, c.batches)
	if err := json.Unmarshal(c.ask(http.MethodPost, "/api/runs", settings, http.StatusCreated), &run); err != nil {
		c.t.Fatal(err)
	}
	c.ids, c.notice = append(c.ids, run.ID), ""
}

// life is one from start to death, with what befalls it, and after it.
func (c *crashing) life() {
	c.t.Helper()
	c.start()
	for range c.random.IntN(3) {
		c.rest(150)
		c.checkpoint()
	}
	switch c.random.IntN(6) {
	case 0:
		c.fullDisk()
	case 1:
		defer c.failedRename()()
	}
	if c.random.IntN(2) == 0 { // die while a checkpoint is written
		go http.Get(c.address + "/api/runs/" + c.last() + "/checkpoint.safetensors")
		time.Sleep(time.Duration(c.random.IntN(8000)) * time.Microsecond)
	} else {
		c.rest(300)
	}
	c.kill()
	c.count["kills"]++
	c.spoil()
}

func (c *crashing) last() string { return c.ids[len(c.ids)-1] }

// rest waits at most so many milliseconds.
func (c *crashing) rest(most int) { time.Sleep(time.Duration(c.random.IntN(most)) * time.Millisecond) }

// kill ends the lab as nothing can be prepared for.
func (c *crashing) kill() {
	c.cmd.Process.Kill()
	c.cmd.Wait()
}

func (c *crashing) checkpoint() int {
	resp, err := http.Get(c.address + "/api/runs/" + c.last() + "/checkpoint.safetensors")
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// fullDisk lets no file grow for a while: the run waits and /healthz says so, until
// there is room again. A run that had just finished has nothing to wait for.
func (c *crashing) fullDisk() {
	c.t.Helper()
	c.limit(4096)
	waits := func() bool { s := c.run().State; return s == "waiting" || s == "finished" }
	c.until("the run waits", waits)
	if c.run().State == "waiting" {
		if status, b := c.request(http.MethodGet, "/healthz", ""); status != http.StatusServiceUnavailable {
			c.t.Errorf("with a full disk /healthz gave %d: %s", status, b)
		}
		c.count["full disks"]++
	}
	if c.random.IntN(2) == 0 {
		return // it dies with the disk full
	}
	c.limit(unix.RLIM_INFINITY)
	c.until("the run goes on", func() bool { return c.run().State != "waiting" })
}

// limit is how large files may be that the lab writes, in bytes.
func (c *crashing) limit(bytes uint64) {
	c.t.Helper()
	if err := unix.Prlimit(c.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		c.t.Fatal(err)
	}
}

// failedRename puts something in the way of the checkpoint before the newest; what it
// gives takes it away, when the lab is dead.
func (c *crashing) failedRename() func() {
	older := filepath.Join(c.data, "checkpoints", c.last()+".safetensors.1")
	os.Rename(older, older+".away")
	os.MkdirAll(filepath.Join(older, "in the way"), 0o700)
	if c.checkpoint() != http.StatusOK {
		c.count["failed renames"]++
	}
	return func() {
		os.RemoveAll(older)
		os.Rename(older+".away", older)
	}
}

// spoil flips a byte of the newest checkpoint or cuts it, now and then, where there is
// another.
func (c *crashing) spoil() {
	newest := filepath.Join(c.data, "checkpoints", c.last()+".safetensors")
	b, err := os.ReadFile(newest)
	older, err2 := os.Stat(newest + ".1")
	if err != nil || err2 != nil || older.IsDir() || c.random.IntN(3) > 0 {
		return
	}
	if c.random.IntN(3) == 0 {
		b = b[:c.random.IntN(len(b))]
		c.count["cut checkpoints"]++
	} else {
		b[len(b)-1-c.random.IntN(len(b)/2)] ^= 1 << c.random.IntN(8) // among the arrays
		c.count["flipped bytes"]++
	}
	if err := os.WriteFile(newest, b, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *crashing) run() (run lab.RunInfo) {
	c.t.Helper()
	if err := json.Unmarshal(c.ask(http.MethodGet, "/api/runs/"+c.last(), "", http.StatusOK), &run); err != nil {
		c.t.Fatal(err)
	}
	return run
}

func (c *crashing) until(what string, met func() bool) {
	c.t.Helper()
	for began := time.Now(); !met(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 5*time.Minute {
			c.t.Fatalf("within five minutes it was not seen that %s", what)
		}
	}
}

func (c *crashing) request(method, path, body string) (int, []byte) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.address+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, b
}

func (c *crashing) ask(method, path, body string, status int) []byte {
	c.t.Helper()
	got, b := c.request(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s gave %d: %s", method, path, got, b)
	}
	return b
}

// result waits for a run to finish and gives what it came to.
func (c *crashing) result(id string) (r result) {
	c.t.Helper()
	var run lab.RunInfo
	c.until("run "+id+" is finished", func() bool {
		if err := json.Unmarshal(c.ask(http.MethodGet, "/api/runs/"+id, "", http.StatusOK), &run); err != nil || run.State == "failed" {
			c.t.Fatal(run.Error, err)
		}
		return run.State == "finished"
	})
	status, b := c.request(http.MethodPost, "/api/runs/"+id+"/save", "")
	if status == http.StatusConflict { // its last checkpoint was spoilt
		c.count["last batches done again"]++
		c.ask(http.MethodPost, "/api/runs/"+id+"/resume", "", http.StatusOK)
		return c.result(id)
	}
	var saved lab.ModelInfo
	if err := json.Unmarshal(b, &saved); err != nil || status != http.StatusOK {
		c.t.Fatalf("saving gave %d: %s", status, b)
	}
	rows, err := csv.NewReader(bytes.NewReader(c.ask(http.MethodGet, "/api/runs/"+id+"/metrics.csv", "", http.StatusOK))).ReadAll()
	if err != nil {
		c.t.Fatal(err)
	}
	for _, row := range rows[1:] {
		r.curve = append(r.curve, strings.Join(row[:3], " ")) // times differ
	}
	f, err := modelfile.Read(c.ask(http.MethodGet, "/api/models/"+saved.ID+"/weights.safetensors", "", http.StatusOK))
	if err != nil {
		c.t.Fatal(err)
	}
	r.weights = f.Network.Params.Flat
	return r
}

// undisturbed is what the run comes to when nothing happens to it.
func (c *crashing) undisturbed() result {
	c.t.Helper()
	quiet := &crashing{t: c.t, batches: c.batches, data: c.t.TempDir()}
	quiet.start()
	defer quiet.kill()
	return quiet.result(quiet.last())
}
