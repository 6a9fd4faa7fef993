package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// How the program ends, for scripts and clusters. 0 is done, or done already.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 75 // the same command goes on: EX_TEMPFAIL
)

// usageError is a command line that cannot be.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// interruption ended a command that goes on when it is given again.
type interruption struct{ error }

func (e interruption) Unwrap() error { return e.error }

func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(interruption)):
		return exitInterrupted
	case errors.As(err, new(usageError)), errors.As(err, new(*kong.ParseError)):
		return exitUsage
	}
	return exitFailed
}

// untilInterrupted is a context that ends with Ctrl-C, with SIGTERM, with the SIGUSR1 or
// SIGUSR2 by which clusters announce the end of a job's time, and when the terminal is
// closed, unless nohup has had that ignored. A second signal ends the
// program at once; only SIGHUP, which the shell and the system may both send, does not.
// Writing to a pipe that nobody reads any longer is an error like any other, so that
// it does not end a training that prints.
func untilInterrupted() (context.Context, context.CancelFunc) {
	signals := append([]os.Signal{os.Interrupt, syscall.SIGTERM}, userSignals...)
	passed := []os.Signal{syscall.SIGPIPE}
	if !signal.Ignored(syscall.SIGHUP) {
		signals, passed = append(signals, syscall.SIGHUP), append(passed, syscall.SIGHUP)
	}
	signal.Notify(make(chan os.Signal, 1), passed...) // for good: nobody reads it
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
