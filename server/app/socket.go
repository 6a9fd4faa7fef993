package app

//lint:file-ignore SA1019 the websocket library's import path is the lab's choice; its successor has the same API

import (
	"context"
	"errors"
	"net/http"
	"time"

	// This file alone knows the library.
	"nhooyr.io/websocket"

	"unmixlab/server/hub"
)

const (
	writeWithin = 10 * time.Second // that one message may take to a browser
	maxCommand  = 4 << 10          // bytes of a message from a browser
)

// conn is an open websocket.
type conn struct{ ws *websocket.Conn }

// socket makes a websocket of a request and hands it over until serve returns. Only
// pages of the lab's own host get one.
func (a *App) socket(w http.ResponseWriter, r *http.Request, kind string, serve func(context.Context, conn) error) {
	a.sockets.Add(1)
	defer a.sockets.Done()
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	defer ws.CloseNow()
	ws.SetReadLimit(maxCommand)
	open := a.meters.sockets.WithLabelValues(kind)
	open.Inc()
	defer open.Dec()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	conn{ws}.end(serve(ctx, conn{ws}))
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
