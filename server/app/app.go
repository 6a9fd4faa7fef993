// Package app is the lab on the network: pages, API and websockets, served from one
// address. Each address has its line in routes.go or, with its page, in pages.go; what
// is behind them is the business of packages lab and live.
package app

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"unmixlab/server/assets"
	"unmixlab/server/hub"
	"unmixlab/server/lab"
	"unmixlab/server/live"
	"unmixlab/server/places"
	"unmixlab/server/queue"
	"unmixlab/static"
	"unmixlab/templates"
	"unmixlab/web"
)

// Config says where the lab listens, where it keeps what it makes, and how much it
// does at once. Zero values mean the defaults named.
type Config struct {
	Listen string // host:port; port 0 takes a free one. Default 127.0.0.1:8080
	Live   int    // live sessions at once. Default 64

	Pulse time.Duration // how often a socket is asked whether its browser is there. Default 20 s

	Ask bool        // whether a link is asked for on the loopback address too; beyond it one always is
	TLS *tls.Config // the certificate; without, the lab speaks plain HTTP

	Base    Base     // path below which the lab stands, such as /lab. Default: the root
	Origins []Origin // addresses of proxies before the lab

	EmbedOrigins []Origin // sites whose pages may show live pages in frames. Default: none but the lab

	Data    string // as in lab.Config
	Runs    int
	Resume  bool
	Yield   int
	Shipped fs.FS

	Dev assets.Sources // where templates and static files are read each time; those embedded if empty
}

// App is a lab that listens. New opens it, Run serves until its context ends.
type App struct {
	Assets *assets.Files

	lab     *lab.Lab
	pages   func() (*web.Renderer, error)
	lessons func() ([]web.Lesson, error)
	hub     *hub.Hub       // messages for who watches runs
	dev     assets.Sources // with --dev
	meters  *meters

	encodings encodings // of figures

	base      Base
	origins   origins
	embedders []Origin
	given     lab.Keys // in links
	keys      *keyring // of a lab that asks for links; nil of one that takes everybody for its lead
	listener  net.Listener
	tls       *tls.Config // nil without TLS
	server    *http.Server

	sockets     sync.WaitGroup // open websockets
	pulse       time.Duration  // of sockets
	live        *places.Places // places for live sessions
	connections *places.Places // websockets, by client
	near        *places.Places // those of clients without a link, by address
	stages      *live.Stages   // of live sessions that others follow
	requests    lifetime       // of every request
	serving     lifetime       // ends when the lab begins to shut down
	close       func() error   // once
}

// lifetime is a context with what ends it.
type lifetime struct {
	context.Context
	end context.CancelFunc
}

func newLifetime() lifetime {
	ctx, end := context.WithCancel(context.Background())
	return lifetime{ctx, end}
}

// New opens the lab and listens; the address is free for whoever connects from then
// on, and answered once Run is called. The caller runs or closes it.
func New(ctx context.Context, c Config) (*App, error) {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:8080"
	}
	if c.Live == 0 {
		c.Live = usualLive
	}
	if c.Pulse == 0 {
		c.Pulse = 20 * time.Second
	}
	a := &App{
		hub: hub.New(), meters: newMeters(), base: c.Base, origins: c.Origins, embedders: c.EmbedOrigins, tls: c.TLS, pulse: c.Pulse,
		live: places.New(c.Live, liveEach), connections: places.New(0, socketsEach), near: places.New(0, socketsNear), stages: live.NewStages(), requests: newLifetime(), serving: newLifetime(),
	}
	a.close = sync.OnceValue(a.closeAll)
	if err := a.open(ctx, c); err != nil {
		a.Close()
		return nil, err
	}
	a.server = &http.Server{
		Handler:           a.routes(),
		TLSConfig:         a.tls,
		BaseContext:       func(net.Listener) context.Context { return a.requests },
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	a.server.RegisterOnShutdown(a.hub.Close)
	a.server.RegisterOnShutdown(a.serving.end)
	return a, nil
}

