//go:build !amd64 || purego

package kernel

// supported lists the implementations this processor can run, best last.
func supported() []*set { return []*set{&generic} }
