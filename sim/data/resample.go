package data

import "math"

const (
	crossings = 24  // zero crossings of the kernel on each side
	fineness  = 256 // of the kernel's table, entries from one crossing to the next
)

// sincTable is one side of the resampling kernel: sin(πu)/(πu) under a Blackman
// window that ends at the last crossing, at u = k/fineness.
var sincTable = func() []float64 {
	table := make([]float64, crossings*fineness+2)
	table[0] = 1
	for k := 1; k < crossings*fineness; k++ {
		u := float64(k) / fineness
		w := math.Pi * u / crossings
		table[k] = math.Sin(math.Pi*u) / (math.Pi * u) * (0.42 + 0.5*math.Cos(w) + 0.08*math.Cos(2*w))
	}
	return table
}()

// Resample takes a signal from rate Hz to 8 kHz by windowed-sinc interpolation. The
// cut-off lies at 0.92 of the lower of the two Nyquist frequencies. Beyond its ends
// the signal goes on as its last samples let predict, so that a tone that is cut there
// leaves no click.
func Resample(signal []float32, rate int) []float32 {
	if rate == Rate {
		return signal
	}
	out := make([]float32, int64(len(signal))*Rate/int64(rate))
	cut := kernelCut(rate)
	reach := crossings / cut
	before, after := surroundings(signal, int(reach)+1)
	for n := range out {
		at := float64(n) * float64(rate) / Rate
		first, last := int(math.Ceil(at-reach)), int(math.Floor(at+reach))
		sum := 0.0
		for k := first; k < 0; k++ {
			sum += before[-1-k] * kernel(math.Abs(at-float64(k))*cut)
		}
		for k := max(0, first); k <= min(len(signal)-1, last); k++ {
			sum += float64(signal[k]) * kernel(math.Abs(at-float64(k))*cut)
		}
		for k := len(signal); k <= last; k++ {
			sum += after[k-len(signal)] * kernel(math.Abs(at-float64(k))*cut)
		}
		out[n] = float32(sum * cut)
	}
	return out
}

// kernelCut is the cut-off of the kernel for a rate, in its crossings per sample.
func kernelCut(rate int) float64 { return 0.92 * min(1, float64(Rate)/float64(rate)) }

// kernel at u crossings from its middle, 0 ≤ u ≤ crossings.
func kernel(u float64) float64 {
	u *= fineness
	i := int(u)
	return sincTable[i] + (u-float64(i))*(sincTable[i+1]-sincTable[i])
}
