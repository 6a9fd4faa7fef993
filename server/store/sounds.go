package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Sound is one uploaded sound.
type Sound struct {
	ID      string
	Name    string
	Seconds float64
	Created time.Time
}

// AddSound keeps a sound and its file. The same id again keeps the first.
func (s *Store) AddSound(ctx context.Context, sound Sound, write func(io.Writer) error) error {
	if err := WriteFile(s.soundPath(sound.ID), write); err != nil {
		return err
	}
	return s.listSound(ctx, sound)
}

// listSound puts a sound in the list, unless it is there.
func (s *Store) listSound(ctx context.Context, sound Sound) error {
	_, err := s.write.ExecContext(ctx, "INSERT OR IGNORE INTO sounds (id, name, seconds, created) VALUES (?,?,?,?)",
		sound.ID, sound.Name, sound.Seconds, millis(sound.Created))
	return err
}

// Sounds lists the uploaded sounds, the newest first.
func (s *Store) Sounds(ctx context.Context) ([]Sound, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT id, name, seconds, created FROM sounds ORDER BY created DESC, id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sounds := []Sound{}
	for rows.Next() {
		var sound Sound
		var created int64
		if err := rows.Scan(&sound.ID, &sound.Name, &sound.Seconds, &created); err != nil {
			return nil, err
		}
		sound.Created = fromMillis(created)
		sounds = append(sounds, sound)
	}
	return sounds, rows.Err()
}

// Sound finds a sound; ErrNotFound when there is none.
func (s *Store) Sound(ctx context.Context, id string) (Sound, error) {
	sound := Sound{ID: id}
	var created int64
	err := s.read.QueryRowContext(ctx, "SELECT name, seconds, created FROM sounds WHERE id = ?", id).
		Scan(&sound.Name, &sound.Seconds, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return Sound{}, ErrNotFound
	}
	sound.Created = fromMillis(created)
	return sound, err
}

// ReadSound gives the bytes of a sound's file, by an id that the database has.
func (s *Store) ReadSound(ctx context.Context, id string) ([]byte, error) {
	if _, err := s.Sound(ctx, id); err != nil {
		return nil, err
	}
	return os.ReadFile(s.soundPath(id))
}

func (s *Store) soundPath(id string) string { return soundPath(s.dir, id) }

func soundPath(dir, id string) string { return filepath.Join(dir, "sounds", id+soundExtension) }

const (
	soundExtension = ".f32"
	soundRate      = 8000 // samples a second: data.Rate
)

// soundID is what SoundID gives.
var soundID = regexp.MustCompile(`^[0-9a-f]{12}$`)

// SoundFile reads the samples of a sound in a data folder that may be in use by a lab;
// ErrNotFound when there is none of this id.
func SoundFile(dir, id string) ([]float32, error) {
	if !soundID.MatchString(id) {
		return nil, ErrNotFound
	}
	b, err := os.ReadFile(soundPath(dir, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	return SoundSamples(b), err
}

// SoundID comes from the samples, so that settings that name it mean the same
// everywhere.
func SoundID(samples []float32) string {
	sum := sha256.Sum256(SoundBytes(samples))
	return hex.EncodeToString(sum[:6])
}

// SoundBytes are samples as a sound's file has them: float32, little-endian.
func SoundBytes(samples []float32) []byte {
	b := make([]byte, 0, 4*len(samples))
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s))
	}
	return b
}

// SoundSamples reads what SoundBytes made.
func SoundSamples(b []byte) []float32 {
	samples := make([]float32, len(b)/4)
	for i := range samples {
		samples[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return samples
}
