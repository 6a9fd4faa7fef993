package data

import (
	"errors"
	"fmt"
	"math"
)

// What a recording must have to be a source.
const (
	leastSteps   = 10       // of its samples from the lowest to the highest value at 8 kHz
	leastInBand  = 0.01     // of its level below 4 kHz
	leastMean    = 0.05     // of the channels' level in their mean
	coarse       = 1.0 / 64 // of full scale; what is smaller may have coarser steps than its format
	channelsHeld = 64       // of a recording whose channels cancel, that are looked at one by one
)

// constant is an error if no channel ever changes.
func (r recording) constant(channels []level) error {
	largest := 0.0
	for _, c := range channels {
		if c.span > 0 {
			return nil
		}
		largest = max(largest, math.Abs(c.mean))
	}
	if largest <= r.format.step*r.unit {
		return errors.New("the sound is silent, no sample is more than one step from zero: choose another, or check that the microphone was on")
	}
	return fmt.Errorf("the sound is constant, every sample is %.3g of full scale: nothing can be heard or told apart in it, choose another", largest/r.unit)
}

// judge says why the resampled signal would be no source. mono is what it was made
// from, rms the level of the channels, offset the constant that was taken away.
func (r recording) judge(mono, signal []float32, rms, offset float64) error {
	all, in := levelOf(mono), levelOf(signal)
	step := r.step(in.span)
	high, quiet := in.rms < leastInBand*all.rms, in.span < leastSteps*step
	if high || quiet || all.rms < leastMean*rms {
		if err := r.cancelled(in.rms); err != nil {
			return err
		}
	}
	steps := math.Ceil(in.span / step)
	switch {
	case high:
		return above(in.rms / all.rms)
	case quiet && math.Abs(offset) > in.span:
		return fmt.Errorf("the sound is constant, %.3g of full scale, but for %g steps of its %s samples: choose another",
			offset/r.unit, steps, r.format.name)
	case quiet:
		return fmt.Errorf("the sound is too quiet, it spans no more than %g steps of its %s samples and scaling it up would show only them: "+
			"record it louder", steps, r.format.name)
	}
	return nil
}

func above(share float64) error {
	return fmt.Errorf("the sound lies above 4 kHz, only %.2g %% of its level is below, and sources have 8000 samples a second: "+
		"choose a lower sound, or slow it down", 100*share)
}

// cancelled is an error if channels have at 8 kHz what their mean, whose level there is
// rms, has not, or if what cancels lies above 4 kHz.
func (r recording) cancelled(rms float64) error {
	count := min(r.format.channels, channelsHeld)
	if count == 1 {
		return nil
	}
	mono := make([]float32, r.frames)
	before, after, audible := 0.0, 0.0, false // levels of the channels, added up
	for c := range count {
		r.mix(mono, c, c+1, 0)
		all, in := levelOf(mono), levelOf(Resample(mono, r.format.rate))
		before, after = before+all.rms, after+in.rms
		audible = audible || in.span >= leastSteps*r.step(in.span)
	}
	switch share := rms * float64(count) / after; {
	case after < leastInBand*before:
		return above(after / before)
	case !audible || share >= leastMean:
		return nil
	default:
		return fmt.Errorf("the sound's %d channels cancel, their mean has %.2g %% of their level (one is another turned upside down): "+
			"save one channel alone, or invert one", r.format.channels, 100*share)
	}
}

// step is the smallest difference that a signal which spans so much can show: that of
// its format, or, if it is weak, that of the coarser format it once had.
func (r recording) step(span float64) float64 {
	step := r.format.step * r.unit
	if span < coarse*r.unit {
		step = max(step, math.Ldexp(r.unit, r.finest))
	}
	return step
}
