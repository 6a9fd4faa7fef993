package data_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"unmixlab/sim/data"
)

func TestSoundsComeBack(t *testing.T) {
	for _, c := range []struct {
		wav
		name      string
		tolerance float64
	}{
		{wav{code: 1, bits: 8, channels: 1, rate: 44100}, "8-bit PCM", 1e-2},
		{wav{code: 1, bits: 16, channels: 1, rate: 8000}, "16-bit PCM", 1e-4},
		{wav{code: 1, bits: 16, channels: 2, rate: 48000}, "16-bit PCM", 1e-4},
		{wav{code: 1, bits: 24, channels: 1, rate: 44100}, "24-bit PCM", 1e-5},
		{wav{code: 1, bits: 32, channels: 2, rate: 44100}, "32-bit PCM", 1e-5},
		{wav{code: 1, bits: 12, channels: 1, rate: 44100}, "12-bit PCM", 2e-3},
		{wav{code: 3, bits: 32, channels: 1, rate: 8000}, "32-bit float", 1e-6},
		{wav{code: 3, bits: 32, channels: 3, rate: 22051}, "32-bit float", 1e-5},
		{wav{code: 3, bits: 64, channels: 1, rate: 44100}, "64-bit float", 1e-5},
		{wav{code: 6, bits: 8, channels: 2, rate: 11025}, "A-law", 4e-2},
		{wav{code: 7, bits: 8, channels: 1, rate: 8000}, "mu-law", 4e-2},
		{wav{code: 1, bits: 24, valid: 24, channels: 1, rate: 44100, extensible: true}, "24-bit PCM", 1e-5},
		{wav{code: 1, bits: 32, valid: 24, channels: 2, rate: 96000, extensible: true}, "24-bit PCM", 1e-5},
		{wav{code: 1, bits: 24, valid: 20, channels: 1, rate: 48000, extensible: true}, "20-bit PCM", 1e-5},
		{wav{code: 3, bits: 32, valid: 32, channels: 6, rate: 48000, extensible: true}, "32-bit float", 1e-5},
		{wav{code: 6, bits: 8, valid: 8, channels: 1, rate: 8000, extensible: true}, "A-law", 5e-2},
		{wav{code: 3, bits: 32, channels: 1, rate: 4000}, "32-bit float", 1e-4},
		{wav{code: 1, bits: 16, channels: 1, rate: 192000}, "16-bit PCM", 1e-4},
		{wav{code: 1, bits: 16, channels: 1, rate: 705600}, "16-bit PCM", 1e-4},
		{wav{code: 1, bits: 16, channels: 40, rate: 16000}, "16-bit PCM", 2e-4},
	} {
		t.Run(fmt.Sprintf("%+v", c.wav), func(t *testing.T) {
			s := read(t, c.file(tone(440, c.rate, c.channels, 0.5)))
			isTone(t, s, 440, c.tolerance)
			f := s.File
			if f.Format != c.name || f.Channels != c.channels || f.Rate != c.rate || math.Abs(f.Seconds-0.5) > 1e-4 || f.Notes == nil || len(f.Notes) != 0 {
				t.Errorf("the file is said to be %+v", f)
			}
		})
	}
}

// Sounds that are at 8 kHz already are averaged and scaled, and nothing else: the same
// file is the same sound in every version of the lab.
func TestSoundsAtTheLabsRateAreOnlyScaled(t *testing.T) {
	w := wav{code: 1, bits: 16, channels: 2, rate: data.Rate}
	b := w.file(tone(440, data.Rate, 2, 0.1))
	var mean []float32
	for at := 44; at < len(b); at += 4 {
		left, right := int16(le.Uint16(b[at:])), int16(le.Uint16(b[at+2:]))
		mean = append(mean, float32((float64(left)/(1<<15)+float64(right)/(1<<15))/2))
	}
	top := max(slices.Max(mean), -slices.Min(mean))
	for n, v := range read(t, b).Samples {
		if want := float32(float64(mean[n]) / float64(top)); v != want {
			t.Fatalf("sample %d is %g, want %g", n, v, want)
		}
	}
}

var studio = wav{code: 1, bits: 16, channels: 1, rate: 44100}

