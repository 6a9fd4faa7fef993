package main

import (
	"context"
	"errors"
	"fmt"

	"unmixlab/server/app"
	"unmixlab/server/assets"
	"unmixlab/static"
	trainedmodels "unmixlab/trained_models"
)

type serveCommand struct {
	Listen string       `help:"Address and port; port 0 takes a free one." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Data   string       `help:"Folder for runs, models and sounds (default: the user's data folder)." type:"path" placeholder:"DIR"`
	Runs   int          `help:"Runs that train at once; one already uses every core." default:"1"`
	Base   app.Base     `help:"Path below which the lab stands, when a proxy leaves it in the addresses." placeholder:"/lab"`
	Origin []app.Origin `help:"Another address of the lab, a proxy's before it. May be given again." sep:"none" placeholder:"https://lab.example.org"`
	Embed  []app.Origin `name:"embed-origins" help:"A site whose pages may show live pages (?embed) in frames. May be given again." sep:"none" placeholder:"https://notes.example.org"`
	Dev    bool         `help:"Serve templates, scripts and styles as they stand in the sources, and reload open pages when one changes."`
}

// Run serves until the context ends. Its first line of output is the address.
func (c serveCommand) Run(ctx context.Context, t terminal) error {
	if c.Runs < 1 || c.Runs > 64 {
		return fmt.Errorf("--runs is %d, must be from 1 to 64", c.Runs)
	}
	if !assets.HasVendor(static.FS) {
		assets.FetchVendor(ctx, t.err)
	}
	config := app.Config{Listen: c.Listen, Data: c.Data, Runs: c.Runs, Shipped: trainedmodels.FS, Base: c.Base, Origins: c.Origin, EmbedOrigins: c.Embed}
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
	if !lab.Private() {
		fmt.Fprintln(t.err, "Everyone who can reach this address can use the lab, and stop its runs.")
	}
	if lab.Assets.Missing != "" {
		fmt.Fprintln(t.err, lab.Assets.Missing)
	}
	return lab.Run(ctx)
}

type vendorCommand struct{}

// Run copies ECharts to where a build embeds it, fetching it first when missing.
func (vendorCommand) Run(ctx context.Context, t terminal) error {
	assets.FetchVendor(ctx, t.err)
	return assets.CopyVendor()
}
