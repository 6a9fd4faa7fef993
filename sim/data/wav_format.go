package data

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/zaf/g711"
)

const maxRate = 1_000_000 // Hz

// wavFormat is what a WAV file's fmt chunk says.
type wavFormat struct {
	name     string // such as 24-bit PCM
	channels int
	rate     int                    // Hz
	width    int                    // bytes of a sample of one channel
	step     float64                // between neighbouring values near zero, full scale being 1; 0 for floats
	value    func(b []byte) float64 // of a sample
}

func (f wavFormat) frame() int { return f.width * f.channels } // bytes

// Codes of the formats that are read.
const (
	codePCM        = 1
	codeFloat      = 3
	codeALaw       = 6
	codeMuLaw      = 7
	codeExtensible = 0xfffe
)

// otherCodes are formats that WAV files can hold and that are not read.
var otherCodes = map[uint16]string{
	0x02: "Microsoft ADPCM", 0x08: "DTS", 0x10: "OKI ADPCM", 0x11: "IMA ADPCM", 0x14: "G.723 ADPCM", 0x22: "TrueSpeech", 0x31: "GSM 6.10",
	0x40: "G.721 ADPCM", 0x42: "G.723", 0x45: "G.726 ADPCM", 0x50: "MPEG", 0x55: "MP3", 0x64: "G.726 ADPCM", 0x65: "G.722", 0x92: "AC-3",
	0xff: "AAC", 0x160: "Windows Media", 0x161: "Windows Media", 0x162: "Windows Media", 0x163: "Windows Media", 0x1600: "AAC", 0x1602: "AAC",
	0x2000: "AC-3", 0x2001: "DTS", 0x566f: "Vorbis", 0x674f: "Vorbis", 0x6750: "Vorbis", 0x6751: "Vorbis", 0x704f: "Opus", 0xa109: "Speex", 0xf1ac: "FLAC",
}

func parseFormat(b []byte) (wavFormat, error) {
	if len(b) < 16 {
		return wavFormat{}, errors.New("the file's fmt chunk is too short: save the file again as WAV")
	}
	le := binary.LittleEndian
	code, bits := le.Uint16(b), int(le.Uint16(b[14:]))
	f := wavFormat{channels: int(le.Uint16(b[2:])), rate: int(le.Uint32(b[4:]))}
	valid := bits
	if code == codeExtensible {
		if len(b) < 40 {
			return f, errors.New("the file's extensible fmt chunk is too short: save the file again as WAV")
		}
		var err error
		if code, err = subformat(b[24:40]); err != nil {
			return f, err
		}
		if v := int(le.Uint16(b[18:])); v > 0 && v < bits {
			valid = v
		}
	}
	if f.channels == 0 {
		return f, errors.New("the file has no channels: save it again as WAV")
	}
	if f.rate < 1 || f.rate > maxRate {
		return f, fmt.Errorf("its rate is %d Hz, must be from 1 to %d: save the file again as WAV", f.rate, maxRate)
	}
	return f.storedAs(code, bits, valid, spaced(b, f, bits))
}

// spaced reports whether samples of 17 to 24 bits are said to take four bytes each,
// by both of the numbers that say so.
func spaced(b []byte, f wavFormat, bits int) bool {
	align := int(binary.LittleEndian.Uint16(b[12:]))
	return bits > 16 && bits <= 24 && align == 4*f.channels && uint64(binary.LittleEndian.Uint32(b[8:])) == uint64(align)*uint64(f.rate)
}

// storedAs completes the format for a code, the bits of a sample and those of them
// that hold its value.
func (f wavFormat) storedAs(code uint16, bits, valid int, spaced bool) (wavFormat, error) {
	switch {
	case code == codePCM && bits >= 1 && bits <= 64:
		f.name, f.width, f.step = fmt.Sprintf("%d-bit PCM", valid), (bits+7)/8, math.Ldexp(1, 1-valid)
		if spaced {
			f.width = 4
		}
		if f.width == 1 {
			f.value = func(b []byte) float64 { return float64(int(b[0])-128) / 128 }
		} else {
			f.value = integer(f.width)
		}
	case code == codeFloat && bits == 32:
		f.name, f.width = "32-bit float", 4
		f.value = func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }
	case code == codeFloat && bits == 64:
		f.name, f.width = "64-bit float", 8
		f.value = func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
	case code == codeALaw:
		f.name, f.width, f.step = "A-law", 1, 1.0/(1<<11)
		f.value = func(b []byte) float64 { return float64(g711.DecodeAlawFrame(b[0])) / (1 << 15) }
	case code == codeMuLaw:
		f.name, f.width, f.step = "mu-law", 1, 1.0/(1<<12)
		f.value = func(b []byte) float64 { return float64(g711.DecodeUlawFrame(b[0])) / (1 << 15) }
	default:
		return f, notRead(code, bits)
	}
	return f, nil
}

// integer reads little-endian integers of that many bytes, which fill them from the
// highest bit down.
func integer(width int) func(b []byte) float64 {
	unit := math.Ldexp(1, 1-8*width)
	shift := 64 - 8*width
	return func(b []byte) float64 {
		v := uint64(0)
		for i := width - 1; i >= 0; i-- {
			v = v<<8 | uint64(b[i])
		}
		return float64(int64(v<<shift)>>shift) * unit
	}
}

func notRead(code uint16, bits int) error {
	name, known := otherCodes[code]
	switch {
	case known:
		name += " in a WAV file"
	case code == codeFloat:
		name = fmt.Sprintf("%d-bit floats", bits)
	case code == codePCM:
		name = fmt.Sprintf("%d-bit PCM", bits)
	default:
		name = fmt.Sprintf("of a format (number %d) that is not known here", code)
	}
	return fmt.Errorf("its samples are %s: save it as 16-bit PCM, for example with \"ffmpeg -i IN.wav -c:a pcm_s16le OUT.wav\"", name)
}

// subformat is the code in an extensible format's 16 bytes: plain, those of ambisonic
// files, or left at zero after the code.
func subformat(b []byte) (uint16, error) {
	switch string(b[2:]) {
	case "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71",
		"\x00\x00\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\x00\x00\x00",
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00":
		return binary.LittleEndian.Uint16(b), nil
	}
	return 0, fmt.Errorf("its samples are of an extensible subformat (%x) that is not known here: save it as 16-bit PCM", b)
}
