package app

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"unmixlab/server/places"
	"unmixlab/sim/spec"
)

// Limits of what the lab takes, each with an answer that says so. Those of figures are
// package lab's, those of a session's commands package live's.
const (
	maxBody    = 1 << 20  // bytes of an ordinary request
	maxUpload  = 64 << 20 // bytes of an uploaded model or sound
	maxCommand = 16 << 10 // bytes of a message from a browser

	usualLive   = 64  // live sessions at once, unless set otherwise
	liveEach    = 4   // of them of one client
	socketsEach = 32  // of one client, live sessions among them
	socketsNear = 512 // of clients without a link behind one address, such as a class that follows a stage

	messagesEach  = 200 // a second on one socket; more wait
	messagesAhead = 400 // that may come at once
)

// client tells visitors apart where a lab asks for links: by what was given to their
// browser with the link, else by their address. Elsewhere all are one, "", to whom no
// limit of a client's applies.
func (a *App) client(r *http.Request) string {
	if a.keys == nil {
		return ""
	}
	if key, visitor := a.keys.given(r); visitor != "" && a.keys.roleOf(key) > stranger {
		return "visitor " + visitor[:min(len(visitor), 64)]
	}
	host, _ := splitHost(r.RemoteAddr)
	return "address " + strings.ToLower(host)
}

// takeLive gives a client a place for a live session.
func (a *App) takeLive(r *http.Request) (back func(), err error) {
	back, why := a.live.Take(a.client(r))
	switch why {
	case places.Taken:
		return nil, problem(http.StatusServiceUnavailable, "", "%d live sessions are open, as many as there can be: close another one.", a.live.All)
	case places.Reserved:
		return nil, problem(http.StatusServiceUnavailable, "", "Of %d places for live sessions the last are for those who have none: close one of yours.", a.live.All)
	case places.Greedy:
		return nil, problem(http.StatusTooManyRequests, "", "%d live sessions of yours are open, as many as one may have: close another one.", a.live.Each)
	}
	return back, nil
}

// takeSocket gives a client a websocket.
func (a *App) takeSocket(r *http.Request) (back func(), err error) {
	client, sockets := a.client(r), a.connections
	if strings.HasPrefix(client, "address ") {
		sockets = a.near
	}
	back, why := sockets.Take(client)
	if why != 0 {
		return nil, problem(http.StatusTooManyRequests, "", "%d connections of yours are open, as many as one may have: close some pages of the lab.", sockets.Each)
	}
	return back, nil
}

// pace is how fast the messages of one socket are read.
type pace struct{ *rate.Limiter }

func newPace() pace { return pace{rate.NewLimiter(messagesEach, messagesAhead)} }

// next is how long the next message has to wait, and, where it has to, what to say.
func (p pace) next(now time.Time) (wait time.Duration, err error) {
	wait = p.ReserveN(now, 1).DelayFrom(now)
	if wait > 0 {
		err = spec.FieldError{Field: "type", Message: fmt.Sprintf("comes too fast: at most %d messages a second are taken, and this one waits", messagesEach)}
	}
	return wait, err
}