// What pipes and recorders write, who do not know the length when they begin.
func TestUnknownLengthsReachToTheEnd(t *testing.T) {
	body := studio.body(tone(440, 44100, 1, 0.1))
	for _, size := range []uint32{0, 0x7ffff000, 0x7fffffff, 0x7fffffdb, 0x80000000, 0x80000024, 0xffffffff, 0xffffffdb, 0xffff0000} {
		b := riff("RIFF", chunk("fmt ", studio.format()), sized("data", size, body))
		le.PutUint32(b[4:], size)
		s := read(t, b)
		isTone(t, s, 440, 1e-4)
		if len(s.File.Notes) != 1 || !strings.Contains(s.File.Notes[0], "end of the file") {
			t.Errorf("a length of %#x is noted as %q", size, s.File.Notes)
		}
	}
}

// ds64 holds the lengths of files that may be larger than 4 GB.
func ds64(length uint64, table ...byte) []byte {
	b := le.AppendUint64(le.AppendUint64(le.AppendUint64(nil, length+72), length), length/2)
	return chunk("ds64", append(le.AppendUint32(b, uint32(len(table)/12)), table...))
}

func TestLongFilesAreRead(t *testing.T) {
	format, body := chunk("fmt ", studio.format()), studio.body(tone(440, 44100, 1, 0.1))
	n, noise := uint64(len(body)), bytes.Repeat([]byte{0x55, 0x2a}, 400)
	axml, listed := sized("axml", math.MaxUint32, []byte("abc\x00")), append([]byte("axml"), 3, 0, 0, 0, 0, 0, 0, 0)
	for name, b := range map[string][]byte{
		"RF64":                        riff("RF64", ds64(n), format, sized("data", math.MaxUint32, body)),
		"BW64":                        riff("BW64", ds64(n), format, sized("data", math.MaxUint32, body)),
		"more after the samples":      riff("RF64", ds64(n), format, sized("data", math.MaxUint32, append(slices.Clone(body), noise...))),
		"length in the chunk as well": riff("BW64", ds64(n+1000), format, chunk("data", body)),
		"another long chunk":          riff("BW64", ds64(n, listed...), axml, format, sized("data", math.MaxUint32, body)),
		"from a pipe":                 riff("RF64", ds64(0), format, sized("data", math.MaxUint32, body)),
		"from a pipe, all ones":       riff("RF64", ds64(math.MaxUint64), format, sized("data", math.MaxUint32, body)),
		"without ds64":                riff("RF64", format, sized("data", math.MaxUint32, body)),
		"ds64 cut":                    riff("RF64", chunk("ds64", make([]byte, 8)), format, sized("data", math.MaxUint32, body)),
	} {
		t.Run(name, func(t *testing.T) {
			s := read(t, b)
			isTone(t, s, 440, 1e-4)
			if s.File.Seconds != 0.1 {
				t.Errorf("it has %g s, want 0.1", s.File.Seconds)
			}
		})
	}
}

func TestChunksInAnyOrderAndPadding(t *testing.T) {
	w := wav{code: 1, bits: 8, channels: 1, rate: 44100}
	body := w.body(tone(440, 44100, 1, 0.10003)) // 4411 bytes
	format, samples := chunk("fmt ", w.format()), chunk("data", body)
	bare := samples[:len(samples)-1]
	list := sized("LIST", 17, []byte("INFOISFT\x05\x00\x00\x00abcde"))
	for name, b := range map[string][]byte{
		"odd list without padding":          riff("RIFF", format, list, samples),
		"odd list with padding":             riff("RIFF", format, append(slices.Clone(list), 0), samples),
		"odd list padded with a letter":     riff("RIFF", format, append(slices.Clone(list), 'x'), samples),
		"odd list without padding first":    riff("RIFF", list, format, samples),
		"odd chunk of an unknown name":      riff("RIFF", format, sized("LGWV", 3, []byte("abc")), sized("UMID", 1, []byte("x")), samples),
		"JUNK first, fact":                  riff("RIFF", chunk("JUNK", make([]byte, 28)), format, chunk("fact", le.AppendUint32(nil, 4410)), samples),
		"chunks after":                      riff("RIFF", format, samples, chunk("LIST", []byte("INFO")), chunk("id3 ", []byte("ID3\x03"))),
		"odd samples without padding":       riff("RIFF", format, bare, chunk("LIST", []byte("INFO"))),
		"format after the samples":          riff("RIFF", samples, chunk("LIST", []byte("INFO")), format),
		"format after samples not padded":   riff("RIFF", bare, format),
		"an empty data chunk before":        riff("RIFF", format, chunk("data", nil), samples),
		"a broken chunk after":              riff("RIFF", format, samples, sized("LIST", 1000, []byte("INFO"))),
		"format with an extension":          riff("RIFF", chunk("fmt ", append(w.format(), 0, 0)), samples),
		"no padding at the end of the file": riff("RIFF", format, bare),
	} {
		t.Run(name, func(t *testing.T) {
			s := read(t, b)
			isTone(t, s, 440, 1e-2)
			if f := s.File; f.Seconds != float64(len(body))/44100 || len(f.Notes) > 0 {
				t.Errorf("the file is said to be %+v, want %d samples", f, len(body))
			}
		})
	}
}

