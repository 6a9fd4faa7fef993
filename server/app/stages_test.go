package app

//lint:file-ignore SA1019 as in socket.go

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"

	"nhooyr.io/websocket"
	"rsc.io/qr"

	"unmixlab/server/live"
	"unmixlab/server/wire"
)

// share has a presenter share its session and gives the stage's address.
func (c *client) share() string {
	c.t.Helper()
	c.say(`{"type":"share"}`)
	m := c.until("the id of a stage", func(m message) bool { return m.kind == "state" && m.fields["stage"] != "" })
	return "/api/stages/" + m.fields["stage"].(string)
}

func TestAClassFollows(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	presenter := l.dial("/api/live?model=ideal-spatial")
	presenter.say(`{"type":"view","view":{"at":1}}`)
	if m := presenter.untilKind("error"); m.fields["field"] != "type" {
		t.Errorf("a view without a stage is answered with %s", m.data)
	}
	address := presenter.share()
	if len(address) < len("/api/stages/")+20 {
		t.Errorf("%s can be guessed", address)
	}
	if again := presenter.share(); again != address {
		t.Errorf("shared again the stage is %s, not %s", again, address)
	}
	l.checkShared(strings.TrimPrefix(address, "/api/stages/"))
	viewer := l.dial(address)
	if m := viewer.hear("the hello"); m.kind != "hello" || m.fields["id"] != "ideal-spatial" || m.fields["protocol"] != 2.0 {
		t.Errorf("a viewer is greeted with %s", m.data)
	}
	viewer.untilKind("state")
	presenter.untilState("viewers", 1.0)

	presenter.say(`{"type":"view","view":{"pointer":[0.5, 3]}}`)
	if m := viewer.untilKind("view"); m.fields["view"].(map[string]any)["pointer"].([]any)[1] != 3.0 {
		t.Errorf("the presenter's view comes as %s", m.data)
	}
	presenter.say(`{"type":"twin","kind":"frozen"}`)
	presenter.say(`{"type":"step","samples":50}`)
	sent := presenter.untilKind("frame")
	if m := viewer.untilKind("frame"); !bytes.Equal(m.data, sent.data) {
		t.Errorf("of the presenter's %d bytes a viewer gets %d", len(sent.data), len(m.data))
	}
	viewer.untilState("sample", 50.0)
	late := l.dial(address) // has the present
	late.untilKind("view")
	late.untilState("sample", 50.0)
	presenter.untilState("viewers", 2.0)
	late.ws.Close(websocket.StatusNormalClosure, "")
	presenter.untilState("viewers", 1.0)

	presenter.ws.Close(websocket.StatusNormalClosure, "")
	if m := viewer.untilKind("ended"); !strings.Contains(m.fields["message"].(string), "presenter has left") {
		t.Errorf("at the end a viewer hears %s", m.data)
	}
	if _, _, err := viewer.ws.Read(viewer.ctx); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("then the socket ends with %v", err)
	}
	l.refused("GET", address, "", http.StatusNotFound, "path.id")
}

// checkShared looks at the page of a stage, and at the code of its address.
func (l *testLab) checkShared(id string) {
	l.t.Helper()
	status, _, page := l.request("GET", "/stages/"+id, "", "Accept", "text/html")
	if status != http.StatusOK || !strings.Contains(string(page), "You follow") {
		l.t.Errorf("the page of a stage gave %d %.200s", status, page)
	}
	l.checkPage("a stage", string(page))
	status, _, page = l.request("GET", "/stages/NONE", "", "Accept", "text/html")
	if status != http.StatusNotFound || !strings.Contains(string(page), "presenter has left") {
		l.t.Errorf("the page of no stage gave %d %.200s", status, page)
	}
	code := "/api/stages/" + id + "/code.svg?link="
	link := "https://lab.example.org/lab/stages/" + id
	status, head, svg := l.request("GET", code+url.QueryEscape(link), "")
	want, err := qr.Encode(link, qr.M)
	if err != nil {
		l.t.Fatal(err)
	}
	black := 0
	for i := range want.Size * want.Size {
		if want.Black(i%want.Size, i/want.Size) {
			black++
		}
	}
	if status != http.StatusOK || head.Get("Content-Type") != "image/svg+xml" || bytes.Count(svg, []byte("h1v1h-1z")) != black {
		l.t.Errorf("the code of a stage gave %d, %s, %.100s", status, head.Get("Content-Type"), svg)
	}
	for _, wrong := range []string{"", "javascript:/stages/" + id, "https://lab.example.org/elsewhere", link + "X", strings.Replace(link, "/lab", strings.Repeat("/lab", 200), 1)} {
		l.refused("GET", code+url.QueryEscape(wrong), "", http.StatusUnprocessableEntity, "query.link")
	}
	l.refused("GET", "/api/stages/NONE/code.svg", "", http.StatusNotFound, "path.id")
}

