//go:build race

package main

// raced tells whether the race detector watches this program. Tests of many programs at
// once, each slower by ten times, prove nothing more with it: it does not report from them.
const raced = true
