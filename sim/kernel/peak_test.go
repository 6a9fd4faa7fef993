package kernel

import "testing"

// TestPeak checks that every implementation reports a rate, and no other name does.
func TestPeak(t *testing.T) {
	for _, name := range Available() {
		rate := Peak(name)
		t.Logf("%s: %.0f GFLOP/s", name, rate)
		if !(rate > 0) {
			t.Errorf("peak of %s = %v", name, rate)
		}
	}
	if rate := Peak("abacus"); rate != 0 {
		t.Errorf("peak of no implementation = %v", rate)
	}
}
