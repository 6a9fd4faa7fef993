package spec

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestFieldsAreTheSpec walks the table: every field of the struct stands in it once,
// and it has none besides.
func TestFieldsAreTheSpec(t *testing.T) {
	values := Default(Modulation).values()
	seen := map[string]bool{}
	for _, f := range Fields {
		if _, ok := values[f.Name]; !ok {
			t.Errorf("the table has %q, the spec lacks it", f.Name)
		}
		if seen[f.Name] || f.Label == "" || f.Help == "" || f.Group == "" {
			t.Errorf("field %q stands twice or lacks words", f.Name)
		}
		seen[f.Name] = true
	}
	for name := range values {
		if !seen[name] {
			t.Errorf("the spec has %q, the table lacks it", name)
		}
	}
}

// TestVariantsAreWhole walks the table of models: names once each, words, and nothing
// named that is not there.
func TestVariantsAreWhole(t *testing.T) {
	parts, _ := FieldNamed("learn")
	seen := map[string]bool{}
	for _, v := range Variants {
		if seen[v.Name] || v.Outputs == nil || v.Words.Title == "" || v.Words.Short == "" || v.Words.Long == "" || v.Words.Moved == "" || v.Words.See == "" {
			t.Errorf("%q stands twice or lacks words or outputs", v.Name)
		}
		seen[v.Name] = true
		for _, name := range v.Fields {
			if f, ok := FieldNamed(name); !ok || !f.Matters(v.Name) {
				t.Errorf("%s uses a field %q, which the table of fields lacks", v.Name, name)
			}
		}
		for _, part := range v.Learn {
			if !slices.Contains(parts.Choices, part) {
				t.Errorf("%s learns %q, which is no choice of learn", v.Name, part)
			}
		}
		if v.IdealOf == "" {
			continue
		}
		if of, ok := VariantNamed(v.IdealOf); !ok || of.IdealOf != "" {
			t.Errorf("%s is the ideal of %q, which is no model that can be trained", v.Name, v.IdealOf)
		}
	}
	for _, v := range Variants {
		like := func(p Preset) bool { return p.Slug == v.Words.Like && p.Spec.Model == v.Name }
		if v.Words.Like != "" && !slices.ContainsFunc(Presets, like) {
			t.Errorf("%s names the preset %q, which trains no such model", v.Name, v.Words.Like)
		}
	}
}

func TestDefaultsAndPresetsCanBeTrained(t *testing.T) {
	for _, m := range TrainableModels() {
		if err := Default(m).Validate(); err != nil {
			t.Errorf("default of %s: %v", m, err)
		}
	}
	for _, p := range Presets {
		if err := p.Spec.Validate(); err != nil {
			t.Errorf("preset %s: %v", p.Slug, err)
		}
	}
	if Default(Ideal).ValidateNetwork() != nil || Default(Ideal).Validate() == nil {
		t.Error("the ideal model is a network, but nothing to train")
	}
}

func TestDefaultsAreThePapers(t *testing.T) {
	d := Default(Dale)
	if d.Hidden != 100 || d.Units != 100 || d.LowerUnits != 40 || d.Inhibitory() != 20 || d.Feedback != 4 || d.Tau != 100 || d.Lambda != 1e-5 || d.Width != 0.2 {
		t.Errorf("dale: %+v", d)
	}
	m := Default(Modulation)
	if m.Batch != 32 || m.Steps != 1000 || m.LR != 1e-3 || m.Clip != 1 || m.Noise != 0.001 || m.Tau != 1 || m.Outputs() != 4 {
		t.Errorf("modulation: %+v", m)
	}
	if want := []float64{100, 125, 150, 210}; !reflect.DeepEqual(m.Frequencies, want) {
		t.Errorf("chords of %v Hz, want %v", m.Frequencies, want)
	}
	if want := []float64{100, 180}; !reflect.DeepEqual(DefaultFrequencies("sines", 2), want) {
		t.Errorf("sines of %v Hz, want %v", DefaultFrequencies("sines", 2), want)
	}
}

func TestRangesAreRefusedByName(t *testing.T) {
	for _, f := range Fields {
		if f.Kind != Int && f.Kind != Float {
			continue
		}
		for _, v := range []float64{f.Min - 1, f.Max*2 + 1} {
			if f.Name == "seed" && v < 0 {
				continue // the type has no such value
			}
			b, err := json.Marshal(map[string]any{"model": Dale, f.Name: v})
			if err != nil {
				t.Fatal(err)
			}
			sp, err := Parse(b)
			if err == nil {
				err = sp.Validate()
			}
			expectField(t, err, f.Name)
		}
	}
}

func expectField(t *testing.T, err error, field string) {
	t.Helper()
	var e Errors
	if !errors.As(err, &e) || len(e) == 0 || e[0].Field != field {
		t.Errorf("error %v, want one of field %q", err, field)
	}
}

