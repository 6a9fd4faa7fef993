package app

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unmixlab/server/lab"
)

func TestUploadsSayWhatWasReadOfASound(t *testing.T) {
	l := boot(t, Config{})
	whole := tone(3)
	pipe := bytes.Clone(whole)
	copy(pipe[40:], "\x00\xf0\xff\x7f")
	for _, c := range []struct {
		file  []byte
		notes []string
	}{
		{whole, nil}, {pipe, []string{"end of the file"}}, {pipe[:len(pipe)-1], []string{"end of the file", "was dropped"}},
	} {
		body, kind := form(t, "file", "tone.wav", c.file)
		status, _, b := l.request("POST", "/api/sources", body, "Content-Type", kind)
		var sound lab.SoundInfo
		if err := json.Unmarshal(b, &sound); status != 200 || err != nil || sound.File == nil {
			t.Fatalf("gave %d: %s", status, b)
		}
		f := sound.File
		if f.Format != "16-bit PCM" || f.Channels != 1 || f.Rate != 8000 || f.Seconds != sound.Seconds || len(f.Notes) != len(c.notes) {
			t.Errorf("the file is said to be %+v", f)
		}
		for i, want := range c.notes {
			if !strings.Contains(f.Notes[i], want) {
				t.Errorf("%q is noted, want %q", f.Notes[i], want)
			}
		}
	}
}

func TestSoundsAreRefusedWithTheReason(t *testing.T) {
	l := boot(t, Config{})
	for want, b := range map[string][]byte{
		"above 4 kHz": soundOf(func(n int) int16 { return [...]int16{0, 20000, 0, -20000}[n%4] }, 48000),
		"constant":    soundOf(func(int) int16 { return 8000 }, 8000),
		"silent":      soundOf(func(int) int16 { return 0 }, 8000),
		"too quiet":   soundOf(func(n int) int16 { return int16(n / 40 % 2) }, 8000),
		"a FLAC file": []byte("fLaC\x00\x00\x00\x22 and the rest"),
		"big-endian":  append([]byte("RIFX"), tone(3)[4:]...),
		"10 ms":       tone(3)[:60],
		"data chunk":  tone(3)[:44],
	} {
		body, kind := form(t, "file", "tone.wav", b)
		status, _, answer := l.request("POST", "/api/sources", body, "Content-Type", kind)
		if status != 422 || !bytes.Contains(answer, []byte("body.file")) || !bytes.Contains(answer, []byte(want)) {
			t.Errorf("gave %d: %s, want 422 that says %q", status, answer, want)
		}
	}
	var sounds []lab.SoundInfo
	if l.ask("GET", "/api/sources", "", 200, &sounds); len(sounds) != 0 {
		t.Errorf("what was refused is listed: %+v", sounds)
	}
}

// soundOf is the file of tone with other samples, at a rate below 64 kHz.
func soundOf(sample func(n int) int16, rate int) []byte {
	b := tone(3)
	b[24], b[25] = byte(rate), byte(rate>>8)
	for n := range 4000 {
		v := sample(n)
		b[44+2*n], b[45+2*n] = byte(v), byte(v>>8)
	}
	return b
}