func TestAStageThatIsNoLongerShared(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	presenter := l.dial("/api/live?model=ideal-spatial")
	address := presenter.share()
	viewer := l.dial(address)
	viewer.untilKind("state")
	presenter.say(`{"type":"unshare"}`)
	viewer.untilKind("ended")
	presenter.untilState("stage", "")
	l.refused("GET", address, "", http.StatusNotFound, "path.id")
	if again := presenter.share(); again == address {
		t.Error("a stage that has ended is opened again")
	}
}

// Two hundred follow, of whom twenty read nothing any more: the presenter has every
// frame, all others see the end of what was played, and memory stays bounded.
func TestViewersWhoDoNotReadHoldNobodyUp(t *testing.T) {
	l := boot(t, Config{})
	near := listenNear(t, l)
	presenter := l.dial("/api/live?model=ideal-spatial") // whose states a network keeps while the class gathers
	presenter.ctx = t.Context()
	address := presenter.share()
	const deaf, steps, last = 20, 40, 40 * 200
	var reading sync.WaitGroup
	all := make(chan bool, live.MostViewers) // those who see that all are there
	for i := range live.MostViewers {
		viewer := near.dial(address)
		reading.Go(func() {
			viewer.follow("viewers", live.MostViewers)
			all <- true
			if i >= deaf {
				viewer.follow("sample", last)
			}
		})
	}
	for range live.MostViewers {
		<-all
	}
	l.refused("GET", address, "", http.StatusServiceUnavailable, "")
	before := heap()
	for i := range steps {
		presenter.say(`{"type":"step","samples":200}`)
		if m := presenter.untilKind("frame"); m.blocks[0].First != 200*i {
			t.Fatalf("the presenter's step %d begins at sample %d", i, m.blocks[0].First)
		}
	}
	presenter.untilState("sample", float64(last))
	reading.Wait()
	presenter.say(`{"type":"play"}`)
	presenter.until("more", func(m message) bool { return m.kind == "frame" && m.blocks[0].First > last })
	const most = 32 << 20
	if grown := int64(heap()) - int64(before); grown > most {
		t.Errorf("with %d viewers who do not read, memory grew by %d bytes", deaf, grown)
	}
}

// follow reads up to a state in which a field has a value. It is for a goroutine of its
// own, where a test must not be ended.
func (c *client) follow(field string, value float64) {
	for {
		kind, b, err := c.ws.Read(c.ctx)
		if err != nil {
			c.t.Errorf("before %s is %g a viewer has %v", field, value, err)
			return
		}
		if kind == websocket.MessageBinary {
			continue
		}
		if _, fields, err := wire.ReadObject(b); err != nil || fields[field] == value {
			return
		}
	}
}

// near is a lab that is reached without a network: what it writes waits until it is
// read, for nothing between keeps any of it.
type near struct {
	lab   *testLab
	conns chan net.Conn
	ended chan struct{}
}

func listenNear(t *testing.T, l *testLab) near {
	n := near{l, make(chan net.Conn), make(chan struct{})}
	var serving sync.WaitGroup
	serving.Go(func() { l.server.Serve(n) })
	t.Cleanup(func() { l.stop(); serving.Wait() })
	return n
}

func (n near) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.ended:
		return nil, net.ErrClosed
	}
}

func (n near) Close() error {
	close(n.ended)
	return nil
}

func (n near) Addr() net.Addr { return n.lab.listener.Addr() }

func (n near) dial(path string) *client {
	n.lab.t.Helper()
	over := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		here, there := net.Pipe()
		select {
		case n.conns <- there:
			return here, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	ctx := n.lab.t.Context()
	ws, _, err := websocket.Dial(ctx, strings.Replace(n.lab.Address(), "http", "ws", 1)+path, &websocket.DialOptions{HTTPClient: &http.Client{Transport: over}})
	if err != nil {
		n.lab.t.Fatal(err)
	}
	ws.SetReadLimit(1 << 24)
	n.lab.t.Cleanup(func() { ws.CloseNow() })
	return &client{t: n.lab.t, ctx: ctx, ws: ws, last: "nothing"}
}

// heap is the memory in use once all that can be freed is.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestStagesEndWithTheLab(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	presenter := l.dial("/api/live?model=ideal-spatial")
	viewer := l.dial(presenter.share())
	viewer.untilKind("state")
	done := make(chan error, 1)
	go func() {
		for {
			if _, _, err := viewer.ws.Read(viewer.ctx); err != nil {
				done <- err
				return
			}
		}
	}()
	go func() {
		for {
			if _, _, err := presenter.ws.Read(presenter.ctx); err != nil {
				return
			}
		}
	}()
	l.stop()
	if err := <-done; websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("a viewer's socket ended with %v", err)
	}
}
