package app

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"unmixlab/server/hub"
	"unmixlab/server/live"
	"unmixlab/server/wire"
	"unmixlab/sim/data"
	"unmixlab/sim/spec"
)

// liveSession plays a model for one browser, which controls it. The simulation ends
// with the socket.
func (a *App) liveSession(w http.ResponseWriter, r *http.Request) {
	s, err := a.openSession(r)
	if err != nil {
		a.refuseSocket(w, r, err)
		return
	}
	back, err := a.takeLive(r)
	if err != nil {
		a.refuseSocket(w, r, err)
		return
	}
	defer back()
	a.socket(w, r, "live", func(ctx context.Context, c conn) error { return a.converse(ctx, c, r.URL.Query().Get("model"), s) })
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

// presenter is a session over a socket, with the stage on which others follow it.
type presenter struct {
	stages   *live.Stages
	model    string // that is played
	session  *live.Session
	hello    hub.Group
	out      *hub.Hub // to the socket
	commands chan live.Command

	stage atomic.Pointer[live.Stage] // nil while it is not shared
	lower func(words string)         // ends the stage; for the goroutine that listens
}

// converse runs a session over a socket until that ends or the lab closes: commands
// come in, the newest frame and state go out. While a write takes its time the
// simulation goes on.
func (a *App) converse(ctx context.Context, c conn, model string, s *live.Session) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &presenter{stages: a.stages, model: model, session: s, hello: s.Hello(), out: hub.New(), commands: make(chan live.Command)}
	if err := c.send(ctx, p.hello); err != nil {
		return err
	}
	defer context.AfterFunc(a.serving, p.out.Close)()
	frames := p.out.Subscribe("")
	defer frames.Close()

	played, heard := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(played)
		s.Run(ctx, p.commands, p.show)
	}()
	go func() {
		defer close(heard)
		defer cancel()
		p.listen(ctx, c)
	}()
	err := c.forward(ctx, frames)
	c.end(err)
	cancel()
	<-played
	<-heard
	return err
}

// show passes on what the session shows. It waits for nobody.
func (p *presenter) show(key string, g hub.Group) {
	p.out.Publish("", key, g)
	if st := p.stage.Load(); st != nil {
		st.Take(key, g)
	}
}

// listen reads commands until the socket or the context ends, and the stage with it.
// Bad ones are answered with what is wrong; the session goes on.
func (p *presenter) listen(ctx context.Context, c conn) {
	defer p.unshare("The presenter has left.")
	for pace := newPace(); ; {
		b, err := c.read(ctx)
		if err != nil {
			return
		}
		if wait, err := pace.next(time.Now()); wait > 0 {
			p.show("error", hub.Group{wire.Refused(err)})
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
		}
		cmd, err := p.session.Parse(b)
		if err == nil {
			err = p.hear(ctx, cmd)
		}
		if err != nil {
			p.show("error", hub.Group{wire.Refused(err)})
		}
	}
}

// hear does what concerns the stage and hands on everything else.
func (p *presenter) hear(ctx context.Context, cmd live.Command) error {
	switch cmd.Kind() {
	case live.Share:
		st := p.share(ctx)
		cmd = live.Shared(st.ID, st.Viewers())
	case live.Unshare:
		p.unshare("The presenter does not share this stage any longer.")
		cmd = live.Shared("", 0)
	case live.View:
		st := p.stage.Load()
		if st == nil {
			return spec.FieldError{Field: "type", Message: "view is for those who follow a stage: share it first"}
		}
		st.Take("view", hub.Group{wire.View(cmd.View())})
		return nil
	}
	select {
	case p.commands <- cmd:
	case <-ctx.Done():
	}
	return nil
}

// share opens a stage unless there is one.
func (p *presenter) share(ctx context.Context) *live.Stage {
	if st := p.stage.Load(); st != nil {
		return st
	}
	st := p.stages.Raise(p.model, p.hello[0])
	p.stage.Store(st)
	ctx, cancel := context.WithCancel(ctx)
	var shown sync.WaitGroup
	shown.Go(func() { st.Run(ctx, p.commands) })
	p.lower = func(words string) {
		cancel()
		shown.Wait()
		p.stage.Store(nil)
		p.stages.Strike(st, words)
	}
	return st
}

func (p *presenter) unshare(words string) {
	if p.lower != nil {
		p.lower(words)
		p.lower = nil
	}
}
