package data_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/zaf/g711"

	"unmixlab/sim/data"
)

var le = binary.LittleEndian

// wav describes a WAV file to write.
type wav struct {
	code, bits, valid int // bits of a sample in the file and, in extensible files, those that count
	channels, rate    int
	extensible        bool
}

func (w wav) format() []byte {
	width := (w.bits + 7) / 8
	head := func(code int) []byte {
		f := le.AppendUint16(nil, uint16(code))
		f = le.AppendUint16(f, uint16(w.channels))
		f = le.AppendUint32(f, uint32(w.rate))
		f = le.AppendUint32(f, uint32(w.rate*w.channels*width))
		f = le.AppendUint16(f, uint16(w.channels*width))
		return le.AppendUint16(f, uint16(w.bits))
	}
	if !w.extensible {
		return head(w.code)
	}
	f := append(head(0xfffe), 22, 0, byte(w.valid), 0, 0, 0, 0, 0, byte(w.code), 0)
	return append(f, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
}

// body stores samples, full scale being 1.
func (w wav) body(samples []float64) (b []byte) {
	width, valid := (w.bits+7)/8, w.bits
	if w.valid > 0 {
		valid = w.valid
	}
	for _, v := range samples {
		switch {
		case w.code == 3 && w.bits == 32:
			b = le.AppendUint32(b, math.Float32bits(float32(v)))
		case w.code == 3:
			b = le.AppendUint64(b, math.Float64bits(v))
		case w.code == 6:
			b = append(b, g711.EncodeAlawFrame(int16(math.Round(v*32767))))
		case w.code == 7:
			b = append(b, g711.EncodeUlawFrame(int16(math.Round(v*32767))))
		case w.bits == 8:
			b = append(b, byte(128+int(math.Round(v*127))))
		default:
			whole := int64(math.Round(v*(math.Ldexp(1, valid-1)-1))) << (64 - valid)
			b = append(b, le.AppendUint64(nil, uint64(whole))[8-width:]...)
		}
	}
	return b
}

// file is the plain file: format, samples.
func (w wav) file(samples []float64) []byte {
	return riff("RIFF", chunk("fmt ", w.format()), chunk("data", w.body(samples)))
}

// chunk is a chunk with its padding.
func chunk(id string, body []byte) []byte {
	b := append(le.AppendUint32([]byte(id), uint32(len(body))), body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// sized is a chunk that says it has another length.
func sized(id string, size uint32, body []byte) []byte {
	return append(le.AppendUint32([]byte(id), size), body...)
}

// riff is a file of chunks.
func riff(magic string, chunks ...[]byte) []byte {
	all := bytes.Join(chunks, nil)
	return append(append(le.AppendUint32([]byte(magic), uint32(4+len(all))), "WAVE"...), all...)
}

// tone has channels of sin(2π freq t), the channel c scaled to 0.5/(c+1).
func tone(freq float64, rate, channels int, seconds float64) []float64 {
	var s []float64
	for n := range int(seconds * float64(rate)) {
		for c := range channels {
			s = append(s, 0.5/float64(c+1)*math.Sin(2*math.Pi*freq*float64(n)/float64(rate)))
		}
	}
	return s
}

// read is a sound that can be read.
func read(t *testing.T, b []byte) data.Sound {
	t.Helper()
	s, err := data.ReadWAV(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// isTone fails unless a sound is a tone of 0.1 s or more with a largest value of 1, to
// within a tolerance at every sample, the ends included.
func isTone(t *testing.T, s data.Sound, freq, tolerance float64) {
	t.Helper()
	if len(s.Samples) < 800 {
		t.Fatalf("it has %d samples, want a tone of 0.1 s", len(s.Samples))
	}
	top := 0.0
	for n := range s.Samples {
		top = max(top, math.Abs(math.Sin(2*math.Pi*freq*float64(n)/data.Rate)))
	}
	for n, v := range s.Samples {
		if want := math.Sin(2*math.Pi*freq*float64(n)/data.Rate) / top; math.Abs(float64(v)-want) > tolerance {
			t.Fatalf("sample %d of %d is %g, want %g", n, len(s.Samples), v, want)
		}
	}
}
