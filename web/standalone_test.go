package web

import (
	"bytes"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"unmixlab/static"
	"unmixlab/templates"
	"unmixlab/web/figure"
)

func TestStandaloneLoadsNothing(t *testing.T) {
	read := func(name string) ([]byte, error) {
		if name == "vendor/echarts.min.js" {
			return []byte(`var echarts = "</script><b>";`), nil
		}
		return fs.ReadFile(static.FS, name)
	}
	f := &figure.Figure{Figure: "fig1", Title: "A figure", Model: "</script>", Params: map[string]any{"seed": 3}}
	var b bytes.Buffer
	if err := (Standalone{Figure: f, Command: "unmixlab figure fig1"}).Write(&b, templates.FS, read, []string{"vendor/echarts.min.js"}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if m := regexp.MustCompile(`(src|href)=|url\(|@import|(?m)^(import|export) `).FindString(page); m != "" {
		t.Errorf("the page has %q: it would load something", m)
	}
	if n := strings.Count(page, "</script>"); n != 3 {
		t.Errorf("%d scripts end, want 3: something in them was not escaped", n)
	}
	if !strings.Contains(page, "showFigure(") {
		t.Error("the modules were not joined into one")
	}
}
