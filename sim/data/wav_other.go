package data

import (
	"errors"
	"fmt"
	"strings"
)

// otherFiles are the kinds of file that are taken for sounds, by bytes near their start.
var otherFiles = []struct {
	at          int
	bytes, name string
}{
	{0, "RIFX", "a big-endian WAV file (RIFX)"}, {0, "FFIR", "a big-endian WAV file (RIFX)"},
	{0, "riff\x2e\x91\xcf\x11", "a Wave64 (W64) file"},
	{0, "fLaC", "a FLAC file"}, {0, "ID3", "an MP3 file"}, {0, "OggS", "an Ogg file (Vorbis, Opus or FLAC)"},
	{8, "AIFF", "an AIFF file"}, {8, "AIFC", "an AIFF file (AIFC)"}, {0, "caff", "a Core Audio (CAF) file"}, {0, ".snd", "an AU file"},
	{4, "ftyp", "an M4A or MP4 file"}, {0, "\x1a\x45\xdf\xa3", "a WebM or Matroska file"}, {0, "\x30\x26\xb2\x75", "a Windows Media file"},
	{0, "#!AMR", "an AMR file"}, {0, "wvpk", "a WavPack file"}, {0, "MAC ", "a Monkey's Audio file"},
	{8, "AVI ", "an AVI video"}, {0, "MThd", "a MIDI file (notes, no sound)"}, {8, "RMID", "a MIDI file (notes, no sound)"},
	{0, "\x1f\x8b", "a gzip file"}, {0, "PK\x03\x04", "a ZIP file"},
}

// notWAV is an error that says what b is, if it is not a WAV file.
func notWAV(b []byte) error {
	if len(b) == 0 {
		return errors.New("the file is empty: choose another")
	}
	if len(b) >= 12 && string(b[8:12]) == "WAVE" {
		switch string(b[:4]) {
		case "RIFF", "RF64", "BW64":
			return nil
		}
	}
	name := "not a WAV file"
	if mpeg := mpegName(b); mpeg != "" {
		name = mpeg + ", not a WAV file"
	}
	for _, k := range otherFiles {
		if len(b) >= k.at && strings.HasPrefix(string(b[k.at:min(len(b), k.at+8)]), k.bytes) {
			name = k.name + ", not a WAV file"
			break
		}
	}
	return fmt.Errorf("this is %s: convert it, for example with \"ffmpeg -i IN OUT.wav\", or export it as WAV from an editor such as Audacity", name)
}

// mpegName tells the streams that begin with an MPEG frame; empty for others.
func mpegName(b []byte) string {
	if len(b) < 2 || b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return ""
	}
	if b[1]&0xf6 == 0xf0 {
		return "an AAC file"
	}
	if b[1]&0x06 == 0 {
		return ""
	}
	return "an MP3 file"
}
