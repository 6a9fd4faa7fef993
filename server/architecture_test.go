package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers lists packages from right to left: each imports those named, which stand
// before it, and nothing of the lab besides. Tests may import anything.
var layers = []struct {
	pkg   string
	reach []string // what it imports of the lab
}{
	{"sim/spec", nil},
	{"sim/kernel", nil},
	{"sim/kernel/kerneltest", []string{"sim/kernel"}},
	{"sim/reference", nil}, {"sim/build", nil},
	{"sim/npy", []string{"sim/build"}},
	{"sim/data", []string{"sim/spec"}},
	{"sim/model", []string{"sim/kernel", "sim/spec"}},
	{"sim/record", []string{"sim/data", "sim/kernel", "sim/model", "sim/spec"}},
	{"sim/modelfile", []string{"sim/model", "sim/spec"}},
	{"sim/train", []string{"sim/data", "sim/kernel", "sim/model", "sim/modelfile", "sim/record", "sim/spec"}},
	{"sim/analysis", nil},
	{"sim/experiment", []string{"sim/analysis", "sim/data", "sim/model", "sim/record", "sim/spec"}},
	{"web/chart", []string{"sim/analysis"}},
	{"web/figure", []string{"web/chart", "sim/analysis", "sim/data", "sim/experiment", "sim/modelfile", "sim/npy", "sim/spec"}},
	{"templates", nil}, {"static", nil}, {"trained_models", nil},
	{"web", []string{"web/chart", "web/figure", "sim/modelfile", "sim/spec"}},
	{"server/hub", nil}, {"server/job", nil}, {"server/places", nil}, {"server/assets", nil},
	{"server/store", []string{"server/job", "sim/train"}},
	{"server/sweep", []string{"server/store", "web/chart", "web/figure", "sim/analysis", "sim/build", "sim/data", "sim/experiment", "sim/kernel", "sim/model", "sim/modelfile", "sim/npy", "sim/spec", "sim/train"}},
	{"server/queue", []string{"server/store", "server/sweep"}},
	{"server/wire", []string{"server/hub", "sim/data", "sim/record", "sim/spec", "sim/train"}},
	{"server/live", []string{"server/hub", "server/wire", "sim/experiment", "sim/analysis", "sim/data", "sim/model", "sim/modelfile", "sim/record", "sim/spec"}},
	{"server/lab", []string{"server/job", "server/queue", "server/store", "server/sweep", "web/figure", "sim/experiment",
		"sim/analysis", "sim/analysis", "sim/build", "sim/data", "sim/kernel", "sim/model", "sim/modelfile", "sim/npy", "sim/record", "sim/spec", "sim/train"}},
	{"server/app", []string{"static", "templates", "web", "web/figure", "server/assets", "server/hub", "server/job", "server/queue", "server/lab", "server/live", "server/places", "server/sweep", "server/wire",
		"sim/data", "sim/modelfile", "sim/record", "sim/spec", "sim/train"}},
	{"server", []string{"static", "templates", "trained_models", "server/app", "server/assets", "server/lab", "server/queue", "server/store", "server/sweep", "web", "web/figure",
		"sim/analysis", "sim/build", "sim/data", "sim/kernel", "sim/model", "sim/modelfile", "sim/npy", "sim/record", "sim/spec", "sim/train"}},
}

// line is the way that imports go: nothing imports what stands to its left, not even
// by way of others. Two in one place do not know each other.
var line = [][]string{
	{"server"}, {"server/app"}, {"server/lab", "server/live"}, {"server/queue"}, {"server/sweep"}, {"web"}, {"web/figure"}, {"web/chart"},
	{"sim/experiment"}, {"sim/analysis"}, {"sim/record"}, {"sim/model"}, {"sim/kernel"},
}

// livesAlone are modules that one package's live code alone may import.
var livesAlone = map[string]string{
	"nhooyr.io/websocket":                      "server/app",
	"modernc.org/sqlite":                       "server/store",
	"github.com/goccy/go-yaml":                 "server/sweep",
	"github.com/gofrs/flock":                   "server/sweep",
	"github.com/nats-io/nats.go":               "server/queue",
	"github.com/nats-io/nats.go/jetstream":     "server/queue",
	"github.com/nats-io/nats-server/v2/server": "server/queue",
}

// knowNoNetwork are packages that reach net/http neither themselves nor by others of
// the lab.
var knowNoNetwork = []string{"server/lab", "server/live", "server/places", "server/queue", "server/sweep"}

func TestImportsPointOneWay(t *testing.T) {
	used := imports(t)
	known := map[string]bool{}
	for _, l := range layers {
		for _, r := range l.reach {
			switch {
			case !known[r]:
				t.Errorf("%s is granted %s, which does not stand before it", l.pkg, r)
			case used[l.pkg]["unmixlab/"+r] == "":
				t.Errorf("%s is granted %s and does not use it: take the grant back", l.pkg, r)
			}
		}
		known[l.pkg] = true
		if used[l.pkg] == nil {
			t.Errorf("%s is in the architecture, but not there", l.pkg)
		}
		for imp, file := range used[l.pkg] {
			if own, ok := strings.CutPrefix(imp, "unmixlab/"); ok && !slices.Contains(l.reach, own) {
				t.Errorf("%s imports %s: data flow the other way", file, imp)
			}
			if home, ok := livesAlone[imp]; ok && home != l.pkg {
				t.Errorf("%s imports %s, which is for %s alone", file, imp, home)
			}
		}
	}
	for pkg := range used {
		if !known[pkg] {
			t.Errorf("package %s has no place in the architecture: give it one in this test", pkg)
		}
	}
}

func TestNothingImportsWhatStandsToItsLeft(t *testing.T) {
	used := imports(t)
	for i, place := range line {
		for _, pkg := range place {
			all := reached(used, pkg)
			for _, left := range line[:i+1] {
				for _, l := range left {
					if l != pkg && all["unmixlab/"+l] {
						t.Errorf("%s reaches %s, which stands to its left or beside it", pkg, l)
					}
				}
			}
		}
	}
}

func TestTheLabKnowsNoNetwork(t *testing.T) {
	used := imports(t)
	for _, pkg := range knowNoNetwork {
		for imp := range reached(used, pkg) {
			if imp == "net/http" || strings.HasPrefix(imp, "net/http/") {
				t.Errorf("%s reaches %s", pkg, imp)
			}
		}
	}
}

// reached is everything that a package imports, by way of the lab's own packages.
func reached(used map[string]map[string]string, pkg string) map[string]bool {
	all := map[string]bool{}
	next := []string{pkg}
	for len(next) > 0 {
		for imp := range used[next[0]] {
			if own, ok := strings.CutPrefix(imp, "unmixlab/"); ok && !all[imp] {
				next = append(next, own)
			}
			all[imp] = true
		}
		next = next[1:]
	}
	return all
}

// imports are what each package imports, with a file that does.
func imports(t *testing.T) map[string]map[string]string {
	t.Helper()
	used := map[string]map[string]string{}
	eachFile(t, func(pkg, file string, imports []string) {
		if used[pkg] == nil {
			used[pkg] = map[string]string{}
		}
		for _, imp := range imports {
			used[pkg][imp] = file
		}
	})
	return used
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
