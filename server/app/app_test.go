package app

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/lab"
)

// TestMain fails the package when a goroutine of the lab outlives the tests. More of them
// run side by side than there are cores, as most wait: for a browser, for a socket.
func TestMain(m *testing.M) {
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		p.Value.Set(strconv.Itoa(2 * runtime.GOMAXPROCS(0)))
	}
	slog.SetDefault(slog.New(slog.DiscardHandler))
	code := m.Run()
	endChromium()
	if left := leaked(); code == 0 && left != "" {
		fmt.Println("goroutines are left:\n" + left)
		code = 1
	}
	os.Exit(code)
}

// leaked gives the stacks of the lab's goroutines that do not end by themselves.
func leaked() string {
	var left []string
	for range 100 {
		left = nil
		buf := make([]byte, 1<<20)
		for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			lab := strings.Contains(stack, "unmixlab/") || strings.Contains(stack, "nhooyr.io/") || strings.Contains(stack, "database/sql")
			if lab && !strings.Contains(stack, "TestMain") {
				left = append(left, stack)
			}
		}
		if left == nil {
			return ""
		}
		time.Sleep(50 * time.Millisecond)
	}
	return strings.Join(left, "\n\n")
}

// testLab is the whole program on a free port, with a data folder of its own.
type testLab struct {
	*App
	t    testing.TB
	stop func() // ends it and waits
}

func boot(t testing.TB, c Config) *testLab {
	t.Helper()
	if c.Data == "" {
		c.Data = t.TempDir()
	}
	c.Listen = "127.0.0.1:0"
	a, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	stopped := false
	l := &testLab{a, t, func() {
		cancel()
		if !stopped {
			stopped = true
			if err := <-ended; err != nil {
				t.Errorf("the lab ended with %v", err)
			}
		}
	}}
	t.Cleanup(l.stop)
	return l
}

// calm has what trains leave most of the time to the test, as if somebody played live.
func (l *testLab) calm() *testLab {
	l.t.Helper()
	if _, why := l.live.Take(""); why != 0 {
		l.t.Fatal("somebody plays already")
	}
	return l
}

// request sends one, follows where the answer leads, and gives status, headers and body.
func (l *testLab) request(method, path, body string, headers ...string) (int, http.Header, []byte) {
	l.t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return l.exchange(client.Do, method, path, body, headers)
}

// exchange sends a request in one way or another.
func (l *testLab) exchange(send func(*http.Request) (*http.Response, error), method, path, body string, headers []string) (int, http.Header, []byte) {
	l.t.Helper()
	r, err := http.NewRequestWithContext(l.t.Context(), method, l.Address()+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := send(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, b
}

// ask is a request whose answer must have the status, and is JSON for v unless nil.
func (l *testLab) ask(method, path, body string, status int, v any) {
	l.t.Helper()
	got, _, b := l.request(method, path, body)
	if got != status {
		l.t.Fatalf("%s %s gave %d, want %d: %s", method, path, got, status, b)
	}
	if v != nil {
		if err := json.Unmarshal(b, v); err != nil {
			l.t.Fatalf("%s %s: %v in %s", method, path, err, b)
		}
	}
}

// refused is a request that must fail with a problem naming the field.
func (l *testLab) refused(method, path, body string, status int, field string, headers ...string) {
	l.t.Helper()
	got, h, b := l.request(method, path, body, headers...)
	var p Problem
	if err := json.Unmarshal(b, &p); err != nil || h.Get("Content-Type") != "application/problem+json" {
		l.t.Errorf("%s %s is no problem document: %s %s", method, path, h.Get("Content-Type"), b)
		return
	}
	named := ""
	for _, e := range p.Errors {
		named += e.Location + " "
		if e.Message == "" {
			l.t.Errorf("%s %s: no word about %s", method, path, e.Location)
		}
	}
	if got != status || p.Status != status || !strings.Contains(named, field) || p.Detail == "" {
		l.t.Errorf("%s %s gave %d naming %q, want %d naming %q: %s", method, path, got, named, status, field, b)
	}
}

// tiny is a run of so many batches that takes a moment.
func tiny(batches int) string {
	return fmt.Sprintf(`{"model":"modulation","hidden":4,"steps":20,"batch":3,"batches":%d}`, batches)
}

func (l *testLab) start(body string) lab.RunInfo {
	l.t.Helper()
	var r lab.RunInfo
	l.ask("POST", "/api/runs", body, http.StatusCreated, &r)
	return r
}

// await waits until a run is at rest.
func (l *testLab) await(id string) lab.RunInfo {
	l.t.Helper()
	if err := l.lab.Wait(l.t.Context(), id); err != nil {
		l.t.Fatal(err)
	}
	var r lab.RunInfo
	l.ask("GET", "/api/runs/"+id, "", http.StatusOK, &r)
	return r
}

// awaitBatches waits until a run that trains has done some batches more.
func (l *testLab) awaitBatches(id string) {
	l.t.Helper()
	s := l.hub.Subscribe(id)
	defer s.Close()
	for seen := 0; seen < 2; {
		g, err := s.Next(l.t.Context())
		if err != nil {
			l.t.Fatal(err)
		}
		if bytes.Contains(g[0].Data, []byte(`"type":"metrics"`)) {
			seen++
		}
	}
}

func finished(t *testing.T, r lab.RunInfo) {
	t.Helper()
	if r.State != job.Finished {
		t.Fatalf("the run is %s (%s), want finished", r.State, r.Error)
	}
}
