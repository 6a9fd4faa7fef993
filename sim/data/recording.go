package data

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// largeOffset is the constant part of a sound, relative to its level, above which it
// is taken away.
const largeOffset = 0.1

// recording is what a file's samples hold.
type recording struct {
	format  wavFormat
	samples []byte
	frames  int
	unit    float64 // a power of two, by which values are multiplied so that the largest is near 1
	finest  int     // exponent of the lowest bit that any value has
}

// at is the value of frame n and channel c, full scale being unit.
func (r recording) at(n, c int) float64 {
	return r.format.value(r.samples[n*r.format.frame()+c*r.format.width:]) * r.unit
}

// signal is the mean of the channels at 8 kHz and the constant offset that was taken
// from it, of full scale. A recording that would be no source is an error.
func (r recording) signal() (signal []float32, offset float64, err error) {
	if r, err = r.measured(); err != nil {
		return nil, 0, err
	}
	channels := r.levels()
	if err := r.constant(channels); err != nil {
		return nil, 0, err
	}
	mean, rms := 0.0, 0.0 // of the channels, on average
	for _, c := range channels {
		mean += c.mean / float64(len(channels))
		rms += c.rms / float64(len(channels))
	}
	mono := make([]float32, r.frames)
	r.mix(mono, 0, r.format.channels, 0)
	if all := levelOf(mono); math.Abs(mean) > largeOffset*all.rms {
		offset = mean
		r.mix(mono, 0, r.format.channels, offset)
	}
	signal = Resample(mono, r.format.rate)
	return signal, offset / r.unit, r.judge(mono, signal, rms, offset)
}

// measured looks at every value once: all must be finite, some not zero.
func (r recording) measured() (recording, error) {
	bad, first, top := 0, 0, 0.0
	r.finest = math.MaxInt
	for n := range r.frames {
		for c := range r.format.channels {
			v := math.Abs(r.at(n, c))
			if !(v <= math.MaxFloat64) {
				if bad == 0 {
					first = n
				}
				bad++
				continue
			}
			top = max(top, v)
			if v > 0 {
				r.finest = min(r.finest, lowestBit(v))
			}
		}
	}
	if bad > 0 {
		return r, fmt.Errorf("%d of the sound's samples are not finite numbers (NaN or infinite), the first at %.4g s: cut them out, "+
			"or save the sound as 16-bit PCM", bad, float64(first)/float64(r.format.rate))
	}
	if top == 0 {
		return r, errors.New("the sound is silent, every sample is zero: choose another, or check that the microphone was on")
	}
	_, exponent := math.Frexp(top)
	r.unit = math.Ldexp(1, -min(max(exponent, -1000), 1000))
	return r, nil
}

// lowestBit is the exponent of the lowest bit that is set in v > 0.
func lowestBit(v float64) int {
	b := math.Float64bits(v)
	exponent, fraction := int(b>>52), b&(1<<52-1)
	if exponent == 0 {
		exponent = 1
	} else {
		fraction |= 1 << 52
	}
	return exponent - 1075 + bits.TrailingZeros64(fraction)
}

// level is what of a signal its constant part leaves.
type level struct {
	mean, rms float64 // rms about the mean
	span      float64 // from the lowest to the highest value
}

// meter adds up a level. Values are taken relative to the first, so that a constant
// has an rms of exactly zero.
type meter struct{ n, first, sum, squares, low, high float64 }

func (m *meter) add(v float64) {
	if m.n == 0 {
		m.first = v
	}
	v -= m.first
	m.n++
	m.sum += v
	m.squares += v * v
	m.low, m.high = min(m.low, v), max(m.high, v)
}

func (m *meter) level() level {
	if m.n == 0 {
		return level{}
	}
	mean := m.sum / m.n
	return level{m.first + mean, math.Sqrt(max(0, m.squares/m.n-mean*mean)), m.high - m.low}
}

func levelOf(signal []float32) level {
	var m meter
	for _, v := range signal {
		m.add(float64(v))
	}
	return m.level()
}

// levels are those of the channels.
func (r recording) levels() []level {
	meters := make([]meter, r.format.channels)
	for n := range r.frames {
		for c := range meters {
			meters[c].add(r.at(n, c))
		}
	}
	levels := make([]level, len(meters))
	for c := range levels {
		levels[c] = meters[c].level()
	}
	return levels
}

// mix writes the mean of the channels from from up to to, less an offset, to dst
// (frames).
func (r recording) mix(dst []float32, from, to int, offset float64) {
	for n := range dst {
		sum := 0.0
		for c := from; c < to; c++ {
			sum += r.at(n, c)
		}
		dst[n] = float32(sum/float64(to-from) - offset)
	}
}
