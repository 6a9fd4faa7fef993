package data_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"unmixlab/sim/data"
)

// made is n frames of as many channels as f gives values for.
func made(n int, f func(t float64) []float64) (s []float64) {
	for i := range n {
		s = append(s, f(float64(i)/44100)...)
	}
	return s
}

func sine(freq, t float64) float64 { return math.Sin(2 * math.Pi * freq * t) }

// hiss is white noise of at most a largest value, from the seed 1.
func hiss(n int, largest float64) []float64 {
	r := rand.New(rand.NewPCG(1, 0))
	return made(n, func(float64) []float64 { return []float64{largest * (2*r.Float64() - 1)} })
}

var (
	mono16   = wav{code: 1, bits: 16, channels: 1, rate: 44100}
	stereo16 = wav{code: 1, bits: 16, channels: 2, rate: 44100}
	float32s = wav{code: 3, bits: 32, channels: 1, rate: 44100}
)

func TestSoundsThatAreNoSourcesAreRefused(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	floats64 := wav{code: 3, bits: 64, channels: 2, rate: 44100}
	six := wav{code: 1, bits: 16, channels: 6, rate: 44100}
	const n, lsb = 8820, 1.0 / (1 << 15)
	one := func(freq, height, offset float64) []float64 {
		return made(n, func(t float64) []float64 { return []float64{offset + height*sine(freq, t)} })
	}
	two := func(freq, left, right, offset float64) []float64 {
		return made(n, func(t float64) []float64 { return []float64{offset + left*sine(freq, t), offset + right*sine(freq, t)} })
	}
	always := func(v ...float64) func(float64) []float64 { return func(float64) []float64 { return v } }
	for _, c := range []struct {
		name string
		wav
		samples []float64
		want    []string
	}{
		{"silence", mono16, make([]float64, n), []string{"silent", "microphone"}},
		{"silence of 8 bits", wav{code: 1, bits: 8, channels: 1, rate: 8000}, made(n, always(-1.0/127)), []string{"silent"}},
		{"silence of A-law", wav{code: 6, bits: 8, channels: 1, rate: 8000}, make([]float64, n), []string{"silent"}},
		{"constant", mono16, made(n, always(0.25)), []string{"constant", "0.25 of full scale"}},
		{"constants", stereo16, made(n, always(0.25, -0.25)), []string{"constant"}},
		{"constant float", float32s, made(n, always(-1e-5)), []string{"constant", "1e-05 of full scale"}},
		{"constant with its steps", mono16, one(440, lsb, 0.25), []string{"constant, 0.25", "3 steps"}},
		{"10 kHz", mono16, tone(10000, 44100, 1, 1), []string{"above 4 kHz", "slow it down"}},
		{"10 kHz for 20 ms", mono16, tone(10000, 44100, 1, 0.02), []string{"above 4 kHz"}},
		{"10 kHz from its peak on", mono16, made(n, func(t float64) []float64 { return []float64{sine(10000, t+0.25e-4)} }), []string{"above 4 kHz"}},
		{"4.1 kHz", float32s, tone(4100, 44100, 1, 0.2), []string{"above 4 kHz"}},
		{"10 kHz on an offset", mono16, one(10000, 0.5, 0.3), []string{"above 4 kHz"}},
		{"10 kHz that is weak", mono16, one(10000, 20*lsb, 0), []string{"above 4 kHz"}},
		{"20 kHz at 192 kHz", wav{code: 3, bits: 32, channels: 1, rate: 192000}, tone(20000, 192000, 1, 0.1), []string{"above 4 kHz"}},
		{"steps", mono16, one(440, 2*lsb, 0), []string{"too quiet", "5 steps of its 16-bit PCM", "louder"}},
		{"hiss of 8 bits", wav{code: 1, bits: 8, channels: 1, rate: 8000}, hiss(n, 1.4/127), []string{"too quiet", "2 steps of its 8-bit PCM"}},
		{"hiss of mu-law", wav{code: 7, bits: 8, channels: 1, rate: 8000}, hiss(n, 20.0/32768), []string{"too quiet", "mu-law"}},
		{"hiss of 16 bits in 24", wav{code: 1, bits: 24, channels: 1, rate: 44100}, steps(hiss(n, 2), 8388607.0/256), []string{"too quiet"}},
		{"hiss of 16 bits in floats", float32s, steps(hiss(n, 2), 32768), []string{"too quiet"}},
		{"antiphase", stereo16, two(440, 0.5, -0.5, 0), []string{"2 channels cancel", "invert"}},
		{"antiphase but for 2 %", stereo16, two(440, 0.5, -0.49, 0), []string{"2 channels cancel", "1 %"}},
		{"steps in antiphase", stereo16, two(440, 2*lsb, -2*lsb, 0), []string{"too quiet"}},
		{"antiphase on an offset", stereo16, two(440, 0.5, -0.5, 0.1), []string{"cancel"}},
		{"antiphase below 4 kHz only", stereo16, made(n, func(t float64) []float64 {
			return []float64{0.4*sine(440, t) + 0.2*sine(9000, t), -0.4*sine(440, t) + 0.2*sine(9000, t)}
		}), []string{"cancel"}},
		{"six channels that all cancel", six, made(n, func(t float64) []float64 {
			a, b := 0.4*sine(440, t), 0.2*sine(600, t)
			return []float64{a, b, -a, -b, a - b, b - a}
		}), []string{"6 channels cancel"}},
		{"antiphase of 10 kHz", stereo16, two(10000, 0.5, -0.5, 0), []string{"above 4 kHz"}},
		{"one NaN", float32s, append(tone(440, 44100, 1, 0.1), nan), []string{"1 of the sound's samples", "not finite", "first at 0.1 s"}},
		{"infinite", float32s, append([]float64{0.1, inf, -inf}, tone(440, 44100, 1, 0.1)...),
			[]string{"2 of the sound's samples", "not finite", "first at 2.268e-05 s"}},
		{"NaN in a second channel", floats64, made(n, always(0.1, nan)), []string{"8820 of the sound's samples", "first at 0 s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := data.ReadWAV(bytes.NewReader(c.file(c.samples)))
			if err == nil {
				t.Fatal("it is read")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want one that says %q", err, want)
				}
			}
		})
	}
}

