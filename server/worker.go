package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"unmixlab/server/queue"
	"unmixlab/server/store"
	"unmixlab/server/sweep"
	"unmixlab/sim/kernel"
)

// entry are the flags by which a NATS server lets one in.
type entry struct {
	Token string `name:"token-file" help:"File with the server's token, as serve --workers names it." type:"path" placeholder:"FILE"`
	Creds string `help:"File with credentials of an account, for NATS clusters that have accounts." type:"path" placeholder:"FILE"`
	CA    string `name:"tls-ca" help:"Certificates (PEM) of the authorities that are trusted (default: the system's)." type:"path" placeholder:"FILE"`
	Cert  string `name:"tls-cert" help:"This machine's certificate (PEM), where the server asks for one; with --tls-key." type:"path" placeholder:"FILE"`
	Key   string `name:"tls-key" help:"The certificate's private key (PEM)." type:"path" placeholder:"FILE"`
}

// access is how a server is reached.
func (e entry) access(url string) (a queue.Access, err error) {
	if (e.Cert == "") != (e.Key == "") {
		return a, usageError{errors.New("--tls-cert and --tls-key go together: give both, or neither")}
	}
	a = queue.Access{URL: url, Creds: e.Creds, CA: e.CA, Cert: e.Cert, Key: e.Key}
	if e.Token != "" {
		if a.Token, err = queue.ReadToken(e.Token); err != nil {
			return a, usageError{fmt.Errorf("--token-file: %w", err)}
		}
	}
	return a, nil
}

// workerCommand trains points for others.
type workerCommand struct {
	URL  string        `arg:"" name:"url" help:"The server, such as nats://lab.example.org:4222; tls:// where it speaks TLS."`
	Jobs int           `help:"Points at once (one a core by default)." placeholder:"N"`
	Save time.Duration `help:"Between two checkpoints that go to the server: what a machine that is lost loses at most." default:"2m" placeholder:"TIME"`
	Data string        `help:"Folder with uploaded sounds (default: the user's data folder); those of a sweep come with it." type:"path" placeholder:"DIR"`
	entry
}

// Run trains points until it is interrupted. It says so with 75 where it handed some back.
func (c workerCommand) Run(ctx context.Context, t terminal) error {
	if c.Jobs < 0 || c.Jobs > sweep.MaxPoints {
		return usageError{fmt.Errorf("--jobs is %d, must be from 1 to %d", c.Jobs, sweep.MaxPoints)}
	}
	if c.Save < 10*time.Millisecond {
		return usageError{fmt.Errorf("--save is %v, must be a time such as 2m", c.Save)}
	}
	a, err := c.access(c.URL)
	if err != nil {
		return err
	}
	host, _ := os.Hostname() // for people
	name := fmt.Sprintf("%.80s-%d-%d", host, os.Getpid(), time.Now().Unix())
	q, err := a.Dial(ctx, "unmixlab worker "+name)
	if err != nil {
		return err
	}
	defer q.Close()
	dir, err := os.MkdirTemp("", "unmixlab-worker-*")
	if err != nil {
		return store.Explain(err)
	}
	defer os.RemoveAll(dir)
	jobs := cmp.Or(c.Jobs, runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	say := func(words string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(t.out, words)
	}
	say(fmt.Sprintf("%s takes points of the %s kernel, %d at once", name, kernel.Name(), jobs))
	back, err := q.Run(ctx, queue.Worker{Name: name, Kernel: kernel.Name(), Jobs: jobs, Save: c.Save, Dir: dir, Sound: (&shelf{data: c.Data}).find, Say: say})
	if err == nil && back > 0 {
		return interruption{fmt.Errorf("%d points were handed back, and go on elsewhere", back)}
	}
	return err
}

// workersFlags have a lab train on other machines.
type workersFlags struct {
	Workers string        `help:"Address and port at which other machines' workers (unmixlab worker) get points of sweeps." placeholder:"HOST:PORT"`
	Lease   time.Duration `help:"For how long a worker may be silent before its point goes to another." default:"5m" placeholder:"TIME"`
	Store   int           `name:"workers-store" help:"Gigabytes that checkpoints of workers may take in the data folder." default:"20" placeholder:"N"`
}

// check says what is wrong with the flags.
func (c workersFlags) check() error {
	if c.Lease < time.Second || c.Lease > 24*time.Hour {
		return fmt.Errorf("--lease is %v, must be from 1s to 24h", c.Lease)
	}
	if c.Store < 1 || c.Store > 100_000 {
		return fmt.Errorf("--workers-store is %d, must be from 1 to 100000 gigabytes", c.Store)
	}
	return nil
}

// tokenFile is the name of the workers' token in a data folder.
const tokenFile = "workers.token"

// start starts the server for workers, and says how they find it. Without --workers there
// is none.
func (c workersFlags) start(ctx context.Context, serve serveCommand, t terminal) (*queue.Server, error) {
	if c.Workers == "" {
		return nil, nil
	}
	dir, err := dataFolder(serve.Data)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, tokenFile)
	token, err := queue.Token(path)
	if err != nil {
		return nil, err
	}
	certificate, err := serve.certificate()
	if err != nil {
		return nil, err
	}
	s, err := queue.Start(ctx, queue.Serving{Listen: c.Workers, Dir: filepath.Join(dir, "queue"), Token: token, TLS: certificate,
		Lease: c.Lease, Store: int64(c.Store) << 30})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(t.out, "Workers: unmixlab worker %s --token-file %s\n", s.Address(), strconv.Quote(path))
	if certificate == nil && !s.Private() {
		fmt.Fprintln(t.err, "Without TLS whoever listens in on the network can take the workers' token: see --tls-cert.")
	}
	return s, nil
}
