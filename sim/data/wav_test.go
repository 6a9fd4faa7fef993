package data_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"unmixlab/sim/data"
)

// wavFile writes a WAV file of interleaved samples.
func wavFile(code, channels, rate int, extensible bool, samples []float64) []byte {
	bits := 16
	if code == 3 {
		bits = 32
	}
	var body []byte
	for _, v := range samples {
		if code == 3 {
			body = binary.LittleEndian.AppendUint32(body, math.Float32bits(float32(v)))
		} else {
			body = binary.LittleEndian.AppendUint16(body, uint16(int16(math.Round(v*32767))))
		}
	}
	le := binary.LittleEndian
	format := func(code int) []byte {
		f := le.AppendUint16(nil, uint16(code))
		f = le.AppendUint16(f, uint16(channels))
		f = le.AppendUint32(f, uint32(rate))
		f = le.AppendUint32(f, uint32(rate*channels*bits/8))
		f = le.AppendUint16(f, uint16(channels*bits/8))
		return le.AppendUint16(f, uint16(bits))
	}
	f := format(code)
	if extensible {
		f = append(format(0xfffe), 22, 0, byte(bits), 0, 0, 0, 0, 0, byte(code), 0)
		f = append(f, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
	}
	out := append([]byte("RIFF\x00\x00\x00\x00WAVE"), "LIST\x03\x00\x00\x00abc\x00"...) // an odd chunk before
	out = le.AppendUint32(append(out, "fmt "...), uint32(len(f)))
	out = append(out, f...)
	out = le.AppendUint32(append(out, "data"...), uint32(len(body)))
	return append(out, body...)
}

func tone(freq float64, rate, channels int, seconds float64) []float64 {
	var s []float64
	for n := range int(seconds * float64(rate)) {
		for c := range channels {
			s = append(s, 0.5/float64(c+1)*math.Sin(2*math.Pi*freq*float64(n)/float64(rate)))
		}
	}
	return s
}

func TestSoundsComeBack(t *testing.T) {
	for _, c := range []struct {
		code, channels, rate int
		extensible           bool
		tolerance            float64
	}{
		{1, 1, 8000, false, 1e-4}, {3, 1, 8000, false, 1e-6}, {1, 2, 8000, true, 1e-4}, {3, 3, 8000, true, 1e-6},
		{3, 1, 44100, false, 2e-4}, {1, 2, 48000, false, 3e-4}, {3, 1, 22051, false, 2e-4}, {3, 1, 96000, false, 2e-4}, {3, 1, 4000, false, 2e-4},
	} {
		got, err := data.ReadWAV(bytes.NewReader(wavFile(c.code, c.channels, c.rate, c.extensible, tone(440, c.rate, c.channels, 0.5))))
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		if len(got) < 3999 || len(got) > 4000 {
			t.Fatalf("%+v: %d samples, want 4000", c, len(got))
		}
		want, top := data.Sine(440, 0.5), 0.0
		for n := 200; n < 3800; n++ { // the ends fade
			top = max(top, math.Abs(float64(got[n])))
		}
		for n := 200; n < 3800; n++ {
			if d := math.Abs(float64(got[n])/top - float64(want[n])); d > 3*c.tolerance {
				t.Fatalf("%+v: sample %d is %g, want %g", c, n, float64(got[n])/top, want[n])
			}
		}
	}
}

func TestResamplingRemovesWhatDoesNotFit(t *testing.T) {
	const rate = 48000
	high := make([]float32, rate)
	for n := range high {
		high[n] = float32(math.Sin(2 * math.Pi * 6000 * float64(n) / rate))
	}
	for n, v := range data.Resample(high, rate)[200:7800] {
		if math.Abs(float64(v)) > 1e-3 {
			t.Fatalf("6 kHz leaves %g at sample %d", v, n+200)
		}
	}
}

func TestLongSoundsAreCut(t *testing.T) {
	got, err := data.ReadWAV(bytes.NewReader(wavFile(1, 1, 1000, false, tone(100, 1000, 1, 65))))
	if err != nil || len(got) != 60*data.Rate {
		t.Errorf("%d samples and error %v, want the first 60 s", len(got), err)
	}
}

func TestWAVErrorsSayWhatIsWrong(t *testing.T) {
	good := wavFile(1, 1, 8000, false, tone(440, 8000, 1, 0.1))
	at := bytes.Index(good, []byte("fmt ")) + 8
	with := func(offset int, value ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at+offset:], value)
		return b
	}
	for want, b := range map[string][]byte{
		"not a WAV file": []byte("MThd and the rest of it"),
		"cut off":        good[:len(good)-10],
		"24-bit":         with(14, 24, 0),
		"format 2":       with(0, 2, 0),
		"no channels":    with(2, 0, 0),
		"rate is 10 Hz":  with(4, 10, 0, 0, 0),
		"too short":      with(0, 0xfe, 0xff),
		"no data chunk":  good[:at+16],
		"10 ms":          wavFile(1, 1, 8000, false, tone(440, 8000, 1, 0.001)),
		"silent":         wavFile(1, 1, 8000, false, make([]float64, 800)),
		"not finite":     wavFile(3, 1, 8000, false, append(tone(440, 8000, 1, 0.1), math.NaN())),
	} {
		if _, err := data.ReadWAV(bytes.NewReader(b)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
	endless := io.MultiReader(bytes.NewReader(good), zeros{})
	if _, err := data.ReadWAV(endless); err == nil || !strings.Contains(err.Error(), "64 MB") {
		t.Errorf("an endless file gives %v", err)
	}
	torn := errors.New("torn")
	if _, err := data.ReadWAV(io.MultiReader(bytes.NewReader(good), failing{torn})); !errors.Is(err, torn) {
		t.Errorf("a failing reader gives %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzReadWAV(f *testing.F) {
	f.Add(wavFile(1, 1, 8000, false, tone(440, 8000, 1, 0.1)))
	f.Add(wavFile(3, 2, 44100, true, tone(440, 44100, 2, 0.02)))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEdata\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := data.ReadWAV(bytes.NewReader(b))
		if err != nil {
			return
		}
		top := float32(0)
		for _, v := range s {
			top = max(top, v, -v)
		}
		if top != 1 || len(s) > 60*data.Rate {
			t.Fatalf("%d samples with a maximum of %g", len(s), top)
		}
	})
}
