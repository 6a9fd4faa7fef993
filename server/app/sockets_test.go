package app

//lint:file-ignore SA1019 as in socket.go

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"unmixlab/server/hub"
)

// client is a browser's end of a websocket.
type client struct {
	t   *testing.T
	ctx context.Context
	ws  *websocket.Conn
}

func (l *lab) dial(path string) *client {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute)
	l.t.Cleanup(cancel)
	ws, _, err := websocket.Dial(ctx, strings.Replace(l.Address(), "http", "ws", 1)+path, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	ws.SetReadLimit(1 << 24)
	l.t.Cleanup(func() { ws.CloseNow() })
	return &client{l.t, ctx, ws}
}

func (c *client) say(text string) {
	c.t.Helper()
	if err := c.ws.Write(c.ctx, websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// block is a binary message, read.
type block struct {
	kind, first, rows, columns int
	values                     []float32
}

// hear gives the next message: text as a map, binary as a block.
func (c *client) hear() (map[string]any, *block) {
	c.t.Helper()
	kind, b, err := c.ws.Read(c.ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	if kind == websocket.MessageText {
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			c.t.Fatalf("%v in %s", err, b)
		}
		return m, nil
	}
	at := func(i int) int { return int(binary.LittleEndian.Uint32(b[4*i:])) }
	f := &block{kind: at(0), first: at(1), rows: at(2), columns: at(3)}
	for i := frameHeader; i < len(b); i += 4 {
		f.values = append(f.values, math.Float32frombits(binary.LittleEndian.Uint32(b[i:])))
	}
	if len(f.values) != f.rows*f.columns {
		c.t.Fatalf("a frame of %d values is of %d rows and %d columns", len(f.values), f.rows, f.columns)
	}
	return nil, f
}

// hearType skips what comes before a text message of a type.
func (c *client) hearType(kind string) map[string]any {
	c.t.Helper()
	for {
		if m, _ := c.hear(); m != nil && m["type"] == kind {
			return m
		}
	}
}

// hearBlock skips what comes before a binary message.
func (c *client) hearBlock() *block {
	c.t.Helper()
	for {
		if _, b := c.hear(); b != nil {
			return b
		}
	}
}

func TestTheStreamOfARun(t *testing.T) {
	l := boot(t, Config{})
	blocker, r := l.start(tiny(1e6)), l.start(tiny(1e6))
	c := l.dial("/api/runs/" + r.ID + "/stream")
	hello, _ := c.hear()
	if hello["type"] != "hello" || hello["protocol"] != 1.0 || hello["run"] != r.ID || hello["kinds"].(map[string]any)["w"] != 4.0 {
		t.Errorf("it begins with %v", hello)
	}
	state, _ := c.hear()
	if state["type"] != "state" || state["state"] != "queued" || state["id"] != r.ID || state["eta_seconds"] != nil {
		t.Errorf("then comes %v", state)
	}
	if m, _ := c.hear(); m["type"] != "metrics" || len(m["points"].([]any)) != 0 {
		t.Errorf("then comes %v", m)
	}
	l.ask("POST", "/api/runs/"+blocker.ID+"/stop", "", 200, nil)

	activity := c.hearType("activity")
	if activity["samples"] != 3000.0 && activity["samples"] != 60.0 || len(activity["contexts"].([]any)) != 3 {
		t.Errorf("the activity is %v", activity)
	}
	for _, name := range activity["signals"].([]any) { // its frames follow, nothing between them
		m, b := c.hear()
		if m != nil {
			t.Fatalf("%v came between an activity's frames", m)
		}
		if uint32(b.kind) != signalKinds[name.(string)] || b.first != 0 || float64(b.rows) != activity["samples"] {
			t.Errorf("the frame of %v is of kind %d, from %d, %d rows", name, b.kind, b.first, b.rows)
		}
	}
	points := c.hearType("metrics")["points"].([]any)
	last := points[len(points)-1].([]any)
	if len(points) > metricsShown || len(last) != 4 || last[0].(float64) < 1 {
		t.Errorf("%d points, the last %v", len(points), last)
	}
	l.ask("POST", "/api/runs/"+r.ID+"/pause", "", 200, nil)
	for c.hearType("state")["state"] != "paused" {
	}
	again := l.dial("/api/runs/" + r.ID + "/stream") // one that comes later has the present
	if m := again.hearType("state"); m["state"] != "paused" || m["batch"].(float64) < 1 {
		t.Errorf("a second browser hears %v", m)
	}
	if m := again.hearType("metrics"); len(m["points"].([]any)) == 0 {
		t.Error("a second browser gets no metrics")
	}
}

func TestSocketsEndWithTheLab(t *testing.T) {
	l := boot(t, Config{})
	r := l.start(tiny(1e6))
	run, live := l.dial("/api/runs/"+r.ID+"/stream"), l.dial("/api/live?model=ideal-spatial")
	run.hearType("metrics")
	live.hearType("hello")
	live.say(`{"type":"play"}`)
	live.hearBlock()
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

func TestALiveSession(t *testing.T) {
	l := boot(t, Config{})
	c := l.dial("/api/live?model=ideal-spatial")
	hello, _ := c.hear()
	widths := hello["widths"].(map[string]any)
	if hello["type"] != "hello" || hello["model"] != "ideal" || widths["s"] != 2.0 || widths["m"] != 100.0 || hello["feedback"] != 4.0 {
		t.Errorf("it begins with %v", hello)
	}
	state, _ := c.hear()
	if state["type"] != "state" || state["playing"] != false || state["sample"] != 0.0 || len(state["context"].(map[string]any)["a"].([]any)) != 4 {
		t.Errorf("then comes %v", state)
	}

	c.say(`{"type":"context","a":0.9,"b":0.2}`)
	a := c.hearType("state")["context"].(map[string]any)["a"].([]any)
	if a[0] != 0.9 || a[2] != 0.2 {
		t.Errorf("the context became %v", a)
	}
	c.say(`{"type":"noise","sd":0}`)
	c.hearType("state")
	c.say(`{"type":"signals","signals":["s","x","y","m","l"]}`)
	c.hearType("state")
	c.say(`{"type":"step","samples":50}`)
	got := map[int]*block{}
	for range 6 { // s, x, y, m, l; then the state
		if m, b := c.hear(); b != nil {
			got[b.kind] = b
		} else if m["sample"] != 50.0 {
			t.Errorf("after a step the state is %v", m)
		}
	}
	s, x := got[1], got[2]
	if s == nil || x == nil || s.first != 0 || s.rows != 50 || s.columns != 2 || got[3] == nil || got[5] == nil || got[6] == nil {
		t.Fatalf("the frames are %v", got)
	}
	for i := range 50 {
		want := 0.9*float64(s.values[2*i]) + 0.1*float64(s.values[2*i+1])
		if d := math.Abs(float64(x.values[2*i]) - want); d > 1e-5 {
			t.Fatalf("stimulus %d is %g off its mixture", i, d)
		}
	}

	c.say(`{"type":"play"}`)
	if b := c.hearBlock(); b.first != 50 {
		t.Errorf("playing goes on from sample %d, want 50", b.first)
	}
	c.say(`{"type":"speed","samples_per_second":1}`)
	if e := c.hearType("error"); e["field"] != "samples_per_second" || e["message"] == "" {
		t.Errorf("a bad command is answered with %v", e)
	}
	c.say(`{"type":"pause"}`)
	for c.hearType("state")["playing"] != false {
	}
	c.say(`{"type":"clamp","signal":2,"value":0.5}`)
	if m := c.hearType("state"); m["clamps"].(map[string]any)["2"] != 0.5 {
		t.Errorf("clamped the state is %v", m)
	}
	c.say(`{"type":"freeze"}`)
	if m := c.hearType("state"); m["frozen"] != true {
		t.Errorf("frozen the state is %v", m)
	}
	c.say(`{"type":"reset"}`)
	if m := c.hearType("state"); m["sample"] != 0.0 || m["frozen"] != false || len(m["clamps"].(map[string]any)) != 0 {
		t.Errorf("reset the state is %v", m)
	}
	c.say(strings.Repeat("x", maxCommand+1))
	for {
		if _, _, err := c.ws.Read(c.ctx); err != nil {
			break // too long a message ends the session
		}
	}
}

// TestAPopulationIsSeenAlongItsFirstComponent: whitened over contexts, so that it has
// a size of about one.
func TestAPopulationIsSeenAlongItsFirstComponent(t *testing.T) {
	l := boot(t, Config{})
	c := l.dial("/api/live?model=ideal-spatial")
	c.hearType("hello")
	c.say(`{"type":"signals","signals":["z","pc1"]}`)
	c.hearType("state")
	var z, pc1 *block
	for pc1 == nil { // the component takes its time
		c.say(`{"type":"step","samples":400}`)
		for m, b := c.hear(); m == nil; m, b = c.hear() {
			switch uint32(b.kind) {
			case signalKinds["z"]:
				z = b
			case signalKinds["pc1"]:
				pc1 = b
			}
		}
	}
	if pc1.first != z.first || pc1.rows != z.rows || pc1.columns != 1 || z.columns != 100 {
		t.Fatalf("z has %d samples from %d on, pc1 %d × %d from %d", z.rows, z.first, pc1.rows, pc1.columns, pc1.first)
	}
	var size float64
	for _, v := range pc1.values {
		size += float64(v*v) / float64(pc1.rows)
	}
	if !(size > 0.05 && size < 20) {
		t.Errorf("the component's mean square is %g", size)
	}
}

func TestTooManyLiveSessions(t *testing.T) {
	l := boot(t, Config{Live: 1})
	first := l.dial("/api/live?model=ideal-spatial")
	first.hearType("hello")
	l.refused("GET", "/api/live?model=ideal-spatial", "", http.StatusServiceUnavailable, "")
	first.ws.Close(websocket.StatusNormalClosure, "")
	for len(l.live) > 0 { // its end is soon noticed
		time.Sleep(time.Millisecond)
	}
	l.dial("/api/live?model=ideal-spatial").hearType("hello")
}

func TestSocketsOfOtherSitesAreRefused(t *testing.T) {
	l := boot(t, Config{})
	url := strings.Replace(l.Address(), "http", "ws", 1) + "/api/live?model=ideal-spatial"
	_, resp, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"http://evil.example"}}})
	if err == nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("got %v, %v, want 403", resp, err)
	}
}

// A browser that reads nothing for a while holds nobody up, and then sees whole
// groups and the newest one.
func TestASlowBrowserSkips(t *testing.T) {
	l := boot(t, Config{})
	r := l.await(l.start(tiny(1)).ID)
	l.hub.Forget(r.ID, "activity")
	c := l.dial("/api/runs/" + r.ID + "/stream")
	for c.hearType("metrics") == nil {
	}
	const last = 100
	for i := range last + 1 {
		head := textMessage(map[string]any{"type": "activity", "batch": i})
		block := frame(1, i, 1, make([]float32, 1<<17))
		l.hub.Publish(r.ID, "activity", hub.Group{head, block, block})
	}
	seen, batch := 0, 0.0
	for batch < last {
		seen++
		batch = c.hearType("activity")["batch"].(float64)
		for range 2 {
			if m, b := c.hear(); m != nil || float64(b.first) != batch {
				t.Fatalf("the group of %v is torn: %v, %v", batch, m, b)
			}
		}
	}
	if seen > last/2 {
		t.Errorf("it saw %d of %d groups: none was skipped", seen, last+1)
	}
}
