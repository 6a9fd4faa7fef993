package chart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Held feedback looks the same over lines and over a map, and the signs of a map are
// not a source's hues.
func TestFrozenHasOneLookAndSignsAreNoSources(t *testing.T) {
	charts := samples(t)
	for _, name := range []string{"plot", "heat map"} {
		for _, token := range []string{Hatched, Frozen} {
			if !strings.Contains(string(charts[name]), token) {
				t.Errorf("the %s's frozen stretch lacks %s", name, token)
			}
		}
	}
	signs := string(charts["heat map"])
	if !strings.Contains(signs, ModulationMinus) || !strings.Contains(signs, ModulationPlus) || strings.Contains(signs, Source1) {
		t.Error("the two signs of a map are not the palette's, or a source's hue")
	}
}

// The style sheet repeats the palette, for light and for dark.
func TestTheStyleSheetHasThePalette(t *testing.T) {
	files, _ := filepath.Glob("../../static/css/*.css")
	if len(files) == 0 {
		t.Skip("no style sheet in static/css")
	}
	var css strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		css.Write(b)
	}
	for _, c := range Palette {
		for _, value := range []string{c.Light, c.Dark} {
			if !strings.Contains(css.String(), "--"+c.Name+": "+value) {
				t.Errorf("the style sheet does not set --%s to %s", c.Name, value)
			}
		}
	}
}
