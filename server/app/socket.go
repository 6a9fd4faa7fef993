package app

//lint:file-ignore SA1019 the websocket library's import path is the lab's choice; its successor has the same API

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	// This file alone knows the library.
	"nhooyr.io/websocket"

	"unmixlab/server/hub"
	"unmixlab/server/wire"
)

const (
	writeWithin = 10 * time.Second // that one message may take to a browser
	worthTrying = 15               // seconds until a socket that was refused for now may be tried again
	closeWithin = 2 * time.Second  // that a page may take to close a socket that was refused
	mostReason  = 120              // bytes of the reason in a socket's last message
)

// conn is an open websocket.
type conn struct {
	ws    *websocket.Conn
	whole *sync.Mutex // held while a group is written, so that nothing comes between
}

// socket makes a websocket of a request and hands it over until serve returns. Only
// the lab's own pages get one.
func (a *App) socket(w http.ResponseWriter, r *http.Request, kind string, serve func(context.Context, conn) error) {
	if err := a.origins.foreign(r); err != nil {
		a.refuseSocket(w, r, err)
		return
	}
	back, err := a.takeSocket(r)
	if err != nil {
		a.refuseSocket(w, r, err)
		return
	}
	defer back()
	a.sockets.Add(1)
	defer a.sockets.Done()
	c, err := accept(w, r)
	if err != nil {
		return // it has been answered
	}
	defer c.ws.CloseNow()
	defer context.AfterFunc(a.requests, func() { c.ws.CloseNow() })()
	open := a.meters.sockets.WithLabelValues(kind)
	open.Inc()
	defer open.Dec()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		defer cancel()
		c.beat(ctx, a.pulse)
	}()
	c.end(serve(ctx, c))
}

// accept answers a request with a websocket. Whose page it is has been looked at.
func accept(w http.ResponseWriter, r *http.Request) (conn, error) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled, InsecureSkipVerify: true})
	if err != nil {
		return conn{}, err
	}
	ws.SetReadLimit(maxCommand)
	return conn{ws, new(sync.Mutex)}, nil
}

// refuseSocket says why a request gets no websocket. Browsers show pages nothing of an
// answer that is no websocket, so a page is given one that says why. It is the page's to
// close then; from others the lab takes it, with the status 403 as the code 4403.
func (a *App) refuseSocket(w http.ResponseWriter, r *http.Request, err error) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		writeProblem(w, err)
		return
	}
	a.sockets.Add(1)
	defer a.sockets.Done()
	c, acceptErr := accept(w, r)
	if acceptErr != nil {
		return
	}
	defer c.ws.CloseNow()
	p, retry := ProblemOf(err), 0
	if later(p.Status) {
		retry = worthTrying
	}
	if c.write(r.Context(), wire.Refusal(p.Status, p.Detail, retry)) != nil {
		return
	}
	closed := c.writeOnly(r.Context())
	a.awaitLeave(closed)
	if closed.Err() != nil {
		return
	}
	c.ws.Close(websocket.StatusCode(4000+p.Status), strings.ToValidUTF8(p.Detail[:min(len(p.Detail), mostReason)], ""))
}

// awaitLeave gives a page that was told the last thing the time to close its socket
// itself: a browser that is asked to while it does is told so twice, and complains.
func (a *App) awaitLeave(closed context.Context) {
	select {
	case <-closed.Done():
	case <-time.After(closeWithin):
	case <-a.serving.Done():
	}
}

// beat says every so often that the lab is there, and asks whether the browser is. It
// returns when the context ends, or when two answers in a row are missing. So nothing
// on the way takes the socket for an idle one, either end notices when the other is
// gone, and a live session whose browser has vanished gives its place free.
func (c conn) beat(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for missing := 0; missing < 2; missing++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if c.send(ctx, hub.Group{wire.Alive()}) != nil {
			return
		}
		if c.answers(ctx, every/2) {
			missing = -1
		}
	}
}

// answers tells whether the browser answers within some time.
func (c conn) answers(ctx context.Context, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return c.ws.Ping(ctx) == nil
}

// end closes the socket in good order, telling a browser when the lab shuts down. A
// read that waits meanwhile returns.
func (c conn) end(err error) {
	if errors.Is(err, hub.ErrClosed) {
		c.ws.Close(websocket.StatusGoingAway, "the lab is shutting down")
		return
	}
	c.ws.Close(websocket.StatusNormalClosure, "")
}

// writeOnly has the socket answer its browser's closing by itself; the context it
// gives ends then.
func (c conn) writeOnly(ctx context.Context) context.Context { return c.ws.CloseRead(ctx) }

// read waits for a message of the browser.
func (c conn) read(ctx context.Context) ([]byte, error) {
	_, b, err := c.ws.Read(ctx)
	return b, err
}

// send writes a group, each message within its time.
func (c conn) send(ctx context.Context, group hub.Group) error {
	c.whole.Lock()
	defer c.whole.Unlock()
	for _, m := range group {
		if err := c.write(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (c conn) write(ctx context.Context, m hub.Message) error {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	kind := websocket.MessageBinary
	if m.Text {
		kind = websocket.MessageText
	}
	return c.ws.Write(ctx, kind, m.Data)
}

// forward sends what a subscription gives. While a write takes its time, newer
// groups replace those not yet sent.
func (c conn) forward(ctx context.Context, from *hub.Subscription) error {
	for {
		group, err := from.Next(ctx)
		if err != nil {
			return err
		}
		if err := c.send(ctx, group); err != nil {
			return err
		}
	}
}
