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
	k := newKernel(rate)
	before, after := surroundings(signal, int(k.reach)+1)
	for n := range out {
		first, taps := k.taps(n)
		last := first + len(taps)
		sum := 0.0
		if first < 0 {
			sum += dot(before[len(before)+first:], taps)
		}
		from, to := max(0, first), min(last, len(signal))
		sum += dot(signal[from:to], taps[from-first:])
		if last > len(signal) {
			sum += dot(after[:last-len(signal)], taps[len(signal)-first:])
		}
		out[n] = float32(sum)
	}
	return out
}

// dot is the sum of x[i] h[i] over the shorter of the two.
func dot(x []float32, h []float64) (sum float64) {
	n := min(len(x), len(h))
	x, h = x[:n], h[:n]
	for i, v := range x {
		sum += float64(v) * h[i]
	}
	return sum
}

// resamplingKernel is the filter for one rate. An output sample lies between two
// samples of the signal in one of few ways, unless the rates have little in common.
type resamplingKernel struct {
	rate   int
	cut    float64     // crossings per sample
	reach  float64     // samples on each side
	phases [][]float64 // taps by the number of the output sample, modulo their number; made when first needed
	kept   bool        // whether the phases fit into memory
}

const maxTaps = 1 << 20 // that are kept

func newKernel(rate int) *resamplingKernel {
	cut := 0.92 * min(1, float64(Rate)/float64(rate))
	k := &resamplingKernel{rate: rate, cut: cut, reach: crossings / cut}
	common, rest := Rate, rate
	for rest != 0 {
		common, rest = rest, common%rest
	}
	k.phases = make([][]float64, Rate/common)
	k.kept = len(k.phases)*int(2*k.reach+2) <= maxTaps
	return k
}

// taps are the weights for output sample n, and the number of the sample of the signal
// that the first belongs to.
func (k *resamplingKernel) taps(n int) (first int, taps []float64) {
	position := int64(n) * int64(k.rate)
	whole, part := int(position/Rate), float64(position%Rate)/Rate
	lowest := int(math.Ceil(part - k.reach))
	phase := &k.phases[n%len(k.phases)]
	if !k.kept {
		phase = &k.phases[0]
	}
	if taps = *phase; taps == nil || !k.kept {
		taps = taps[:0]
		for i := lowest; float64(i) <= part+k.reach; i++ {
			taps = append(taps, k.cut*sinc(math.Abs(part-float64(i))*k.cut))
		}
		*phase = taps
	}
	return whole + lowest, taps
}

// sinc is the table's value at u crossings from its middle, 0 ≤ u ≤ crossings.
func sinc(u float64) float64 {
	u *= fineness
	i := int(u)
	return sincTable[i] + (u-float64(i))*(sincTable[i+1]-sincTable[i])
}
