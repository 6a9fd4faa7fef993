package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// layers lists packages from right to left: each may import those named before it,
// and nothing of the lab besides. Tests may import anything.
var layers = []struct {
	pkg   string
	reach []string // what it may import of the lab
}{
	{"sim/spec", nil},
	{"sim/kernel", nil},
	{"sim/kernel/kerneltest", []string{"sim/kernel"}},
	{"sim/reference", nil},
	{"sim/data", []string{"sim/spec"}},
	{"sim/model", []string{"sim/kernel", "sim/spec"}},
	{"sim/record", []string{"sim/kernel", "sim/data", "sim/model", "sim/spec"}},
	{"sim/modelfile", []string{"sim/model", "sim/spec"}},
	{"sim/train", []string{"sim/kernel", "sim/data", "sim/model", "sim/modelfile", "sim/record", "sim/spec"}},
	{"sim/analysis", []string{"sim/data", "sim/model", "sim/record", "sim/spec"}},
	{"web/chart", []string{"sim/analysis"}},
	{"web/figure", []string{"web/chart", "sim/analysis", "sim/data", "sim/model", "sim/modelfile", "sim/record", "sim/spec"}},
	{"templates", nil}, {"static", nil}, {"trained_models", nil},
	{"web", []string{"templates", "web/chart", "web/figure", "sim/modelfile", "sim/spec"}},
	{"server/hub", nil}, {"server/job", nil}, {"server/store", []string{"server/job", "sim/train"}},
	{"server/assets", nil},
	{"server/wire", []string{"server/hub", "sim/data", "sim/record", "sim/spec", "sim/train"}},
	{"server/live", []string{"server/hub", "server/wire", "web/figure", "sim/analysis", "sim/data", "sim/model", "sim/record", "sim/spec"}},
	{"server/app", []string{"static", "templates", "trained_models", "server/assets", "web", "web/chart", "web/figure", "server/hub", "server/job", "server/live", "server/store", "server/wire",
		"sim/analysis", "sim/data", "sim/kernel", "sim/model", "sim/modelfile", "sim/record", "sim/spec", "sim/train"}},
	{"server", []string{"static", "templates", "trained_models", "server/app", "server/assets", "server/store", "web", "web/figure",
		"sim/analysis", "sim/data", "sim/kernel", "sim/model", "sim/modelfile", "sim/record", "sim/spec", "sim/train"}},
}

// livesAlone are modules that one package's live code alone may import.
var livesAlone = map[string]string{
	"nhooyr.io/websocket": "server/app",
	"modernc.org/sqlite":  "server/store",
}

func TestImportsPointOneWay(t *testing.T) {
	reach := map[string]map[string]bool{}
	for _, l := range layers {
		reach[l.pkg] = map[string]bool{}
		for _, r := range l.reach {
			reach[l.pkg][r] = true
		}
	}
	seen := map[string]bool{}
	eachFile(t, func(pkg, file string, imports []string) {
		allowed, known := reach[pkg]
		if !known {
			t.Errorf("%s: package %s has no place in the architecture: give it one in this test", file, pkg)
			return
		}
		seen[pkg] = true
		for _, imp := range imports {
			if own, ok := strings.CutPrefix(imp, "unmixlab/"); ok && !allowed[own] {
				t.Errorf("%s imports %s: data flow the other way", file, imp)
			}
			if home, ok := livesAlone[imp]; ok && home != pkg {
				t.Errorf("%s imports %s, which is for %s alone", file, imp, home)
			}
		}
	})
	for _, l := range layers {
		if !seen[l.pkg] {
			t.Errorf("%s is in the architecture, but not there", l.pkg)
		}
	}
}

// eachFile visits the lab's own Go files, tests and generators apart.
func eachFile(t *testing.T, visit func(pkg, file string, imports []string)) {
	t.Helper()
	root := ".."
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != root && (strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, i := range f.Imports {
			s, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, s)
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		visit(path.Dir(filepath.ToSlash(rel)), rel, imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
