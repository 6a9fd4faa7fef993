package lab

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math"
	"path"
	"strings"
	"time"
	"unicode"

	"unmixlab/server/store"
	"unmixlab/sim/data"
)

// SoundInfo is an uploaded sound as pages and the API show it.
type SoundInfo struct {
	ID      string  `json:"id" doc:"for the field wav of a run's settings"`
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`

	// File is known when the sound is added.
	File *data.SoundFile `json:"file,omitempty" doc:"what was read of the file; in the answer to an upload"`
}

// Sounds lists the uploaded sounds, the newest first.
func (l *Lab) Sounds(ctx context.Context) ([]SoundInfo, error) {
	sounds, err := l.store.Sounds(ctx)
	infos := make([]SoundInfo, len(sounds))
	for i, s := range sounds {
		infos[i] = SoundInfo{ID: s.ID, Name: s.Name, Seconds: s.Seconds}
	}
	return infos, err
}

// AddSound keeps a WAV file's sound, at 8 kHz. The id comes from the samples, so
// that settings that name it mean the same everywhere.
func (l *Lab) AddSound(ctx context.Context, name string, wav io.Reader) (SoundInfo, error) {
	sound, err := data.ReadWAV(wav)
	if err != nil {
		return SoundInfo{}, refuse(Invalid, "file", "%v", err)
	}
	b := soundBytes(sound.Samples)
	sum := sha256.Sum256(b)
	s := store.Sound{
		ID: hex.EncodeToString(sum[:6]), Name: CleanName(name),
		Seconds: float64(len(sound.Samples)) / data.Rate, Created: time.Now(),
	}
	err = l.store.AddSound(ctx, s, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
	return SoundInfo{s.ID, s.Name, s.Seconds, &sound.File}, err
}

// CleanName is the last part of a file's name, of printable letters, not too long.
func CleanName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if r := []rune(name); len(r) > 80 {
		name = string(r[:80])
	}
	if name == "" || name == "." || name == ".." || name == "/" {
		return "sound"
	}
	return name
}

func soundBytes(samples []float32) []byte {
	b := make([]byte, 0, 4*len(samples))
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s))
	}
	return b
}

func soundSamples(b []byte) []float32 {
	samples := make([]float32, len(b)/4)
	for i := range samples {
		samples[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return samples
}
