package lab

import (
	"context"
	"io"
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

// AddSound keeps a WAV file's sound, at 8 kHz.
func (l *Lab) AddSound(ctx context.Context, name string, wav io.Reader) (SoundInfo, error) {
	sound, err := data.ReadWAV(wav)
	if err != nil {
		return SoundInfo{}, refuse(Invalid, "file", "%v", err)
	}
	s := store.Sound{
		ID: store.SoundID(sound.Samples), Name: CleanName(name),
		Seconds: float64(len(sound.Samples)) / data.Rate, Created: time.Now(),
	}
	err = l.store.AddSound(ctx, s, func(w io.Writer) error {
		_, err := w.Write(store.SoundBytes(sound.Samples))
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
