package app

import (
	"context"
	"net/http"

	"unmixlab/server/hub"
	"unmixlab/server/wire"
)

// presence is a socket by which a page notices at once that the lab is gone: it says
// nothing but that it is there.
func (a *App) presence(w http.ResponseWriter, r *http.Request) {
	a.socket(w, r, "page", func(ctx context.Context, c conn) error {
		ctx = c.writeOnly(ctx)
		if err := c.send(ctx, hub.Group{wire.Hello(struct{}{})}); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.serving.Done():
			return hub.ErrClosed
		}
	})
}
