// Package app is the lab as a program: pages, API, websockets and the runs they
// control, served from one address.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"unmixlab/server/assets"
	"unmixlab/server/hub"
	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/modelfile"
	"unmixlab/static"
	"unmixlab/templates"
	"unmixlab/web"
	"unmixlab/web/figure"
)

// Config says where the lab listens, where it keeps what it makes, and how much it
// does at once. Zero values mean the defaults named.
type Config struct {
	Listen string // host:port; port 0 takes a free one. Default 127.0.0.1:8080
	Data   string // the data folder. Default DataFolder()
	Runs   int    // that train at once. Default 1: one run already uses every core
	Live   int    // live sessions at once. Default 16

	Shipped fs.FS // the models that come with the lab; nil for none but the ideal one
}

func (c *Config) fill() error {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:8080"
	}
	if c.Data == "" {
		dir, err := DataFolder()
		if err != nil {
			return err
		}
		c.Data = dir
	}
	if c.Runs == 0 {
		c.Runs = 1
	}
	if c.Live == 0 {
		c.Live = 16
	}
	return nil
}

// DataFolder is the user's: $XDG_DATA_HOME/unmixlab, or what the system has for it.
func DataFolder() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "unmixlab"), nil
	}
	if home, err := os.UserHomeDir(); err == nil {
		if share := filepath.Join(home, ".local", "share"); isFolder(share) {
			return filepath.Join(share, "unmixlab"), nil
		}
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no folder for data is known (%w): name one with --data", err)
	}
	return filepath.Join(dir, "unmixlab"), nil
}

// ModelFolder is where a data folder has the user's models.
func ModelFolder(data string) string { return filepath.Join(data, "models") }

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// App is a lab that listens. New opens it, Run serves until its context ends.
type App struct {
	Assets *assets.Files
	models *modelfile.Library
	store  *store.Store
	jobs   *job.Registry
	hub    *hub.Hub
	meters *meters
	pages  *web.Renderer
	config Config

	figures *flights[*figure.Figure]

	components *flights[*figure.PopulationComponent] // for live sessions

	listener net.Listener
	server   *http.Server

	unreadable sync.Map           // ids of models' files that the log has told of
	saving     sync.Map           // run id to the channel on which its training takes wishes
	sockets    sync.WaitGroup     // open websockets
	live       chan struct{}      // one token for each live session
	base       context.Context    // of every request
	giveUp     context.CancelFunc // ends base
	closing    context.Context    // ends when the lab begins to shut down
	shutdown   context.CancelFunc // ends closing
	close      func() error       // once
}

const (
	figuresKept   = 16 // each takes up to a few MB
	figuresAtOnce = 2

	componentsKept = 16
)

// New opens the data folder and the models, and listens; the address is free for
// whoever connects from then on, and answered once Run is called. The caller runs
// or closes it.
func New(ctx context.Context, c Config) (*App, error) {
	if err := c.fill(); err != nil {
		return nil, err
	}
	a := &App{config: c, hub: hub.New(), live: make(chan struct{}, c.Live), figures: newFlights[*figure.Figure](figuresKept, figuresAtOnce),
		components: newFlights[*figure.PopulationComponent](componentsKept, 1)}
	a.base, a.giveUp = context.WithCancel(context.Background())
	a.closing, a.shutdown = context.WithCancel(context.Background())
	a.close = sync.OnceValue(a.closeAll)
	if err := a.open(ctx); err != nil {
		a.Close()
		return nil, err
	}
	a.server = &http.Server{
		Handler:           a.routes(),
		BaseContext:       func(net.Listener) context.Context { return a.base },
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	a.server.RegisterOnShutdown(a.hub.Close)
	a.server.RegisterOnShutdown(a.shutdown)
	return a, nil
}

// open does the parts of New that can fail.
func (a *App) open(ctx context.Context) (err error) {
	if a.Assets, err = assets.Load(static.FS); err != nil {
		return err
	}
	if a.pages, err = web.NewRenderer(templates.FS, a.Assets.URL); err != nil {
		return err
	}
	if a.store, err = store.Open(ctx, a.config.Data); err != nil {
		return err
	}
	if a.models, err = modelfile.OpenLibrary(a.config.Shipped, ModelFolder(a.config.Data)); err != nil {
		return err
	}
	if err := a.measureIdeal(ctx); err != nil {
		return err
	}
	n, err := a.store.Interrupt(ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		slog.Info("runs were interrupted when the lab last ended; they can be resumed", "runs", n)
	}
	a.meters = newMeters(a.store)
	a.jobs = job.NewRegistry(a.config.Runs, a.stateChanged)
	a.listener, err = net.Listen("tcp", a.config.Listen)
	return err
}

// Address is where the lab answers, such as http://127.0.0.1:8080.
func (a *App) Address() string {
	host, port, err := net.SplitHostPort(a.listener.Addr().String())
	if err != nil {
		panic("app: a listener's own address: " + err.Error())
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Private tells whether only this machine can reach the lab.
func (a *App) Private() bool { return loopback(a.listener.Addr().String()) }

// Run serves until the context ends, then shuts down: runs are stopped and saved,
// requests finished, sockets closed.
func (a *App) Run(ctx context.Context) error {
	served := make(chan error, 1)
	go func() { served <- a.server.Serve(a.listener) }()
	select {
	case err := <-served:
		return errors.Join(err, a.Close())
	case <-ctx.Done():
	}
	err := a.Close()
	<-served // http.ErrServerClosed
	return err
}

// Close shuts the lab down; a second call only waits for the first.
func (a *App) Close() error { return a.close() }

// graceful is how long requests under way may take after the lab was told to end.
const graceful = 5 * time.Second

func (a *App) closeAll() error {
	var errs []error
	if a.jobs != nil {
		a.jobs.Close()
	}
	if a.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), graceful)
		defer cancel()
		if err := a.server.Shutdown(ctx); err != nil {
			a.giveUp()
			errs = append(errs, a.server.Close())
		}
	}
	a.hub.Close()
	a.shutdown()
	a.sockets.Wait()
	a.giveUp()
	a.figures.all.Wait()
	a.components.all.Wait()
	if a.listener != nil {
		a.listener.Close() // closed already where it was served
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	return errors.Join(errs...)
}
