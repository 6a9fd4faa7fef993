//go:build !unix

package main

import "os"

// userSignals are none: the system has no such signals.
var userSignals []os.Signal
