package app

//lint:file-ignore SA1019 as in socket.go

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"unmixlab/server/hub"
	"unmixlab/server/lab"
	"unmixlab/server/wire"
)

// client is a browser's end of a websocket. Its waits end within a minute.
type client struct {
	t    testing.TB
	ctx  context.Context
	ws   *websocket.Conn
	last string // what it heard last
}

func (l *testLab) dial(path string) *client {
	l.t.Helper()
	return l.dialAt(l.Address() + path)
}

// dialAt opens a websocket at a whole address, which may be a proxy's.
func (l *testLab) dialAt(address string) *client {
	l.t.Helper()
	return l.dialWith(address, "", nil)
}

// dialWith opens a websocket with a Host header, if not empty, and others.
func (l *testLab) dialWith(address, host string, header http.Header) *client {
	l.t.Helper()
	if !strings.HasPrefix(address, "http") {
		address = l.Address() + address
	}
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute)
	l.t.Cleanup(cancel)
	ws, _, err := websocket.Dial(ctx, strings.Replace(address, "http", "ws", 1), &websocket.DialOptions{Host: host, HTTPHeader: header})
	if err != nil {
		l.t.Fatal(err)
	}
	ws.SetReadLimit(1 << 24)
	l.t.Cleanup(func() { ws.CloseNow() })
	return &client{t: l.t, ctx: ctx, ws: ws, last: "nothing"}
}

