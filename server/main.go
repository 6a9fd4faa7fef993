// Unmix Lab: a lab for networks that unmix what a context has mixed. `go run
// ./server` serves it; the subcommands train, import and export models without a
// page.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/alecthomas/kong"

	"unmixlab/server/store"
	"unmixlab/sim/kernel"
)

// commands are the program's subcommands and the flags that all of them share.
type commands struct {
	Kernel string `help:"Arithmetic: ${enum}. The same one repeats a run bit by bit." enum:"auto,generic,avx2,avx512" default:"auto"`

	Quiet   bool        `help:"Say nothing but what went wrong; results are written all the same." short:"q"`
	Version versionFlag `help:"Say which version this is, and end."`

	Serve   serveCommand   `cmd:"" default:"withargs" help:"Serve the lab's pages (the default)."`
	Train   trainCommand   `cmd:"" help:"Train a network and write it to a file."`
	Import  importCommand  `cmd:"" help:"Make a model file of a published PyTorch file, or check one of the lab's own."`
	Export  exportCommand  `cmd:"" help:"Write one of the lab's models to a file."`
	Record  recordCommand  `cmd:"" help:"Record what a model does, sample by sample, into an .npz file."`
	Figure  figureCommand  `cmd:"" help:"Compute a figure of a model into a file."`
	Models  modelsCommand  `cmd:"" help:"List the models that come with the lab, and your own."`
	Presets presetsCommand `cmd:"" help:"List the settings to begin from, as train --preset takes them."`
	Sweep   sweepCommand   `cmd:"" help:"Train many networks that differ in a few settings, here or on a cluster."`
	Worker  workerCommand  `cmd:"" help:"Train points of sweeps for a lab or a NATS cluster, until interrupted."`
	Bench   benchCommand   `cmd:"" help:"Measure batches, playing and the machine's own peak."`
	Vendor  vendorCommand  `cmd:"" hidden:"" help:"Copy ECharts from static/node_modules to static/vendor, for a build to embed."`
}

// terminal is where a command reads from nothing and writes to.
type terminal struct {
	out, err io.Writer
	quiet    bool // what a command says beside its result goes nowhere
}

// words is where a command says how it goes.
func (t terminal) words() io.Writer {
	if t.quiet {
		return io.Discard
	}
	return t.out
}

func main() {
	ctx, stop := untilInterrupted()
	defer stop()
	if err := run(ctx, os.Args[1:], terminal{out: os.Stdout, err: os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, "unmixlab:", store.Explain(err))
		os.Exit(exitCode(err))
	}
}

// run is the whole program; it ends with its context.
func run(ctx context.Context, args []string, t terminal) error {
	var c commands
	settings, err := newSettings()
	if err != nil {
		return err
	}
	c.Train.Settings = kong.Plugins{settings}
	exited := false
	parser, err := kong.New(&c, kong.Name("unmixlab"),
		kong.Description("A lab for feedback-driven modulation and invariant subspaces."),
		kong.Writers(t.out, t.err), kong.Exit(func(int) { exited = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Vars{"figures": figureIDs()})
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if exited || errors.Is(err, syscall.EPIPE) { // help was asked for, and given as far as it was read
		return nil
	}
	if err != nil {
		return err
	}
	if err := givenTwice(parsed.Path); err != nil {
		return err
	}
	if err := kernel.Use(c.Kernel); err != nil {
		return err
	}
	t.quiet = c.Quiet
	return parsed.Run(t, arithmetic(c.Kernel))
}

// arithmetic is the kernel that was asked for; auto leaves it to the command.
type arithmetic string
