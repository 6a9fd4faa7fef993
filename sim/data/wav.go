package data

import (
	"errors"
	"fmt"
	"io"
)

const (
	maxFile    = 64 << 20 // bytes
	maxSeconds = 60       // of a sound, the rest is not used
	minSamples = 80       // 10 ms at 8 kHz
)

// Sound is a sound as the lab uses it, and the file that it came from.
type Sound struct {
	Samples []float32 // (T,), mono at 8 kHz, the largest absolute value is 1
	File    SoundFile
}

// SoundFile says what a file of a sound holds.
type SoundFile struct {
	Format   string   `json:"format" doc:"how the file stores its samples, such as 24-bit PCM"`
	Channels int      `json:"channels" doc:"of the file; their mean is the sound"`
	Rate     int      `json:"rate" doc:"of the file, in Hz; the sound has 8000"`
	Seconds  float64  `json:"seconds" doc:"of the file, of which the sound is the first 60"`
	Notes    []string `json:"notes" doc:"sentences on what was dropped, taken away or had to be guessed"`
}

// ReadWAV reads a WAV file (RIFF, RF64 or BW64) of any number of channels, whose mean
// is taken, and any rate (resampled), at most 64 MB, of which the first 60 s are used:
// integers of 1 to 64 bits, floats of 32 and 64, A-law and mu-law. Lengths that the
// header lacks or that are longer than the file mean up to its end. A sound that would
// be no source, because nothing or too little of it is left at 8 kHz, is an error.
// Errors say what was found and what to do.
func ReadWAV(r io.Reader) (Sound, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Sound{}, fmt.Errorf("the sound could not be read: %w", err)
	}
	if len(b) > maxFile {
		return Sound{}, fmt.Errorf("the sound is larger than %d MB: cut it", maxFile>>20)
	}
	if err := notWAV(b); err != nil {
		return Sound{}, err
	}
	parts, err := takeApart(b)
	if err != nil {
		return Sound{}, err
	}
	return parts.sound()
}

// sound is the mean of the channels at 8 kHz, scaled.
func (p wavParts) sound() (Sound, error) {
	f, notes := p.format, p.notes
	frames := len(p.samples) / f.frame()
	if extra := len(p.samples) % f.frame(); extra > 0 {
		notes = append(notes, fmt.Sprintf("The last frame is cut off (%d of its %d bytes are there) and was dropped.", extra, f.frame()))
	}
	seconds := float64(frames) / float64(f.rate)
	if int64(frames)*Rate/int64(f.rate) < minSamples {
		return Sound{}, fmt.Errorf("the sound is shorter than 10 ms: its file holds %d samples at %d Hz", frames, f.rate)
	}
	if used := maxSeconds * f.rate; frames > used {
		frames = used
		notes = append(notes, fmt.Sprintf("The first %d s of %.4g are used.", maxSeconds, seconds))
	}
	signal, offset, err := recording{format: f, samples: p.samples, frames: frames, unit: 1}.signal()
	if err != nil {
		return Sound{}, err
	}
	if offset != 0 {
		notes = append(notes, fmt.Sprintf("A constant offset of %.2g of full scale was taken away.", offset))
	}
	if !scale(signal) {
		return Sound{}, errors.New("nothing is left of the sound at 8 kHz: choose another")
	}
	return Sound{signal, SoundFile{f.name, f.channels, f.rate, seconds, append([]string{}, notes...)}}, nil
}
