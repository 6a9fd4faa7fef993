// Package data makes what the networks are given: sources s, contexts A, and
// stimuli x = A s + noise, at 8000 samples a second.
//
// Letters: T samples, S sources. Signals and stimuli are float32, mixing matrices
// float64. Everything random comes from a seed: the same seed, the same numbers.
package data

import (
	"fmt"
	"math"

	"unmixlab/sim/spec"
)

// Rate is the sampling rate in Hz of every signal in the lab.
const Rate = 8000

// Sources are signals of equal length, each with a largest absolute value of at
// most 1. They repeat when they end.
type Sources struct {
	Names   []string
	Signals [][]float32
}

// At is sample t ≥ 0 of signal j; signals repeat.
func (s *Sources) At(j, t int) float32 {
	sig := s.Signals[j]
	return sig[t%len(sig)]
}

// Len is the number of samples after which the signals repeat.
func (s *Sources) Len() int { return len(s.Signals[0]) }

// Add appends a signal; it must be as long as those before it.
func (s *Sources) Add(name string, signal []float32) {
	if len(s.Signals) > 0 && len(signal) != s.Len() {
		panic(fmt.Sprintf("data: source %q has %d samples, the others %d", name, len(signal), s.Len()))
	}
	s.Names = append(s.Names, name)
	s.Signals = append(s.Signals, signal)
}

// Sines are one unit sine for each frequency in Hz.
func Sines(freqs []float64, seconds float64) *Sources {
	s := &Sources{}
	for _, f := range freqs {
		s.Add(fmt.Sprintf("sine %g Hz", f), Sine(f, seconds))
	}
	return s
}

// Chords are one chord for each two frequencies in Hz; a last odd one is left out.
func Chords(freqs []float64, seconds float64) *Sources {
	s := &Sources{}
	for i := 0; i+1 < len(freqs); i += 2 {
		s.Add(fmt.Sprintf("chord %g and %g Hz", freqs[i], freqs[i+1]), Chord(freqs[i], freqs[i+1], seconds))
	}
	return s
}

// ICA are a sine, a square and a sawtooth wave in turn, one for each frequency in Hz.
func ICA(freqs []float64, seconds float64) *Sources {
	waves := []struct {
		name string
		wave func(freq, seconds float64) []float32
	}{{"sine", Sine}, {"square", Square}, {"sawtooth", Sawtooth}}
	s := &Sources{}
	for i, f := range freqs {
		w := waves[i%len(waves)]
		s.Add(fmt.Sprintf("%s %g Hz", w.name, f), w.wave(f, seconds))
	}
	return s
}

// NewSources makes the pool of sources of a spec. wav gives the samples of an
// uploaded sound by its id, at 8 kHz; it may be nil where there are none. Errors are
// a spec.FieldError.
func NewSources(sp spec.Spec, wav func(id string) ([]float32, error)) (*Sources, error) {
	if n := Samples(sp.Duration); n < 1 || n > maxSeconds*Rate {
		return nil, spec.FieldError{Field: "duration", Message: fmt.Sprintf("is %g s, must be above 0 and at most %d s", sp.Duration, maxSeconds)}
	}
	var s *Sources
	switch sp.Sources {
	case "chords":
		s = Chords(sp.Frequencies, sp.Duration)
	case "sines":
		s = Sines(sp.Frequencies, sp.Duration)
	case "ica":
		s = ICA(sp.Frequencies, sp.Duration)
	case "wav":
		return sounds(sp, wav)
	default:
		return nil, spec.FieldError{Field: "sources", Message: fmt.Sprintf("is %q, must be one of chords, sines, ica, wav", sp.Sources)}
	}
	if len(s.Signals) < sp.Dim {
		return nil, spec.FieldError{Field: "frequencies", Message: fmt.Sprintf("make %d sources, at least dim = %d are needed", len(s.Signals), sp.Dim)}
	}
	return s, nil
}

// faint is how little of a sound's height its beginning may span: scaled up, less would
// be the noise before the sound.
const faint = 1e-3

// sounds cuts or repeats uploaded sounds to the spec's duration.
func sounds(sp spec.Spec, wav func(id string) ([]float32, error)) (*Sources, error) {
	bad := func(format string, args ...any) error {
		return spec.FieldError{Field: "wav", Message: fmt.Sprintf(format, args...)}
	}
	if wav == nil {
		return nil, bad("names sounds, but none are stored here: choose other sources")
	}
	if len(sp.WAV) < sp.Dim {
		return nil, bad("names %d sounds, at least dim = %d are needed", len(sp.WAV), sp.Dim)
	}
	s := &Sources{}
	for _, id := range sp.WAV {
		sound, err := wav(id)
		if err != nil {
			return nil, bad("%q cannot be used: %v", id, err)
		}
		if len(sound) == 0 {
			return nil, bad("%q holds no samples", id)
		}
		signal := make([]float32, Samples(sp.Duration))
		for n := range signal {
			signal[n] = sound[n%len(sound)]
		}
		if levelOf(signal).span < faint || !scale(signal) {
			return nil, bad("%q is silent or constant in its first %g s: choose a longer duration or another sound", id, sp.Duration)
		}
		s.Add(id, signal)
	}
	return s, nil
}

// scale divides by the largest absolute value; false for silence or numbers that
// are not finite.
func scale(signal []float32) bool {
	top := 0.0
	for _, v := range signal {
		top = max(top, math.Abs(float64(v))) // NaN stays
	}
	if top == 0 || math.IsNaN(top) || math.IsInf(top, 0) {
		return false
	}
	for n, v := range signal {
		signal[n] = float32(float64(v) / top)
	}
	return true
}
