package app

//lint:file-ignore SA1019 as in socket.go

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nhooyr.io/websocket"
)

// One visitor has so many live sessions, and another still finds a place; one that is
// closed is another's.
func TestLiveSessionsOfOneVisitor(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	as := func(visitor string) http.Header {
		return http.Header{"Cookie": {l.keys.cookie + "=" + l.given.Work + "." + visitor}}
	}
	const path = "/api/live?model=ideal-spatial"
	var open []*client
	for range liveEach {
		c := l.dialWith(path, "", as("ann"))
		c.untilKind("hello")
		open = append(open, c)
	}
	l.dialWith(path, "", as("ann")).isRefused(429, "4 live sessions of yours", worthTrying)
	bob := l.dialWith(path, "", as("bob"))
	bob.untilKind("hello")
	open[0].leave()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		if back, why := l.live.Take("visitor ann"); why == 0 {
			back()
			break
		}
		if time.Since(began) > time.Minute {
			t.Fatal("a session that was closed still holds its place")
		}
	}
	l.dialWith(path, "", as("ann")).untilKind("hello")
}

// One visitor has so many sockets of all kinds.
func TestSocketsOfOneVisitor(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	for range socketsEach {
		if _, why := l.connections.Take("visitor ann"); why != 0 {
			t.Fatal(why)
		}
	}
	c := l.dialWith("/api/live?model=ideal-spatial", "", http.Header{"Cookie": {l.keys.cookie + "=" + l.given.Work + ".ann"}})
	c.isRefused(429, "32 connections of yours", worthTrying)
}

// Visitors are told apart by what came with their link; programs by their address; on a
// lab for one machine all are one.
func TestClientsAreToldApart(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	ask := func(headers ...string) string {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.RemoteAddr = "10.0.0.7:4711"
		r.Header.Set(headers[0], headers[1])
		return l.client(r)
	}
	cookie := l.keys.cookie + "="
	for want, headers := range map[string][]string{
		"visitor ann":      {"Cookie", cookie + l.given.View + ".ann"},
		"address 10.0.0.7": {"Authorization", "Bearer " + l.given.Work},
	} {
		if got := ask(headers...); got != want {
			t.Errorf("%v is %q, want %q", headers, got, want)
		}
	}
	if got := ask("Cookie", cookie+"wrong.ann"); got != "address 10.0.0.7" {
		t.Errorf("with a wrong key it is %q", got)
	}
	l.keys = nil
	if got := ask("Cookie", cookie+l.given.View+".ann"); got != "" {
		t.Errorf("where nothing is asked for it is %q", got)
	}
}

// Messages that come too fast wait, and the page is told.
func TestMessagesHaveAPace(t *testing.T) {
	t.Parallel()
	p, now := newPace(), time.Now()
	for i := range messagesAhead {
		if wait, err := p.next(now); wait != 0 || err != nil {
			t.Fatalf("message %d waits %v, %v", i, wait, err)
		}
	}
	if wait, err := p.next(now); wait <= 0 || wait > time.Second/messagesEach || err == nil || !strings.Contains(err.Error(), "200 messages a second") {
		t.Errorf("one more waits %v, %v", wait, err)
	}
	if wait, err := p.next(now.Add(time.Minute)); wait != 0 || err != nil {
		t.Errorf("after a while it waits %v, %v", wait, err)
	}
	l := boot(t, Config{})
	c := l.dial("/api/live?model=ideal-spatial")
	go func() { // until the socket is closed: however slow the machine, that is too fast
		for c.ws.Write(c.ctx, websocket.MessageText, []byte(`{"type":"pause"}`)) == nil {
		}
	}()
	m := c.untilKind("error")
	if !strings.Contains(string(m.data), "comes too fast") {
		t.Errorf("it hears %s", m.data)
	}
}

// Who follows a stage needs nothing but its address, which cannot be guessed, and may sit
// with a whole class behind one address of the network.
func TestFollowersNeedNoOtherLink(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Ask: true})
	presenter := l.dialWith("/api/live?model=ideal-spatial", "", http.Header{"Authorization": {"Bearer " + l.given.Work}})
	address := presenter.share()
	for range socketsEach {
		l.dial(address).untilKind("hello")
	}
	l.dial(address).untilKind("hello")
	if _, _, b := l.request("GET", strings.TrimPrefix(address, "/api"), ""); !strings.Contains(string(b), "You follow") || strings.Contains(string(b), "own copy") {
		t.Errorf("a follower without a link is shown %s", b)
	}
}
