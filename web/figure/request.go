package figure

import (
	"fmt"
	"math"
	"net/url"
	"strconv"

	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// Request asks for a figure of one model.
type Request struct {
	Model    string // id, for the answer
	File     *modelfile.File
	Sources  *data.Sources
	Seed     uint64     // decides contexts and noise
	Contexts int        // in a test run
	Samples  int        // per context
	Noise    float64    // sd on each stimulus
	Params   url.Values // whatever else a figure's own parameters are

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
}

// common are the parameters of every figure.
var common = []Parameter{
	{Name: "seed", Label: "Seed", Max: 1 << 53, Default: 1, Whole: true, Help: "Decides the contexts and the noise."},
	{Name: "contexts", Label: "Contexts", Min: 2, Max: 200, Default: 20, Whole: true, Help: "Test contexts, one after the other; the paper has 20."},
	{Name: "samples", Label: "Samples per context", Unit: "samples", Min: 100, Max: 10000, Default: 1000, Whole: true, Help: "How long each test context lasts."},
	{Name: "noise", Label: "Stimulus noise", Unit: "sd", Max: 10, Help: "Standard deviation of the noise on each stimulus; the model's own unless given."},
}

// maxSamples bounds the length of one test run.
const maxSamples = 400_000

// NewRequest reads parameters from an address. Every one that cannot be is named in
// the spec.Errors it returns; names it does not know are left alone.
func NewRequest(model string, file *modelfile.File, sources *data.Sources, query url.Values) (Request, error) {
	r := Request{Model: model, File: file, Sources: sources, Params: query}
	var errs spec.Errors
	read := func(name string, fallback float64) float64 {
		v, err := value(query, named(common, name), fallback)
		if err != nil {
			errs = append(errs, *err)
		}
		return v
	}
	r.Seed = uint64(read("seed", 1))
	r.Contexts = int(read("contexts", 20))
	r.Samples = int(read("samples", 1000))
	r.Noise = read("noise", file.Network.Spec.Noise)
	if len(errs) == 0 && r.Contexts*r.Samples > maxSamples {
		errs = append(errs, spec.FieldError{Field: "samples",
			Message: fmt.Sprintf("times %d contexts is %d, at most %d samples are played: fewer of either", r.Contexts, r.Contexts*r.Samples, maxSamples)})
	}
	if len(errs) > 0 {
		return r, errs
	}
	return r, nil
}

// Seed reads the seed of an address, 1 where it has none.
func Seed(query url.Values) (uint64, error) {
	v, err := value(query, named(common, "seed"), 1)
	if err != nil {
		return 0, *err
	}
	return uint64(v), nil
}

func named(table []Parameter, name string) Parameter {
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
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fallback, &spec.FieldError{Field: p.Name, Message: fmt.Sprintf("is %q, must be a number", text)}
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

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (r Request) spec() spec.Spec { return r.File.Network.Spec }
