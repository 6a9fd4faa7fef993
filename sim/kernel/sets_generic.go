//go:build !amd64 || purego

package kernel

// available lists the implementations this processor can run, best last.
func available() []*set { return []*set{&generic} }