// steps rounds a signal to whole numbers and divides them.
func steps(s []float64, by float64) []float64 {
	for n, v := range s {
		s[n] = math.Round(v) / by
	}
	return s
}

func TestSoundsThatLookOddAreSources(t *testing.T) {
	const n, lsb = 8820, 1.0 / (1 << 15)
	short := make([]float64, 882)
	short[0] = 0.5
	for name, c := range map[string]struct {
		wav
		samples []float64
	}{
		"a clipped square":       {mono16, made(n, func(t float64) []float64 { return []float64{math.Copysign(0.5, sine(440, t+1e-6))} })},
		"a square of whole ones": {float32s, made(n, func(t float64) []float64 { return []float64{math.Copysign(1, sine(440, t+1e-6))} })},
		"a click at its start":   {mono16, short},
		"24 bits at -90 dB":      {wav{code: 1, bits: 24, channels: 1, rate: 44100}, made(n, func(t float64) []float64 { return []float64{lsb * sine(440, t)} })},
		"16 bits at -74 dB":      {mono16, made(n, func(t float64) []float64 { return []float64{6 * lsb * sine(440, t)} })},
		"floats of 1e-30":        {float32s, made(n, func(t float64) []float64 { return []float64{1e-30 * sine(440, t)} })},
		"floats of 1e300":        {wav{code: 3, bits: 64, channels: 1, rate: 44100}, made(n, func(t float64) []float64 { return []float64{1e300 * sine(440, t)} })},
		"white noise at 384 kHz": {wav{code: 1, bits: 16, channels: 1, rate: 384000}, hiss(38400, 0.3)},
		"one channel of many":    {wav{code: 1, bits: 16, channels: 500, rate: 8000}, oneOf(500, 800)},
		"left louder than right": {stereo16, made(n, func(t float64) []float64 { return []float64{0.5 * sine(440, t), -0.4 * sine(440, t)} })},
	} {
		t.Run(name, func(t *testing.T) { read(t, c.file(c.samples)) })
	}
}

// oneOf is a tone in the first of many channels.
func oneOf(channels, frames int) []float64 {
	s := make([]float64, channels*frames)
	for n := range frames {
		s[n*channels] = 0.5 * sine(440, float64(n)/8000)
	}
	return s
}

func TestChannelsThatCancelLeaveTheOthers(t *testing.T) {
	six := wav{code: 3, bits: 32, channels: 6, rate: 44100}
	isTone(t, read(t, six.file(made(8820, func(t float64) []float64 {
		a := 0.5 * sine(700, t)
		return []float64{a, -a, 0.3 * sine(440, t), 0, 0, 0.1 * sine(440, t)}
	}))), 440, 1e-5)
}

// No click of the filter sets the scale: a strong tone above the band that begins at
// once leaves the weak one below it at its full height.
func TestATransientAtTheEndsDoesNotSetTheScale(t *testing.T) {
	for _, phase := range []float64{0, 0.2e-4, 0.5e-4, 0.8e-4} {
		isTone(t, read(t, float32s.file(made(8820, func(t float64) []float64 {
			return []float64{0.02*sine(440, t) + 0.9*sine(10000, t+phase)}
		}))), 440, 2e-3)
	}
}

func TestOffsetsAreTakenAway(t *testing.T) {
	for offset, noted := range map[float64]bool{-0.3: true, 0.3: true, 0.04: true, 0.02: false, 0: false} {
		s := read(t, float32s.file(made(8820, func(t float64) []float64 { return []float64{offset + 0.5*sine(440, t)} })))
		if noted {
			isTone(t, s, 440, 1e-5)
		}
		said := fmt.Sprintf("constant offset of %.2g of full scale", offset)
		if (len(s.File.Notes) == 1 && strings.Contains(s.File.Notes[0], said)) != noted {
			t.Errorf("an offset of %g is noted as %q", offset, s.File.Notes)
		}
	}
}
