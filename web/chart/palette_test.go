package chart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
