package figure

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/reference"
	"unmixlab/sim/spec"
)

// fresh is an untrained network, which every figure has to bear as well.
func fresh(kind string, change func(*spec.Spec)) *modelfile.File {
	sp := spec.Default(kind)
	if change != nil {
		change(&sp)
		sp.Frequencies = spec.DefaultFrequencies(sp.Sources, sp.Dim)
	}
	n, err := model.New(sp)
	if err != nil {
		panic(err)
	}
	return &modelfile.File{Network: n}
}

// small makes figures fast.
const small = "contexts=6&samples=300&repetitions=3&points=8&batches=20"

// untrained are fresh networks of all kinds, the same for all tests.
var untrained = sync.OnceValue(func() map[string]*modelfile.File {
	return map[string]*modelfile.File{
		"modulation": fresh(spec.Modulation, nil), "spatial": fresh(spec.Spatial, nil), "dale": fresh(spec.Dale, nil),
		"unmixing": fresh(spec.Unmixing, nil), "direct": fresh(spec.Direct, nil), "ideal": fresh(spec.Ideal, nil),
		"three sources": fresh(spec.Modulation, func(s *spec.Spec) { s.Sources, s.Dim = "ica", 3 }),
		"wide input":    fresh(spec.Spatial, func(s *spec.Spec) { s.Dim, s.Sources = 3, "sines" }),
		"one context":   fresh(spec.Spatial, func(s *spec.Spec) { s.Mixing = "constant" }),
		"few signals":   fresh(spec.Spatial, func(s *spec.Spec) { s.Feedback = 2 }),
	}
})

// library are the models that the lab ships, by their ids, the closed-form one included.
var library = sync.OnceValues(func() (map[string]*modelfile.File, error) {
	l, err := modelfile.OpenLibrary(os.DirFS("../../trained_models"), "")
	if err != nil {
		return nil, err
	}
	files := map[string]*modelfile.File{}
	for _, e := range l.List() {
		if files[e.ID], err = l.Get(e.ID); err != nil {
			return nil, fmt.Errorf("%s: %w", e.ID, err)
		}
	}
	return files, nil
})

// shipped gives the library to a test.
func shipped(t testing.TB) map[string]*modelfile.File {
	t.Helper()
	files, err := library()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// published are the published networks that the reference folder has, by their names.
var published = struct {
	sync.Once
	files map[string]*modelfile.File
}{}

func publishedNetworks(t *testing.T) map[string]*modelfile.File {
	t.Helper()
	if !reference.HasTrained(t) {
		return nil
	}
	published.Do(func() {
		published.files = map[string]*modelfile.File{}
		for _, p := range reference.Trained(t) {
			b, err := os.ReadFile(p.Torch)
			if err != nil {
				t.Fatal(err)
			}
			f, err := modelfile.Import(p.Torch, b)
			if err != nil {
				t.Fatalf("%s: %v", p.Torch, err)
			}
			published.files[strings.TrimSuffix(filepath.Base(p.Torch), filepath.Ext(p.Torch))] = f
		}
	})
	return published.files
}

// networks are the published ones of a kind, where their folder is, and the lab's
// own with the same settings.
func networks(t *testing.T, kind string) map[string]*modelfile.File {
	t.Helper()
	files := map[string]*modelfile.File{}
	for id, f := range shipped(t) {
		if f.Network.Spec.Model == kind && f.Network.Spec.Tau == spec.Default(kind).Tau {
			files[id] = f
		}
	}
	for name, f := range publishedNetworks(t) {
		if f.Network.Spec.Model == kind {
			files[name] = f
		}
	}
	return files
}

// eachNetwork runs a test for each of the networks of a kind, side by side.
func eachNetwork(t *testing.T, kind string, test func(t *testing.T, name string, f *modelfile.File)) {
	t.Parallel()
	for name, f := range networks(t, kind) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, name, f)
		})
	}
}

func request(t testing.TB, id string, f *modelfile.File, query string) Request {
	t.Helper()
	src, err := data.NewSources(f.Network.Spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	q, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRequest(id, f, src, q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// computed are the figures made so far: each is made once for all tests.
var computed sync.Map // of wanted, to func() (*Figure, error)

type wanted struct {
	id    string
	file  *modelfile.File
	query string
}

// compute gives a figure of a network, made for it or for another test before.
func compute(t testing.TB, id string, f *modelfile.File, query string) *Figure {
	t.Helper()
	once, _ := computed.LoadOrStore(wanted{id, f, query}, sync.OnceValues(func() (*Figure, error) {
		return anew(t, id, f, query)
	}))
	fig, err := once.(func() (*Figure, error))()
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return fig
}

// OfShipped is a figure of a shipped model, for tests outside the package.
func OfShipped(t *testing.T, id, model, query string) *Figure {
	t.Helper()
	f, ok := shipped(t)[model]
	if !ok {
		t.Fatalf("no model %s is shipped", model)
	}
	e, ok := Named(id)
	if !ok || e.Applies(f.Network.Spec) != "" {
		t.Fatalf("%s is no figure of %s", id, model)
	}
	return compute(t, id, f, query)
}

// anew makes a figure whether it was made before or not.
func anew(t testing.TB, id string, f *modelfile.File, query string) (*Figure, error) {
	t.Helper()
	e, ok := Named(id)
	if !ok {
		t.Fatalf("no figure %s", id)
	}
	return e.Compute(context.Background(), request(t, "m", f, query))
}

// check tells whether a number lies from low to high, both included.
func check(t *testing.T, model string, fig *Figure, name string, low, high float64) {
	t.Helper()
	v, ok := fig.Numbers[name]
	if !ok || !(float64(v) >= low && float64(v) <= high) {
		t.Errorf("%s: %s of %s (seed %v) is %.4g, want %.4g to %.4g", model, name, fig.Figure, fig.Params["seed"], float64(v), low, high)
	}
}

// values is an array of a panel's data.
func values(t *testing.T, fig *Figure, panel, array string) []float64 {
	t.Helper()
	for _, p := range fig.Panels {
		for _, a := range p.data {
			if p.ID == panel && a.Name == array {
				return a.Values
			}
		}
	}
	t.Fatalf("%s has no %s/%s", fig.Figure, panel, array)
	return nil
}
