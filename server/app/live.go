package app

import (
	"context"
	"net/http"

	"unmixlab/server/hub"
	"unmixlab/server/live"
	"unmixlab/server/wire"
	"unmixlab/sim/data"
)

// liveSession plays a model for one browser, which controls it. The simulation ends
// with the socket.
func (a *App) liveSession(w http.ResponseWriter, r *http.Request) {
	s, err := a.openSession(r)
	if err != nil {
		a.refuseSocket(w, r, err)
		return
	}
	select {
	case a.liveSlots <- struct{}{}:
		defer func() { <-a.liveSlots }()
	default:
		a.refuseSocket(w, r, problem(http.StatusServiceUnavailable, "", "%d live sessions are open, as many as there can be: close another one.", cap(a.liveSlots)))
		return
	}
	a.socket(w, r, "live", func(ctx context.Context, c conn) error { return converse(ctx, a.serving, c, s) })
}

func (a *App) openSession(r *http.Request) (*live.Session, error) {
	id := r.URL.Query().Get("model")
	if id == "" {
		return nil, invalid("query.model", "is missing: name a model")
	}
	g, src, err := a.guest(r.Context(), id)
	if err != nil {
		return nil, err
	}
	return live.New(g, src, func(id string) (live.Guest, error) {
		g, _, err := a.guest(a.serving, id)
		return g, err
	})
}

// guest is a model as live sessions play it, and the sources that it was trained on.
func (a *App) guest(ctx context.Context, id string) (live.Guest, *data.Sources, error) {
	f, src, err := a.lab.OpenModel(ctx, id)
	if err != nil {
		return live.Guest{}, nil, err
	}
	return live.Guest{ID: id, Title: f.Provenance.Title, Network: f.Network, Fit: a.lab.Component(id, f, src)}, src, nil
}

// converse runs a session over a socket until that ends or the lab closes: commands
// come in, the newest frame and state go out. While a write takes its time the
// simulation goes on.
func converse(ctx, closing context.Context, c conn, s *live.Session) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := c.send(ctx, s.Hello()); err != nil {
		return err
	}
	out := hub.New()
	defer context.AfterFunc(closing, out.Close)()
	frames := out.Subscribe("")
	defer frames.Close()
	show := func(key string, g hub.Group) { out.Publish("", key, g) }

	commands := make(chan live.Command)
	played, heard := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(played)
		s.Run(ctx, commands, show)
	}()
	go func() {
		defer close(heard)
		defer cancel()
		listen(ctx, c, s, commands, show)
	}()
	err := c.forward(ctx, frames)
	c.end(err)
	cancel()
	<-played
	<-heard
	return err
}

// listen reads commands until the socket or the context ends. Bad ones are answered
// with what is wrong; the session goes on.
func listen(ctx context.Context, c conn, s *live.Session, commands chan<- live.Command, show func(string, hub.Group)) {
	for {
		b, err := c.read(ctx)
		if err != nil {
			return
		}
		cmd, err := s.Parse(b)
		if err != nil {
			show("error", hub.Group{wire.Refused(err)})
			continue
		}
		select {
		case commands <- cmd:
		case <-ctx.Done():
			return
		}
	}
}