func TestCombinationsAreRefusedByName(t *testing.T) {
	for _, c := range []struct {
		model  string
		change func(*Spec)
		field  string
	}{
		{"other", func(*Spec) {}, "model"},
		{Direct, func(s *Spec) { s.Input = "xy" }, "input"},
		{Spatial, func(s *Spec) { s.Additive = true }, "additive"},
		{Spatial, func(s *Spec) { s.Target = "exc" }, "target"},
		{Dale, func(s *Spec) { s.Target, s.Inhibition, s.Learn = "inh", 0, nil }, "inhibition"},
		{Dale, func(s *Spec) { s.Inhibition = 0 }, "learn"},
		{Modulation, func(s *Spec) { s.Learn = []string{"readout"} }, "learn"},
		{Spatial, func(s *Spec) { s.Learn = []string{"wx"} }, "learn"},
		{Spatial, func(s *Spec) { s.Learn = []string{"readout", "readout"} }, "learn"},
		{Spatial, func(s *Spec) { s.Width, s.Units, s.Feedback = 0, 4, 5 }, "feedback"},
		{Ideal, func(s *Spec) { s.Feedback = 3 }, "feedback"},
		{Modulation, func(s *Spec) { s.Frequencies = s.Frequencies[:3] }, "frequencies"},
		{Modulation, func(s *Spec) { s.Dim = 3 }, "frequencies"},
		{Modulation, func(s *Spec) { s.Sources = "wav" }, "wav"},
		{Modulation, func(s *Spec) { s.Window = 300 }, "window"},
		{Modulation, func(s *Spec) { s.Window = 2000 }, "window"},
		{Modulation, func(s *Spec) { s.Batch, s.Steps, s.Hidden = 256, 10000, 1024 }, "steps"},
	} {
		s := Default(c.model)
		c.change(&s)
		expectField(t, s.ValidateNetwork(), c.field)
	}
}

func TestParse(t *testing.T) {
	s, err := Parse([]byte(`{"model":"spatial","sources":"sines"}`))
	if err != nil || s.Tau != 100 || s.Frequencies[1] != 180 {
		t.Errorf("%+v, %v: want the model's defaults and the sources' frequencies", s, err)
	}
	again, err := Parse(s.JSON())
	if err != nil || !reflect.DeepEqual(again, s) {
		t.Errorf("a spec went through JSON as %+v, %v", again, err)
	}
	for text, field := range map[string]string{
		`{"modle":"dale"}`:          "modle",
		`{"hidden":"many"}`:         "hidden",
		`{"hidden":1.5}`:            "hidden",
		`[]`:                        "",
		`{"model":"dale"} trailing`: "",
		``:                          "",
	} {
		_, err := Parse([]byte(text))
		expectField(t, err, field)
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range Presets {
		f.Add(p.Spec.JSON())
	}
	f.Add([]byte(`{"dim":1e9,"frequencies":[null]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Parse(b)
		if err != nil || s.Validate() != nil {
			return
		}
		if again, err := Parse(s.JSON()); err != nil || again.String() != s.String() {
			t.Errorf("%s went through JSON as %v, %v", b, again, err)
		}
	})
}

func TestStringNamesWhatDiffers(t *testing.T) {
	s := Default(Spatial)
	s.Hidden = 32
	if got := s.String(); !strings.Contains(got, "spatial") || !strings.Contains(got, "32 cells") {
		t.Errorf("named %q", got)
	}
}

func TestRecipeInWords(t *testing.T) {
	s := Default(Modulation)
	s.Window, s.Schedule = 100, "cosine"
	if got, want := s.RecipeWords(), "fast recipe: weights move every 100 samples, cosine rate"; got != want {
		t.Errorf("the recipe is %q, want %q", got, want)
	}
}

func TestRecipe(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(*Spec)
	}{
		{Paper, func(*Spec) {}},
		{Paper, func(s *Spec) { s.Window = s.Steps }},
		{Paper, func(s *Spec) { s.LR, s.Batches, s.Seed = 2e-3, 5, 9 }},
		{Fast, func(s *Spec) { s.Window = 100 }},
		{Fast, func(s *Spec) { s.Schedule = "cosine" }},
		{Fast, func(s *Spec) { s.Warmup = 0.02 }},
		{Fast, func(s *Spec) { s.Smooth = 0.01 }},
		{Fast, func(s *Spec) { s.OnSpike = "halve" }},
		{Fast, func(s *Spec) { s.ClipNorm = 10 }},
	} {
		s := Default(Modulation)
		c.change(&s)
		if got := s.Recipe(); got != c.want {
			t.Errorf("window %d, %s, warm-up %g: recipe %s, want %s", s.Window, s.Schedule, s.Warmup, got, c.want)
		}
		if words := s.RecipeWords(); !strings.HasPrefix(words, c.want) {
			t.Errorf("recipe %s is said so: %q", c.want, words)
		}
		if named := strings.Contains(s.String(), "fast recipe"); named != (c.want == Fast) {
			t.Errorf("recipe %s is named %q", c.want, s)
		}
	}
}
