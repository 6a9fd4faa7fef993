package chart

import (
	"math"
	"testing"
)

func TestText(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", 1: "1.00", 0.967: "0.967", 12.345: "12.3", 1234: "1234", 0.00123456: "0.00123", -2.5: "−2.50",
		1e-5: "1·10⁻⁵", 123456: "1.2·10⁵", math.Inf(1): "–",
	} {
		if got := Text(x); got != want {
			t.Errorf("%g is written %s, want %s", x, got, want)
		}
	}
	if Text(math.NaN()) != "–" {
		t.Error("NaN is written " + Text(math.NaN()))
	}
}
