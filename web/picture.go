package web

import (
	"fmt"
	"math"
	"strings"
)

// Picture holds the curves of the dashboard's drawing: the paper's two chords, what
// a context makes of them, and the chords again. Each is an SVG path in a box that
// is Width wide and centred on 0.
type Picture struct {
	S1, S2, X1, X2 string
}

const (
	pictureWidth  = 104.0 // px
	pictureHeight = 22.0  // px from the middle to the top
	pictureSpan   = 0.04  // s
)

// NewPicture computes the curves for the context with rows (0.7, 0.3) and (0.35, 0.65).
func NewPicture() Picture {
	chord := func(f, g float64) func(float64) float64 {
		return func(t float64) float64 { return (math.Sin(2*math.Pi*f*t) + math.Sin(2*math.Pi*g*t)) / 2 }
	}
	s1, s2 := chord(100, 125), chord(150, 210)
	mixed := func(a float64) func(float64) float64 {
		return func(t float64) float64 { return a*s1(t) + (1-a)*s2(t) }
	}
	return Picture{S1: curve(s1), S2: curve(s2), X1: curve(mixed(0.7)), X2: curve(mixed(0.35))}
}

func curve(f func(float64) float64) string {
	const points = 90
	var b strings.Builder
	for i := range points + 1 {
		u := float64(i) / points
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", letter, u*pictureWidth, -pictureHeight*f(u*pictureSpan))
	}
	return b.String()
}

// Sparkline is a loss curve as an SVG path in a box of 200 × 48, on a log axis.
type Sparkline struct {
	Path        string
	First, Last float64 // loss at either end
	Batches     int
}

// NewSparkline draws (batch, loss) pairs; fewer than two usable ones give no path.
func NewSparkline(losses [][2]float64) Sparkline {
	const width, height = 200.0, 48.0
	usable := make([][2]float64, 0, len(losses))
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range losses {
		if y := math.Log10(p[1]); !math.IsNaN(y) && !math.IsInf(y, 0) {
			usable = append(usable, [2]float64{p[0], y})
			low, high = min(low, y), max(high, y)
		}
	}
	if len(usable) < 2 {
		return Sparkline{}
	}
	first, last := usable[0], usable[len(usable)-1]
	var b strings.Builder
	for i, p := range usable {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		x := width * (p[0] - first[0]) / max(1, last[0]-first[0])
		y := 2 + (height-4)*(high-p[1])/max(1e-9, high-low)
		fmt.Fprintf(&b, "%s%.1f %.1f", letter, x, y)
	}
	return Sparkline{Path: b.String(), First: math.Pow(10, first[1]), Last: math.Pow(10, last[1]), Batches: int(last[0])}
}
