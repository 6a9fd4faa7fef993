package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"unmixlab/server/app"
	"unmixlab/server/assets"
	"unmixlab/static"
	trainedmodels "unmixlab/trained_models"
)

type serveCommand struct {
	Listen string       `help:"Address and port; port 0 takes a free one." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Data   string       `help:"Folder for runs, models and sounds (default: the user's data folder)." type:"path" placeholder:"DIR"`
	Runs   int          `help:"Runs that train at once; one already uses every core." default:"1"`
	Resume string       `help:"Whether runs that the lab's end interrupted go on by themselves (on), or wait to be resumed (off)." enum:"on,off" default:"on"`
	Live   int          `help:"Live sessions at once." default:"64"`
	Yield  int          `help:"Percent of the time that training leaves free while somebody plays live." default:"20"`
	Base   app.Base     `help:"Path below which the lab stands, when a proxy leaves it in the addresses." placeholder:"/lab"`
	Origin []app.Origin `help:"Another address of the lab, a proxy's before it. May be given again." sep:"none" placeholder:"https://lab.example.org"`
	Ask    bool         `help:"Ask for a link on the loopback address too. On every other address the lab asks for one anyway."`
	Cert   string       `name:"tls-cert" help:"Certificate (PEM, with those between it and its root), to speak TLS; with --tls-key." type:"path" placeholder:"FILE"`
	Key    string       `name:"tls-key" help:"The certificate's private key (PEM)." type:"path" placeholder:"FILE"`
	Embed  []app.Origin `name:"embed-origins" help:"A site whose pages may show live pages (?embed) in frames. May be given again." sep:"none" placeholder:"https://notes.example.org"`
	Dev    bool         `help:"Serve templates, scripts and styles as they stand in the sources, and reload open pages when one changes."`
	workersFlags
}

// Run serves until the context ends. Its first line of output is the address.
func (c serveCommand) Run(ctx context.Context, t terminal) error {
	if c.Runs < 1 || c.Runs > 64 {
		return fmt.Errorf("--runs is %d, must be from 1 to 64", c.Runs)
	}
	if c.Live < 1 || c.Live > 1000 {
		return fmt.Errorf("--live is %d, must be from 1 to 1000", c.Live)
	}
	if c.Yield < 0 || c.Yield > 90 {
		return fmt.Errorf("--yield is %d, must be from 0 to 90", c.Yield)
	}
	if err := c.check(); err != nil {
		return err
	}
	if !assets.HasVendor(static.FS) {
		assets.FetchVendor(ctx, t.err)
	}
	certificate, err := c.certificate()
	if err != nil {
		return err
	}
	config := app.Config{Listen: c.Listen, Data: c.Data, Runs: c.Runs, Resume: c.Resume == "on", Live: c.Live, Yield: c.Yield, Shipped: trainedmodels.FS, Base: c.Base, Origins: c.Origin, EmbedOrigins: c.Embed, Ask: c.Ask, TLS: certificate}
	if c.Dev {
		if config.Dev = assets.Sources(assets.Checkout()); config.Dev == "" {
			return errors.New("--dev serves from the lab's sources: start the lab in a folder of theirs")
		}
	}
	lab, err := app.New(ctx, config)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, lab.Address())
	c.hand(t, lab)
	workers, err := c.start(ctx, c, t)
	if err != nil {
		return errors.Join(err, lab.Close())
	}
	if workers != nil {
		defer workers.Close()
		lab.UseWorkers(workers.Queue)
	}
	if lab.Assets.Missing != "" {
		fmt.Fprintln(t.err, lab.Assets.Missing)
	}
	return lab.Run(ctx)
}

// hand prints the links of a lab that asks for one.
func (c serveCommand) hand(t terminal, lab *app.App) {
	links := lab.Links()
	if links == nil {
		if len(c.Origin) > 0 {
			fmt.Fprintln(t.err, "Whoever reaches the lab through --origin may use it and stop its runs; --ask has it ask for a link.")
		}
		return
	}
	fmt.Fprintln(t.out, "The lab asks for a link. These stay the same until links.json is deleted from its data folder:")
	for _, l := range links {
		fmt.Fprintf(t.out, "  %s  %s\n        %s\n", l.Role, l.Address, l.May)
	}
	if !lab.Private() && c.Cert == "" {
		fmt.Fprintln(t.err, "Without TLS whoever listens in on the network can take a link: see --tls-cert, or put the lab behind a proxy that speaks it.")
	}
}

// certificate is what the lab speaks TLS with; nil where it speaks plain HTTP.
func (c serveCommand) certificate() (*tls.Config, error) {
	if c.Cert == "" && c.Key == "" {
		return nil, nil
	}
	if c.Cert == "" || c.Key == "" {
		return nil, usageError{errors.New("--tls-cert and --tls-key go together: give both, or neither for plain HTTP")}
	}
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert %s and --tls-key %s cannot be used: %w", c.Cert, c.Key, err)
	}
	if now := time.Now(); now.After(pair.Leaf.NotAfter) || now.Before(pair.Leaf.NotBefore) {
		return nil, fmt.Errorf("--tls-cert %s holds from %s to %s, which is not now: renew it", c.Cert, pair.Leaf.NotBefore.Format(time.DateTime), pair.Leaf.NotAfter.Format(time.DateTime))
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

type vendorCommand struct{}

// Run copies ECharts to where a build embeds it, fetching it first when missing.
func (vendorCommand) Run(ctx context.Context, t terminal) error {
	assets.FetchVendor(ctx, t.err)
	return assets.CopyVendor()
}