func (c *client) say(text string) {
	c.t.Helper()
	if err := c.ws.Write(c.ctx, websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// leave closes the socket, as a page does that is left.
func (c *client) leave() { c.ws.Close(websocket.StatusNormalClosure, "") }

// message is what came: an object of a type, or a frame.
type message struct {
	kind   string // "frame" for a frame
	fields map[string]any
	blocks []wire.Block
	data   []byte
}

// hear gives the next message, which is waited for because of what.
func (c *client) hear(what string) (m message) {
	c.t.Helper()
	kind, b, err := c.ws.Read(c.ctx)
	if err != nil {
		c.t.Fatalf("%v while waiting for %s; the last it heard was %s", err, what, c.last)
	}
	m.data = b
	if kind == websocket.MessageText {
		m.kind, m.fields, err = wire.ReadObject(b)
		c.last = string(b)
	} else {
		m.kind = "frame"
		m.blocks, err = wire.ReadFrame(b)
		c.last = fmt.Sprintf("a frame of %d blocks", len(m.blocks))
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

// until skips messages up to one that is wanted.
func (c *client) until(what string, wanted func(message) bool) message {
	c.t.Helper()
	for {
		if m := c.hear(what); wanted(m) {
			return m
		}
	}
}

// untilKind skips messages up to one of a kind.
func (c *client) untilKind(kind string) message {
	c.t.Helper()
	return c.until("a message "+kind, func(m message) bool { return m.kind == kind })
}

// untilState skips messages up to a state in which a field has a value.
func (c *client) untilState(field string, value any) message {
	c.t.Helper()
	return c.until(fmt.Sprintf("a state with %s %v", field, value), func(m message) bool { return m.kind == "state" && m.fields[field] == value })
}

func TestTheStreamOfARun(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	blocker, r := l.start(tiny(1e6)), l.start(tiny(1e6))
	c := l.dial("/api/runs/" + r.ID + "/stream")
	if m := c.hear("the hello"); m.kind != "hello" || m.fields["protocol"] != 2.0 || m.fields["run"] != r.ID || m.fields["kinds"].(map[string]any)["w"] != 4.0 {
		t.Errorf("it begins with %s", m.data)
	}
	if m := c.hear("the state"); m.kind != "state" || m.fields["state"] != "queued" || m.fields["id"] != r.ID || m.fields["eta_seconds"] != nil {
		t.Errorf("then comes %s", m.data)
	}
	if m := c.hear("the metrics"); m.kind != "metrics" || len(m.fields["points"].([]any)) != 0 {
		t.Errorf("then comes %s", m.data)
	}
	l.ask("POST", "/api/runs/"+blocker.ID+"/stop", "", 200, nil)

	activity := c.untilKind("activity").fields
	if activity["samples"] != 60.0 || len(activity["contexts"].([]any)) != 3 {
		t.Errorf("the activity is %v", activity)
	}
	m := c.hear("the activity's frame") // follows, nothing between them
	if names := activity["signals"].([]any); len(m.blocks) != len(names) || len(names) == 0 {
		t.Fatalf("of the activity's signals %v came %s", names, c.last)
	}
	for i, name := range activity["signals"].([]any) {
		if b := m.blocks[i]; b.Signal != name || b.First != 0 || float64(b.Rows) != activity["samples"] {
			t.Errorf("in place of the block of %v came one of %s, %d rows", name, b.Signal, b.Rows)
		}
	}
	batches, err := wire.ReadMetrics(c.untilKind("metrics").data)
	if err != nil || len(batches) == 0 || len(batches) > lab.RecentBatches || batches[len(batches)-1].Batch < 1 {
		t.Errorf("the metrics are %v, %v", batches, err)
	}
	l.ask("POST", "/api/runs/"+r.ID+"/pause", "", 200, nil)
	c.untilState("state", "paused")
	again := l.dial("/api/runs/" + r.ID + "/stream") // one that comes later has the present
	if m := again.untilKind("state"); m.fields["state"] != "paused" || m.fields["batch"].(float64) < 1 {
		t.Errorf("a second browser hears %s", m.data)
	}
	if batches, err := wire.ReadMetrics(again.untilKind("metrics").data); err != nil || len(batches) == 0 {
		t.Errorf("a second browser gets the metrics %v, %v", batches, err)
	}
}

func TestSocketsEndWithTheLab(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	r := l.start(tiny(1e6))
	run, live := l.dial("/api/runs/"+r.ID+"/stream"), l.dial("/api/live?model=ideal-spatial")
	run.untilKind("metrics")
	live.untilKind("hello")
	live.say(`{"type":"play"}`)
	live.untilKind("frame")
	var wait sync.WaitGroup
	for _, c := range []*client{run, live} {
		wait.Go(func() {
			for {
				if _, _, err := c.ws.Read(c.ctx); err != nil {
					if websocket.CloseStatus(err) != websocket.StatusGoingAway {
						t.Errorf("the socket ended with %v", err)
					}
					return
				}
			}
		})
	}
	l.stop()
	wait.Wait()
}

// What a session does is tested beside it; here it goes over a socket.
func TestALiveSession(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	c := l.dial("/api/live?model=ideal-spatial")
	if m := c.hear("the hello"); m.kind != "hello" || m.fields["model"] != "ideal" || m.fields["protocol"] != 2.0 {
		t.Errorf("it begins with %s", m.data)
	}
	if m := c.hear("the state"); m.kind != "state" || m.fields["playing"] != false {
		t.Errorf("then comes %s", m.data)
	}
	c.say(`{"type":"step","samples":50}`)
	if m := c.hear("the step's frame"); m.kind != "frame" || m.blocks[0].Signal != "s" || m.blocks[0].Rows != 50 {
		t.Errorf("a step is answered with %s", c.last)
	}
	c.untilState("sample", 50.0)
	c.say(`{"type":"play"}`)
	if m := c.untilKind("frame"); m.blocks[0].First < 50 { // the first frames may have been replaced by newer ones
		t.Errorf("playing goes on from sample %d, want 50 or later", m.blocks[0].First)
	}
	c.say(`{"type":"speed","samples_per_second":1}`)
	if m := c.untilKind("error"); m.fields["field"] != "samples_per_second" || m.fields["message"] == "" {
		t.Errorf("a bad command is answered with %s", m.data)
	}
	c.say(`{"type":"pause"}`)
	c.untilState("playing", false)
	c.say(strings.Repeat("x", maxCommand+1))
	for { // too long a message ends the session
		if _, _, err := c.ws.Read(c.ctx); err != nil {
			if websocket.CloseStatus(err) == -1 {
				t.Errorf("after too long a message the socket ended with %v", err)
			}
			return
		}
	}
}

func TestTooManyLiveSessions(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Live: 1})
	first := l.dial("/api/live?model=ideal-spatial")
	first.untilKind("hello")
	l.refused("GET", "/api/live?model=ideal-spatial", "", http.StatusServiceUnavailable, "")
	l.dial("/api/live?model=ideal-spatial").isRefused(503, "1 live sessions are open", worthTrying)
	first.leave()
	l.awaitPlace()
	l.dial("/api/live?model=ideal-spatial").untilKind("hello")
}

// awaitPlace waits until there is a place for a live session.
func (l *testLab) awaitPlace() {
	l.t.Helper()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		if back, why := l.live.Take(""); why == 0 {
			back()
			return
		}
		if time.Since(began) > time.Minute {
			l.t.Fatal("a session that was closed still holds its place")
		}
	}
}

func TestSocketsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	for _, path := range []string{"/api/live?model=ideal-spatial", "/api/runs/none/stream"} {
		c := l.dialWith(path, "", http.Header{"Origin": {"http://evil.example"}})
		if strings.HasPrefix(path, "/api/live") {
			c.isRefused(403, "http://evil.example", 0)
		} else {
			c.isRefused(404, "", 0)
		}
	}
}

