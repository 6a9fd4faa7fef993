package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"unmixlab/server/store"
	"unmixlab/sim/data"
)

// SoundInfo is an uploaded sound as pages and the API show it.
type SoundInfo struct {
	ID      string  `json:"id" doc:"for the field wav of a run's settings"`
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// Sounds lists the uploaded sounds, the newest first.
func (a *App) Sounds(ctx context.Context) ([]SoundInfo, error) {
	sounds, err := a.store.Sounds(ctx)
	infos := make([]SoundInfo, len(sounds))
	for i, s := range sounds {
		infos[i] = SoundInfo{s.ID, s.Name, s.Seconds}
	}
	return infos, err
}

// AddSound keeps a WAV file's sound, at 8 kHz. The id comes from the samples, so
// that settings that name it mean the same everywhere.
func (a *App) AddSound(ctx context.Context, name string, wav io.Reader) (SoundInfo, error) {
	samples, err := data.ReadWAV(wav)
	if err != nil {
		return SoundInfo{}, problem(http.StatusUnprocessableEntity, "body.file", "%v", err)
	}
	b := soundBytes(samples)
	sum := sha256.Sum256(b)
	s := store.Sound{
		ID: hex.EncodeToString(sum[:6]), Name: cleanName(name),
		Seconds: float64(len(samples)) / data.Rate, Created: time.Now(),
	}
	err = a.store.AddSound(ctx, s, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
	return SoundInfo{s.ID, s.Name, s.Seconds}, err
}

// cleanName is the last part of a file's name, of printable letters, not too long.
func cleanName(name string) string {
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

func (a *App) listSounds(ctx context.Context, _ *struct{}) (*answer[[]SoundInfo], error) {
	sounds, err := a.Sounds(ctx)
	return &answer[[]SoundInfo]{sounds}, err
}

// upload is a form with one file.
type upload struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true" doc:"the file"`
	}]
}

// read gives the file's bytes and name.
func (u *upload) read() ([]byte, string, error) {
	f := u.RawBody.Data().File
	if !f.IsSet {
		return nil, "", problem(http.StatusUnprocessableEntity, "body.file", "is missing: send a form with a file in its field \"file\"")
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, "", fmt.Errorf("read the uploaded file: %w", err)
	}
	return b, f.Filename, nil
}

func (a *App) addSound(ctx context.Context, in *upload) (*answer[SoundInfo], error) {
	b, name, err := in.read()
	if err != nil {
		return nil, err
	}
	sound, err := a.AddSound(ctx, name, bytes.NewReader(b))
	return &answer[SoundInfo]{sound}, err
}
