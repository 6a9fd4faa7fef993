package assets

import (
	"slices"
	"testing"
	"testing/fstest"

	"unmixlab/static"
)

func TestImportsAreThoseOfImportsToo(t *testing.T) {
	t.Parallel()
	script := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	f, err := Load(fstest.MapFS{
		"js/page.js":    script("// import \"./not.js\";\nimport { a,\n  b } from \"./a.js\";\nimport \"./sub/b.js\";\nconst c = \"./c.js\";\n"),
		"js/a.js":       script("import { d } from \"./sub/b.js\";\nimport { gone } from \"./gone.js\";\n"),
		"js/sub/b.js":   script("export { e } from \"../e.js\";\nimport { page } from \"../page.js\";\n"),
		"js/e.js":       script(""),
		"js/c.js":       script(""),
		"js/another.js": script(""),
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := f.Imports("js/page.js"); !slices.Equal(got, []string{"js/a.js", "js/sub/b.js", "js/gone.js", "js/e.js"}) {
			t.Errorf("page.js imports %q", got)
		}
	}
}

// The page of a model's stage is the one whose scripts are most.
func TestImportsOfTheStage(t *testing.T) {
	t.Parallel()
	f, err := Load(static.FS)
	if err != nil {
		t.Fatal(err)
	}
	got := f.Imports("js/live.js")
	for _, name := range []string{"js/stage/traces.js", "js/stage/pointer.js", "js/ring.js"} {
		if !slices.Contains(got, name) {
			t.Errorf("live.js imports %q, without %s", got, name)
		}
	}
	for _, name := range got {
		if _, err := f.Read(name); err != nil {
			t.Errorf("live.js imports %s, which is not there", name)
		}
	}
}
