package data

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	maxFile    = 64 << 20 // bytes
	maxSeconds = 60       // of a sound, the rest is not used
	minSamples = 80       // 10 ms at 8 kHz
)

// ReadWAV reads a sound as a mono signal at 8 kHz with a largest absolute value of 1:
// 16-bit PCM or 32-bit float, any number of channels (averaged), any rate from 1 to
// 384 kHz (resampled), at most 64 MB, of which the first 60 s are used. Errors say
// what about the file cannot be read.
func ReadWAV(r io.Reader) ([]float32, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("the sound could not be read: %w", err)
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("the sound is larger than %d MB: cut it", maxFile>>20)
	}
	format, samples, err := chunks(b)
	if err != nil {
		return nil, err
	}
	signal := Resample(format.mono(samples), format.rate)
	if len(signal) > maxSeconds*Rate {
		signal = signal[:maxSeconds*Rate]
	}
	if len(signal) < minSamples {
		return nil, errors.New("the sound is shorter than 10 ms")
	}
	if !scale(signal) {
		return nil, errors.New("the sound is silent, or holds numbers that are not finite")
	}
	return signal, nil
}

// wavFormat is what a WAV file's "fmt " chunk says.
type wavFormat struct {
	float    bool // 32-bit float, otherwise 16-bit PCM
	channels int
	rate     int // Hz
}

func (f wavFormat) frame() int { // bytes
	if f.float {
		return 4 * f.channels
	}
	return 2 * f.channels
}

// chunks finds a RIFF file's format and samples.
func chunks(b []byte) (format wavFormat, samples []byte, err error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return format, nil, errors.New("not a WAV file")
	}
	known := false
	for b = b[12:]; len(b) >= 8; {
		id, size := string(b[:4]), uint64(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		if id == "data" && size == math.MaxUint32 { // written to a pipe: up to the end
			size = uint64(len(b))
		}
		if size > uint64(len(b)) {
			return format, nil, fmt.Errorf("the file is cut off: its chunk %q should have %d bytes, %d follow", id, size, len(b))
		}
		switch id {
		case "fmt ":
			if format, err = parseFormat(b[:size]); err != nil {
				return format, nil, err
			}
			known = true
		case "data":
			if !known {
				return format, nil, errors.New("the file's samples come before their format")
			}
			return format, b[:size], nil
		}
		b = b[min(uint64(len(b)), size+size%2):]
	}
	return format, nil, errors.New("the file has no samples (no data chunk)")
}

// Codes of a WAV file's formats.
const (
	codePCM        = 1
	codeFloat      = 3
	codeExtensible = 0xfffe
)

func parseFormat(b []byte) (wavFormat, error) {
	if len(b) < 16 {
		return wavFormat{}, errors.New("the file's format chunk is too short")
	}
	code, bits := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[14:])
	if code == codeExtensible {
		if len(b) < 40 {
			return wavFormat{}, errors.New("the file's extensible format chunk is too short")
		}
		code = binary.LittleEndian.Uint16(b[24:])
	}
	f := wavFormat{float: code == codeFloat, channels: int(binary.LittleEndian.Uint16(b[2:])), rate: int(binary.LittleEndian.Uint32(b[4:]))}
	if !(code == codePCM && bits == 16) && !(code == codeFloat && bits == 32) {
		return f, fmt.Errorf("its samples are %d-bit of format %d: save it as 16-bit PCM or 32-bit float", bits, code)
	}
	if f.channels == 0 {
		return f, errors.New("the file has no channels")
	}
	if f.rate < 1000 || f.rate > 384000 {
		return f, fmt.Errorf("its rate is %d Hz, must be from 1000 to 384000", f.rate)
	}
	return f, nil
}

// mono averages the channels of the first 60 s.
func (f wavFormat) mono(b []byte) []float32 {
	out := make([]float32, min(len(b)/f.frame(), maxSeconds*f.rate))
	for n := range out {
		frame, sum := b[n*f.frame():], 0.0
		for c := range f.channels {
			if f.float {
				sum += float64(math.Float32frombits(binary.LittleEndian.Uint32(frame[4*c:])))
			} else {
				sum += float64(int16(binary.LittleEndian.Uint16(frame[2*c:]))) / (1 << 15)
			}
		}
		out[n] = float32(sum / float64(f.channels))
	}
	return out
}
