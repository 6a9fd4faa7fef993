// Package kerneltest runs tests of other packages with every kernel.
package kerneltest

import (
	"testing"

	"unmixlab/sim/kernel"
)

// Each runs a test once for each kernel that this processor has, under its name, and
// puts the one that was in use back.
func Each(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	before := kernel.Name()
	t.Cleanup(func() {
		if err := kernel.Use(before); err != nil {
			t.Error(err)
		}
	})
	for _, name := range kernel.Available() {
		t.Run(name, func(t *testing.T) {
			if err := kernel.Use(name); err != nil {
				t.Fatal(err)
			}
			test(t)
		})
	}
}
