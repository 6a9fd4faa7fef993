package figure

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"

	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// Request asks for a figure of one model: the setup its experiments are made with, and
// what the figure says of it.
type Request struct {
	experiment.Setup
	Model      string // id
	Provenance modelfile.Provenance
	Params     url.Values // whatever else a figure's own parameters are

	// Find gives another model by its id, for figures that compare; nil where there
	// are no others.
	Find func(id string) (*modelfile.File, *data.Sources, error)
}

// Parameter is what can be set in a figure's address.
type Parameter struct {
	Name    string  `json:"name"`
	Label   string  `json:"label"`
	Unit    string  `json:"unit,omitempty"`
	Min     float64 `json:"min"`
	Max     float64 `json:"max"`
	Default float64 `json:"default"` // noise: the model's own
	Whole   bool    `json:"whole"`
	Text    bool    `json:"text,omitempty"` // not a number
	Help    string  `json:"help"`

	// used is what a figure is made with where that need not be what was asked for: a
	// decoder is fitted on half of the contexts, however many those are.
	used func(r Request, asked int) (int, error)
}

// common are the parameters of every figure.
var common = []Parameter{
	{Name: "seed", Label: "Seed", Max: spec.MaxSeed, Default: experiment.UsualSeed, Whole: true,
		Help: "Decides the contexts and the noise."},
	{Name: "contexts", Label: "Contexts", Min: 2, Max: 200, Default: experiment.PaperContexts, Whole: true,
		Help: "Test contexts, one after the other; the paper has 20."},
	{Name: "samples", Label: "Samples per context", Unit: "samples", Min: 100, Max: 10000, Default: experiment.PaperSamples, Whole: true,
		Help: "How long each test context lasts."},
	{Name: "noise", Label: "Stimulus noise", Unit: "sd", Max: 10,
		Help: "Standard deviation of the noise on each stimulus; the model's own unless given."},
}

// maxSamples bounds the length of one test run.
const maxSamples = 400_000

// NewRequest reads parameters from an address. Every one that is out of range or no
// number is named in the spec.Errors it returns; names it does not know are left alone.
func NewRequest(model string, file *modelfile.File, sources *data.Sources, query url.Values) (Request, error) {
	r := Request{Setup: experiment.Paper(file.Network, sources), Model: model, Provenance: file.Provenance, Params: query}
	if errs := r.readCommon(query); len(errs) > 0 {
		return r, errs
	}
	return r, nil
}

// readCommon reads the parameters that every figure has.
func (r *Request) readCommon(query url.Values) (errs spec.Errors) {
	read := func(name string, fallback float64) float64 {
		v, err := value(query, parameterNamed(common, name), fallback)
		if err != nil {
			errs = append(errs, *err)
		}
		return v
	}
	r.Seed = uint64(read("seed", float64(r.Seed)))
	r.Contexts = int(read("contexts", float64(r.Contexts)))
	r.Samples = int(read("samples", float64(r.Samples)))
	r.Noise = read("noise", r.Noise)
	if len(errs) == 0 && r.Contexts*r.Samples > maxSamples {
		errs = append(errs, spec.FieldError{Field: "samples",
			Message: fmt.Sprintf("times %d contexts is %d, at most %d samples are played: fewer of either", r.Contexts, r.Contexts*r.Samples, maxSamples)})
	}
	return errs
}

// Check gives what is wrong with the parameters of an address, each by its name: those
// that the figure does not have, are out of range or no number. Whether a model is there
// that one of them names is seen when the figure is computed.
func (e Entry) Check(query url.Values) spec.Errors {
	var r Request
	errs := r.readCommon(query)
	for _, p := range e.Parameters {
		if p.Text {
			continue
		}
		if _, err := value(query, p, p.Default); err != nil {
			errs = append(errs, *err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.ContainsFunc(e.All(), func(p Parameter) bool { return p.Name == name }) {
			errs = append(errs, spec.FieldError{Field: name, Message: "is no parameter of " + e.ID})
		}
	}
	return errs
}

// Seed reads the seed of an address, 1 where it has none.
func Seed(query url.Values) (uint64, error) {
	v, err := value(query, parameterNamed(common, "seed"), experiment.UsualSeed)
	if err != nil {
		return 0, *err
	}
	return uint64(v), nil
}

func parameterNamed(table []Parameter, name string) Parameter {
	for _, p := range table {
		if p.Name == name {
			return p
		}
	}
	panic("figure: no parameter " + name)
}

// value reads one parameter.
func value(query url.Values, p Parameter, fallback float64) (float64, *spec.FieldError) {
	text := query.Get(p.Name)
	if text == "" {
		return fallback, nil
	}
	if n := len(query[p.Name]); n > 1 {
		return fallback, &spec.FieldError{Field: p.Name, Message: fmt.Sprintf("is given %d times: once is taken", n)}
	}
	v, problem := spec.ReadNumber(text, plain(max(p.Default, p.Min)))
	if problem != "" {
		return fallback, &spec.FieldError{Field: p.Name, Message: problem}
	}
	if math.IsNaN(v) || v < p.Min || v > p.Max || p.Whole && v != math.Trunc(v) {
		kind := "a number"
		if p.Whole {
			kind = "a whole number"
		}
		return fallback, &spec.FieldError{Field: p.Name,
			Message: fmt.Sprintf("is %s, must be %s from %s to %s", text, kind, plain(p.Min), plain(p.Max))}
	}
	return v, nil
}

// own reads one of a figure's own parameters.
func (r Request) own(p Parameter) (int, error) {
	v, err := value(r.Params, p, p.Default)
	if err != nil {
		return 0, spec.Errors{*err}
	}
	return int(v), nil
}

// used is the value of a parameter with which a figure is made.
func (r Request) used(p Parameter) (int, error) {
	v, err := r.own(p)
	if err != nil || p.used == nil {
		return v, err
	}
	return p.used(r, v)
}

// Usual is what a figure of a spec is made with where the query does not say: "" where
// that is nothing.
func (p Parameter) Usual(sp spec.Spec, query url.Values) string {
	switch {
	case p.Text:
		return ""
	case p.Name == "noise":
		return plain(sp.Noise)
	case p.Name == trained.Name:
		contexts, _ := value(query, parameterNamed(common, "contexts"), experiment.PaperContexts)
		return plain(math.Floor(contexts / 2))
	}
	return plain(p.Default)
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (r Request) spec() spec.Spec { return r.Network.Spec }