// open does the parts of New that can fail.
func (a *App) open(ctx context.Context, c Config) (err error) {
	if err := a.openPages(c.Dev); err != nil {
		return err
	}
	a.lab, err = lab.Open(ctx, lab.Config{Data: c.Data, Runs: c.Runs, Resume: c.Resume, Yield: c.Yield, Shipped: c.Shipped}, feed{a.hub, a.meters, a.live})
	if err != nil {
		return err
	}
	a.meters.count(a.lab)
	if a.listener, err = net.Listen("tcp", c.Listen); err != nil || a.Private() && !c.Ask {
		return err
	}
	if a.given, err = a.lab.Keys(); err == nil {
		a.keys = newKeyring(a.given)
	}
	return err
}

// openPages reads the static files, the templates and the lessons, once or, with --dev,
// each time.
func (a *App) openPages(dev assets.Sources) error {
	if dev != "" {
		a.Assets, a.dev = dev.Files(), dev
		a.pages = func() (*web.Renderer, error) {
			return web.NewRenderer(dev.Templates(), templatePages(), a.Assets.URL, a.Assets.Imports)
		}
		a.lessons = func() ([]web.Lesson, error) { return web.ReadLessons(dev.Templates()) }
		return nil
	}
	own, err := builtIn()
	a.Assets = own.assets
	a.lessons = func() ([]web.Lesson, error) { return own.lessons, nil }
	a.pages = func() (*web.Renderer, error) { return own.pages, nil }
	return err
}

// embedded is what pages are made of.
type embedded struct {
	assets  *assets.Files
	pages   *web.Renderer
	lessons []web.Lesson
}

// builtIn reads what is built into the program, once for every lab of the process.
var builtIn = sync.OnceValues(func() (e embedded, err error) {
	if e.assets, err = assets.Load(static.FS); err != nil {
		return e, err
	}
	if e.lessons, err = web.ReadLessons(templates.FS); err != nil {
		return e, err
	}
	e.pages, err = web.NewRenderer(templates.FS, templatePages(), e.assets.URL, e.assets.Imports)
	return e, err
})

// UseWorkers lets sweeps be done by what waits at a queue.
func (a *App) UseWorkers(q *queue.Queue) { a.lab.UseWorkers(q) }

// Address is where the lab answers, such as http://127.0.0.1:8080, without a slash at its end.
func (a *App) Address() string {
	host, port, err := net.SplitHostPort(a.listener.Addr().String())
	if err != nil {
		panic("app: a listener's own address: " + err.Error())
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if a.tls != nil {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + string(a.base)
}

// Private tells whether only this machine can reach the lab.
func (a *App) Private() bool { return loopback(a.listener.Addr().String()) }

// Run serves until the context ends, then shuts down: runs are stopped and saved,
// requests finished, sockets closed.
func (a *App) Run(ctx context.Context) error {
	served := make(chan error, 1)
	go func() { served <- a.serve() }()
	select {
	case err := <-served:
		return errors.Join(err, a.Close())
	case <-ctx.Done():
	}
	err := a.Close()
	<-served // http.ErrServerClosed
	return err
}

func (a *App) serve() error {
	if a.tls != nil {
		return a.server.ServeTLS(a.listener, "", "")
	}
	return a.server.Serve(a.listener)
}

// Close shuts the lab down; a second call only waits for the first.
func (a *App) Close() error { return a.close() }

// How long requests under way, and then sockets that are to take their leave, may keep
// the lab once it was told to end: with what runs need, five seconds are not passed.
const (
	graceful  = 2 * time.Second
	farewells = time.Second
)

func (a *App) closeAll() error {
	var errs []error
	if a.lab != nil {
		a.lab.Rest()
	}
	if a.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), graceful)
		defer cancel()
		if err := a.server.Shutdown(ctx); err != nil {
			a.requests.end()
			errs = append(errs, a.server.Close())
		}
	}
	a.hub.Close()
	a.serving.end()
	unread := time.AfterFunc(farewells, a.requests.end) // by whoever reads nothing
	a.sockets.Wait()
	unread.Stop()
	a.requests.end()
	if a.listener != nil {
		a.listener.Close() // closed already where it was served
	}
	if a.lab != nil {
		errs = append(errs, a.lab.Close())
	}
	return errors.Join(errs...)
}
