package data_test

import (
	"math"
	"testing"

	"unmixlab/sim/data"
)

// A tone comes out as the same tone, at its ends too, whatever its phase there. The
// filter lets 1 - 1e-4 to 1 + 1e-4 pass up to 3 kHz.
func TestResamplingKeepsTones(t *testing.T) {
	for _, rate := range []int{3000, 7350, 11025, 16000, 22050, 44100, 48000, 96000, 192000, 384000} {
		for _, freq := range []float64{50, 440, 1000, 3000} {
			if freq > 0.4*float64(rate) {
				continue
			}
			for _, phase := range []float64{0, 1, math.Pi / 2, 4} {
				tone := make([]float32, rate/10)
				for n := range tone {
					tone[n] = float32(math.Sin(2*math.Pi*freq*float64(n)/float64(rate) + phase))
				}
				got := data.Resample(tone, rate)
				if want := len(tone) * data.Rate / rate; len(got) != want {
					t.Fatalf("%d Hz: %d samples, want %d", rate, len(got), want)
				}
				for n, v := range got {
					if want := math.Sin(2*math.Pi*freq*float64(n)/data.Rate + phase); math.Abs(float64(v)-want) > 1e-4 {
						t.Fatalf("%d Hz, a tone of %g Hz from phase %g on: sample %d of %d is %g, want %g", rate, freq, phase, n, len(got), v, want)
					}
				}
			}
		}
	}
}

func TestResamplingRemovesWhatDoesNotFit(t *testing.T) {
	for _, freq := range []float64{4300, 6000, 10000, 19000} {
		for _, phase := range []float64{0, 1, math.Pi / 2} {
			const rate = 48000
			high := make([]float32, rate/10)
			for n := range high {
				high[n] = float32(math.Sin(2*math.Pi*freq*float64(n)/rate + phase))
			}
			for n, v := range data.Resample(high, rate) {
				if math.Abs(float64(v)) > 2e-4 {
					t.Fatalf("%g Hz leaves %g at sample %d", freq, v, n)
				}
			}
		}
	}
}

// What cannot be predicted goes on as silence, not as something that grows.
func TestResamplingStaysBounded(t *testing.T) {
	for name, signal := range map[string][]float32{
		"nothing": {}, "one": {1}, "two": {1, -1}, "silence": make([]float32, 500), "a click last": append(make([]float32, 500), 1),
		"a ramp": ramp(500), "growing": growing(500),
	} {
		top := 0.0
		for _, v := range signal {
			top = max(top, math.Abs(float64(v)))
		}
		for _, rate := range []int{100, 999, 11025, 44100, 384000} {
			for n, v := range data.Resample(signal, rate) {
				if !(math.Abs(float64(v)) <= 1.5*top) {
					t.Fatalf("%s at %d Hz: sample %d is %g", name, rate, n, v)
				}
			}
		}
	}
}

func ramp(n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(i)
	}
	return s
}

func growing(n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(math.Exp(float64(i)/20) * math.Sin(float64(i)))
	}
	return s
}