// 24 bits in four bytes, which only the length of a frame tells.
func TestSpacedSamples(t *testing.T) {
	w := wav{code: 1, bits: 32, valid: 24, channels: 2, rate: 44100}
	b := w.file(tone(440, 44100, 2, 0.1))
	b[12+8+14] = 24
	isTone(t, read(t, b), 440, 1e-5)
}

func TestAnAmbisonicSubformatIsRead(t *testing.T) {
	w := wav{code: 3, bits: 32, valid: 32, channels: 4, rate: 48000, extensible: true}
	b := w.file(tone(440, 48000, 4, 0.1))
	copy(b[12+8+24+2:], "\x00\x00\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\x00\x00\x00")
	isTone(t, read(t, b), 440, 1e-5)
	b[12+8+24+9]++
	if _, err := data.ReadWAV(bytes.NewReader(b)); err == nil || !strings.Contains(err.Error(), "subformat") {
		t.Errorf("an unknown subformat gives %v", err)
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	w := wav{code: 1, bits: 24, channels: 2, rate: 44100}
	good := w.file(tone(440, 44100, 2, 0.2))
	for name, c := range map[string]struct {
		b       []byte
		notes   []string
		samples int
	}{
		"whole": {good, nil, 8820},
		"a last frame cut": {riff("RIFF", chunk("fmt ", w.format()), chunk("data", good[44:len(good)-2])),
			[]string{"last frame is cut off (4 of its 6 bytes"}, 8819},
		"cut, not in header": {good[:len(good)-6000], []string{"promises 52920 bytes of samples, 46920 are there"}, 7820},
		"both":               {good[:len(good)-6001], []string{"promises", "last frame is cut off (5 of its 6 bytes"}, 7819},
	} {
		t.Run(name, func(t *testing.T) {
			s := read(t, c.b)
			isTone(t, s, 440, 1e-4)
			if math.Abs(s.File.Seconds*44100-float64(c.samples)) > 1e-6 || len(s.File.Notes) != len(c.notes) {
				t.Fatalf("the file is said to be %+v", s.File)
			}
			for i, want := range c.notes {
				if !strings.Contains(s.File.Notes[i], want) {
					t.Errorf("it is noted as %q, want %q", s.File.Notes[i], want)
				}
			}
		})
	}
}

func TestLongSoundsAreCut(t *testing.T) {
	w := wav{code: 1, bits: 16, channels: 1, rate: 1000}
	s := read(t, w.file(tone(100, 1000, 1, 65)))
	if len(s.Samples) != 60*data.Rate || s.File.Seconds != 65 || len(s.File.Notes) != 1 || !strings.Contains(s.File.Notes[0], "first 60 s of 65") {
		t.Errorf("%d samples of %+v, want the first 60 s", len(s.Samples), s.File)
	}
}

func TestWAVErrorsSayWhatIsWrong(t *testing.T) {
	w := wav{code: 1, bits: 16, channels: 1, rate: 8000}
	good := w.file(tone(440, 8000, 1, 0.1))
	with := func(offset int, value ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[20+offset:], value)
		return b
	}
	format := chunk("fmt ", w.format())
	for _, c := range []struct {
		want string
		b    []byte
	}{
		{"empty", nil}, {"not a WAV file", []byte("RIFF")}, {"not a WAV file", []byte("hello, hello, hello")},
		{"FLAC file", []byte("fLaC\x00\x00\x00\x22and more")}, {"MP3 file", []byte("ID3\x04\x00\x00\x00\x00")}, {"MP3 file", []byte("\xff\xfb\x90\x64\x00")},
		{"AAC file", []byte("\xff\xf1\x50\x80")}, {"Ogg file", []byte("OggS\x00\x02")}, {"AIFF file", []byte("FORM\x00\x00\x10\x00AIFFCOMM")},
		{"AIFC", []byte("FORM\x00\x00\x10\x00AIFCCOMM")}, {"big-endian", []byte("RIFX\x00\x00\x00\x00WAVEfmt ")}, {"M4A", []byte("\x00\x00\x00\x20ftypM4A ")},
		{"AU file", []byte(".snd\x00\x00\x00\x18")}, {"Wave64", []byte("riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb")}, {"MIDI", []byte("MThd and the rest of it")},
		{"AVI video", []byte("RIFF\x00\x00\x00\x00AVI LIST")}, {"ffmpeg", []byte("caff\x00\x01\x00\x00")},
		{"Microsoft ADPCM", with(0, 2, 0)}, {"IMA ADPCM", with(0, 0x11, 0)}, {"MP3 in a WAV file", with(0, 0x55, 0)}, {"GSM", with(0, 0x31, 0)},
		{"number 39030", with(0, 0x76, 0x98)}, {"pcm_s16le", with(0, 0x76, 0x98)}, {"16-bit floats", with(0, 3, 0)}, {"0-bit PCM", with(14, 0, 0)},
		{"65-bit PCM", with(14, 65, 0)}, {"no channels", with(2, 0, 0)}, {"rate is 0 Hz", with(4, 0, 0, 0, 0)},
		{"rate is 4294967295 Hz", with(4, 255, 255, 255, 255)},
		{"too short", with(0, 0xfe, 0xff)}, {"too short", riff("RIFF", chunk("fmt ", w.format()[:14]), chunk("data", good[44:]))},
		{"no samples", good[:36]}, {"no samples", riff("RIFF", format, chunk("data", nil))}, {"no samples", good[:44]},
		{"no samples", riff("RIFF", format, chunk("data", nil), chunk("LIST", []byte("INFO")))},
		{"no fmt chunk", riff("RIFF", chunk("data", good[44:]))},
		{"\"LIST\" should have 99 bytes", riff("RIFF", format, sized("LIST", 99, []byte("INFO")))},
		{"at its byte 36 a chunk should begin", riff("RIFF", format, []byte("\x00\xff\x00\xff\x00\xff\x00\xff\x00"))},
		{"holds 1 samples at 8000 Hz", w.file([]float64{0.5})}, {"shorter than 10 ms", w.file(tone(440, 8000, 1, 0.001))},
	} {
		_, err := data.ReadWAV(bytes.NewReader(c.b))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one that says %q", err, c.want)
		} else if !strings.ContainsAny(err.Error(), ":") {
			t.Errorf("%q does not say what to do", err)
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

// The first 64 kB of any bytes are read or refused: every value is finite, the largest 1.
func FuzzReadWAV(f *testing.F) {
	for _, w := range []wav{
		{code: 1, bits: 16, channels: 1, rate: 8000}, {code: 3, bits: 32, valid: 32, channels: 2, rate: 44100, extensible: true},
		{code: 1, bits: 8, channels: 1, rate: 11025}, {code: 1, bits: 24, channels: 2, rate: 48000},
		{code: 1, bits: 32, valid: 20, channels: 1, rate: 96000, extensible: true},
		{code: 3, bits: 64, channels: 1, rate: 500}, {code: 6, bits: 8, channels: 1, rate: 8000}, {code: 7, bits: 8, channels: 2, rate: 22050},
	} {
		samples := tone(440, w.rate, w.channels, 0.02)
		f.Add(w.file(samples))
		f.Add(riff("RIFF", sized("LIST", 3, []byte("abc")), chunk("fmt ", w.format()), sized("data", 0, w.body(samples))))
		f.Add(riff("BW64", ds64(uint64(len(w.body(samples)))), chunk("fmt ", w.format()), sized("data", math.MaxUint32, w.body(samples))))
		f.Add(riff("RIFF", chunk("data", w.body(samples)), chunk("fmt ", w.format())))
	}
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEdata\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := data.ReadWAV(bytes.NewReader(b[:min(len(b), 1<<16)]))
		if err != nil {
			return
		}
		top := float32(0)
		for _, v := range s.Samples {
			top = max(top, v, -v)
		}
		if top != 1 || len(s.Samples) > 60*data.Rate {
			t.Fatalf("%d samples with a maximum of %g", len(s.Samples), top)
		}
	})
}
