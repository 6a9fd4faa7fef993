//go:build unix

package main

import (
	"os"
	"syscall"
)

// userSignals are those by which clusters say that a job's time is about to end.
var userSignals = []os.Signal{syscall.SIGUSR1, syscall.SIGUSR2}
