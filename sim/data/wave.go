package data

import (
	"math"
	"math/rand/v2"
)

// Samples is the number of samples in that many seconds.
func Samples(seconds float64) int { return int(math.Round(seconds * Rate)) }

// Sine is a unit sine of freq Hz from phase 0.
func Sine(freq, seconds float64) []float32 {
	return fill(seconds, func(t float64) float64 { return math.Sin(phase(freq, t)) })
}

// Square is the sign of the unit sine: 0 at the first sample, then ±1. Where the
// sine is zero up to rounding, the sign is that of the rounding.
func Square(freq, seconds float64) []float32 {
	return fill(seconds, func(t float64) float64 {
		s := math.Sin(phase(freq, t))
		switch {
		case s > 0:
			return 1
		case s < 0:
			return -1
		}
		return 0
	})
}

// Sawtooth rises from -1 to 1 in every period and falls back at once.
func Sawtooth(freq, seconds float64) []float32 {
	return fill(seconds, func(t float64) float64 {
		return math.Mod(2*math.Pi*freq*t, 2*math.Pi)/math.Pi - 1
	})
}

// Chord is the sum of two unit sines divided by its largest absolute value
// (the published code does so, the paper's equations do not).
func Chord(low, high, seconds float64) []float32 {
	sum := make([]float64, Samples(seconds))
	for n := range sum {
		t := float64(n) * step
		sum[n] = math.Sin(phase(low, t)) + math.Sin(phase(high, t))
	}
	top := 0.0
	for _, v := range sum {
		top = max(top, math.Abs(v))
	}
	out := make([]float32, len(sum))
	if top == 0 {
		return out
	}
	for n, v := range sum {
		out[n] = float32(v / top)
	}
	return out
}

// WhiteNoise is uniform in [-1, 1], independent from sample to sample; its standard
// deviation (0.58) is near a chord's.
func WhiteNoise(seed uint64, seconds float64) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	out := make([]float32, Samples(seconds))
	for n := range out {
		out[n] = float32(2*r.Float64() - 1)
	}
	return out
}

// step is the time between two samples, in s.
const step = 1.0 / Rate

// phase of a sine in radians. The order of the factors is the published code's, in
// which frequencies are multiples of 100 Hz: it decides the sign of a square wave
// where its sine passes through zero.
func phase(freq, t float64) float64 { return 2 * math.Pi * 100 * (freq / 100) * t }

func fill(seconds float64, f func(t float64) float64) []float32 {
	out := make([]float32, Samples(seconds))
	for n := range out {
		out[n] = float32(f(float64(n) * step))
	}
	return out
}