// isRefused fails the test unless the socket says why there is none, and then ends.
func (c *client) isRefused(status int, why string, retry float64) {
	c.t.Helper()
	m := c.hear("why it is refused")
	if m.kind != "refused" || m.fields["status"] != float64(status) || m.fields["retry"] != retry || !strings.Contains(m.fields["message"].(string), why) {
		c.t.Errorf("it is refused with %s, want %d about %q", m.data, status, why)
	}
	if _, _, err := c.ws.Read(c.ctx); websocket.CloseStatus(err) != websocket.StatusCode(4000+status) {
		c.t.Errorf("then the socket ended with %v", err)
	}
}

// Whatever is missing is said on the socket, and in a problem where none was asked for.
func TestSocketsSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	for path, status := range map[string]int{"/api/live?model=none": 404, "/api/live": 422, "/api/runs/none/stream": 404} {
		l.dial(path).isRefused(status, "", 0)
		l.refused("GET", path, "", status, "")
	}
	if status, _, _ := l.request("GET", "/api/live?model=ideal-spatial", ""); status != http.StatusUpgradeRequired {
		t.Errorf("a request for no socket gave %d", status)
	}
}

// A socket that nothing is sent on is asked every so often whether its browser is there,
// and told that the lab is; one whose browser has vanished gives its place free.
func TestSocketsAreAskedWhetherTheyLive(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Live: 1, Pulse: 20 * time.Millisecond})
	dead, err := net.Dial("tcp", l.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	fmt.Fprintf(dead, "GET /api/live?model=ideal-spatial HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	dead.SetReadDeadline(time.Now().Add(time.Minute))
	heard, err := io.ReadAll(dead) // which answers nothing
	if err != nil || !bytes.Contains(heard, []byte("\x81\x10{\"type\":\"alive\"}")) || !bytes.Contains(heard, []byte("\x89\x01")) {
		t.Errorf("a browser that answers nothing heard %q at last, %v", heard[max(0, len(heard)-200):], err)
	}
	l.awaitPlace()
	l.dial("/api/live?model=ideal-spatial").untilKind("hello")
}

// Every socket hears why it ends when the lab does.
func TestSocketsHearThatTheLabEnds(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	presenter := l.dial("/api/live?model=ideal-spatial")
	sockets := map[string]*client{"the presenter": presenter, "a viewer": l.dial(presenter.share()), "the stream of a run": l.dial("/api/runs/" + l.start(tiny(1e6)).ID + "/stream")}
	for _, c := range sockets {
		c.untilKind("state")
	}
	l.stop()
	for who, c := range sockets {
		var end websocket.CloseError
		var err error
		for err == nil {
			_, _, err = c.ws.Read(c.ctx)
		}
		if !errors.As(err, &end) || end.Code != websocket.StatusGoingAway || end.Reason != "the lab is shutting down" {
			t.Errorf("%s hears %v", who, err)
		}
	}
}

// A browser that answers keeps its socket, however little is said on it.
func TestAnIdleSocketStays(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Pulse: time.Second})
	r := l.await(l.start(tiny(1)).ID)
	for _, path := range []string{"/api/live?model=ideal-spatial", "/api/runs/" + r.ID + "/stream"} {
		c := l.dial(path)
		for range 4 {
			c.untilKind("alive")
		}
	}
}

// A browser that reads nothing for a while holds nobody up, and then sees whole
// groups and the newest one.
func TestASlowBrowserSkips(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	r := l.await(l.start(tiny(1)).ID)
	l.hub.Forget(r.ID, "activity")
	c := l.dial("/api/runs/" + r.ID + "/stream")
	c.untilKind("metrics")
	const last = 100
	for i := range last + 1 {
		block := wire.Frame([]wire.Block{{Signal: "s", First: i, Rows: 1 << 17, Columns: 1, Values: make([]float32, 1<<17)}})
		l.hub.Publish(r.ID, "activity", hub.Group{wire.State(map[string]int{"batch": i}), block, block})
	}
	seen, batch := 0, 0.0
	for batch < last {
		seen++
		batch = c.until("a group", func(m message) bool { return m.kind == "state" && len(m.fields) == 2 }).fields["batch"].(float64)
		for range 2 {
			if m := c.hear("the rest of a group"); m.kind != "frame" || float64(m.blocks[0].First) != batch {
				t.Fatalf("the group of %v is torn by %s", batch, c.last)
			}
		}
	}
	if seen > last/2 {
		t.Errorf("it saw %d of %d groups: none was skipped", seen, last+1)
	}
}
