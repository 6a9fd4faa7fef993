package web

import (
	"math"
	"strings"
	"testing"
)

func TestCountAndDuration(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := Count(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
	for s, want := range map[float64]string{0.00003: "30 µs", 0.0014: "1.4 ms", 0.02: "20 ms", 5: "5 s", 61: "1 min 1 s", 7260: "2 h 1 min", 90000: "1 d 1 h", -1: "–"} {
		if got := Duration(s); got != want {
			t.Errorf("%g s are written %s, want %s", s, got, want)
		}
	}
}

func TestSparkline(t *testing.T) {
	s := NewSparkline([][2]float64{{1, 100}, {50, math.NaN()}, {60, 0}, {100, 10}, {200, 1}})
	if s.First != 100 || math.Abs(s.Last-1) > 1e-12 || strings.Count(s.Path, "L") != 2 || strings.Contains(s.Path, "NaN") {
		t.Errorf("sparkline is %+v", s)
	}
	if s := NewSparkline([][2]float64{{1, 100}}); s.Path != "" {
		t.Errorf("one point gives %+v", s)
	}
	p := NewPicture()
	if p.S1 == p.S2 || p.X1 == p.S1 || !strings.HasPrefix(p.X2, "M0.0 ") {
		t.Error("the picture's curves are not different signals")
	}
}
