package spec

import (
	"slices"
	"testing"
)

// Every preset is nearest to itself, with nothing that differs but, where it was changed,
// just that.
func TestNearestPreset(t *testing.T) {
	for _, p := range Presets {
		s := p.Spec
		s.Seed = 99
		if near, differs := s.Nearest(); near.Slug != p.Slug || len(differs) > 0 {
			t.Errorf("%s is nearest to %s, with %v", p.Slug, near.Slug, differs)
		}
		s.LR *= 2
		if near, differs := s.Nearest(); near.Slug != p.Slug || !slices.Equal(differs, []string{"lr"}) {
			t.Errorf("%s with another rate is nearest to %s, with %v", p.Slug, near.Slug, differs)
		}
	}
	other := Default(Ideal)
	if near, _ := other.Nearest(); near.Slug != "" || near.Title == "" {
		t.Errorf("a model of no preset is nearest to %+v", near)
	}
}

func TestValueOfEveryField(t *testing.T) {
	s := Default(Modulation)
	for _, f := range Fields {
		if s.Value(f.Name) == nil {
			t.Errorf("%s has no value", f.Name)
		}
	}
	if s.Value("none") != nil || s.Value("tau") != s.Tau || s.Value("seed") != s.Seed {
		t.Errorf("tau is %v, seed %v, none %v", s.Value("tau"), s.Value("seed"), s.Value("none"))
	}
}
