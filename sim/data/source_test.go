package data_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/reference"
	"unmixlab/sim/spec"
)

func TestSourcesArePublished(t *testing.T) {
	ref := reference.Open(t, "sources.npz")
	for name, got := range map[string]*data.Sources{
		"sines":  data.Sines([]float64{100, 180}, 2),
		"chords": data.Chords([]float64{100, 125, 150, 210}, 2),
		"ica":    data.ICA([]float64{120, 80, 140}, 2),
	} {
		shape, want := ref.Float32(name)
		if len(got.Signals) != shape[1] || got.Len() != shape[0] {
			t.Fatalf("%s: %d signals of %d samples, want %v", name, len(got.Signals), got.Len(), shape)
		}
		for i, w := range want {
			n, j := i/shape[1], i%shape[1]
			if d := math.Abs(float64(got.Signals[j][n] - w)); d > 1e-6 {
				t.Fatalf("%s: sample %d of source %d is %g, published %g", name, n, j, got.Signals[j][n], w)
			}
		}
	}
}

func TestDefaultSpecsMakePublishedSources(t *testing.T) {
	ref := reference.Open(t, "sources.npz")
	for _, name := range []string{"chords", "sines", "ica"} {
		sp := spec.Default(spec.Modulation)
		shape, want := ref.Float32(name)
		sp.Sources, sp.Dim = name, shape[1]
		sp.Frequencies = spec.DefaultFrequencies(name, sp.Dim)
		got, err := data.NewSources(sp, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if d := math.Abs(float64(got.Signals[i%shape[1]][i/shape[1]] - w)); d > 1e-6 {
				t.Fatalf("%s: number %d is off by %g", name, i, d)
			}
		}
	}
}

// The paper's sources (Methods): the two chords are uncorrelated over 16,000 samples.
func TestChordsAreUncorrelated(t *testing.T) {
	s := data.Chords([]float64{100, 125, 150, 210}, 2)
	var ab, aa, bb float64
	for n := range s.Len() {
		a, b := float64(s.At(0, n)), float64(s.At(1, n))
		ab, aa, bb = ab+a*b, aa+a*a, bb+b*b
	}
	if r := ab / math.Sqrt(aa*bb); math.Abs(r) > 1e-6 {
		t.Errorf("correlation %g", r)
	}
}

func TestSourcesRepeat(t *testing.T) {
	s := data.Sines([]float64{100}, 0.1)
	if s.At(0, 803) != s.Signals[0][3] {
		t.Errorf("sample 803 of 800 is %g, want sample 3 = %g", s.At(0, 803), s.Signals[0][3])
	}
}

func TestWavesStayWithinOne(t *testing.T) {
	for name, w := range map[string][]float32{
		"chord": data.Chord(97, 331, 1), "noise": data.WhiteNoise(3, 1), "square": data.Square(80, 1),
		"sawtooth": data.Sawtooth(140, 1), "sine": data.Sine(3999, 1), "silent chord": data.Chord(4000, 8000, 0.001),
	} {
		for n, v := range w {
			if !(v >= -1 && v <= 1) {
				t.Fatalf("%s: sample %d is %g", name, n, v)
			}
		}
	}
	if a, b := data.WhiteNoise(3, 1), data.WhiteNoise(4, 1); a[5] == b[5] {
		t.Error("noise of two seeds is the same")
	}
}

func TestICACycles(t *testing.T) {
	s := data.ICA([]float64{120, 80, 140, 230}, 1)
	want := data.Sine(230, 1)
	for n, v := range s.Signals[3] {
		if v != want[n] {
			t.Fatalf("the fourth ICA source is not a sine at sample %d", n)
		}
	}
}

func TestSourceErrorsNameTheField(t *testing.T) {
	loud := func(string) ([]float32, error) { return []float32{0.5, -0.25}, nil }
	silent := func(string) ([]float32, error) { return make([]float32, 100), nil }
	constant := func(string) ([]float32, error) { return slices.Repeat([]float32{0.5}, 100), nil }
	late := func(string) ([]float32, error) { // a step of 16 bits up to the sound's end
		return append(slices.Repeat([]float32{0, 1.0 / (1 << 15)}, 16000), 1), nil
	}
	broken := func(string) ([]float32, error) { return nil, errors.New("no such sound") }
	for _, c := range []struct {
		field  string
		change func(*spec.Spec)
		wav    func(string) ([]float32, error)
	}{
		{"sources", func(s *spec.Spec) { s.Sources = "birds" }, nil},
		{"frequencies", func(s *spec.Spec) { s.Frequencies = []float64{100, 120} }, nil},
		{"duration", func(s *spec.Spec) { s.Duration = 0 }, nil},
		{"duration", func(s *spec.Spec) { s.Duration = 1e9 }, nil},
		{"wav", func(s *spec.Spec) { s.Sources, s.WAV = "wav", []string{"a", "b"} }, nil},
		{"wav", func(s *spec.Spec) { s.Sources, s.WAV = "wav", []string{"a"} }, loud},
		{"wav", func(s *spec.Spec) { s.Sources, s.WAV = "wav", []string{"a", "b"} }, silent},
		{"wav", func(s *spec.Spec) { s.Sources, s.WAV = "wav", []string{"a", "b"} }, constant},
		{"wav", func(s *spec.Spec) { s.Sources, s.WAV = "wav", []string{"a", "b"} }, late},
		{"wav", func(s *spec.Spec) { s.Sources, s.WAV = "wav", []string{"a", "b"} }, broken},
	} {
		sp := spec.Default(spec.Modulation)
		c.change(&sp)
		_, err := data.NewSources(sp, c.wav)
		var field spec.FieldError
		if !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("error %v, want one that names %s", err, c.field)
		}
	}
	sp := spec.Default(spec.Modulation)
	sp.Sources, sp.WAV = "wav", []string{"a", "b"}
	s, err := data.NewSources(sp, loud)
	if err != nil || s.Len() != 16000 || s.At(0, 0) != 1 || s.At(1, 15999) != -0.5 {
		t.Errorf("sounds are not repeated and scaled to 1: %v", err)
	}
}
