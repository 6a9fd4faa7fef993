// Package sweep trains and measures many networks that differ in a few settings. A
// Sweep says which; its Folder holds what is known of every one, and is the truth:
// whatever is missing there is done, whatever is there is kept, by whichever engine
// and machine. It knows no network and no page.
package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"unmixlab/sim/spec"
)

// What a sweep's file may hold at most.
const (
	MaxFile    = 1 << 20 // bytes
	MaxPoints  = 10_000
	maxFields  = 8 // of the grid
	maxNames   = 64
	maxErrors  = 20 // that are told at once
	maxHours   = 720
	maxBatches = 1_000_000
)

// Sweep is which networks are trained, and what is measured on each. It is written as
// its file is: grid and seeds in full, one value after the other.
type Sweep struct {
	Name      string                       `json:"name"`
	Base      map[string]json.RawMessage   `json:"base"`           // settings of all; "preset" names where they begin
	Grid      map[string][]json.RawMessage `json:"grid,omitempty"` // every value of a field with every other field's
	Set       []map[string]json.RawMessage `json:"set,omitempty"`  // settings that go together
	Seeds     []uint64                     `json:"seeds"`
	Measure   []string                     `json:"measure"`
	Learned   string                       `json:"learned,omitempty"` // such as clarity_y > 0.9
	Every     int                          `json:"every,omitempty"`   // batches between two measurements; 0: at the end alone
	Kernel    string                       `json:"kernel,omitempty"`  // that trains all of it
	Resources Resources                    `json:"resources,omitzero"`
}

// Resources are what a cluster is asked for, for each point.
type Resources struct {
	Hours     float64 `json:"hours,omitempty"`  // at most so long before it is told to save and end
	Memory    string  `json:"memory,omitempty"` // such as 2G
	Partition string  `json:"partition,omitempty"`
	Account   string  `json:"account,omitempty"`
	Jobs      int     `json:"jobs,omitempty"`  // at once, at most
	Image     string  `json:"image,omitempty"` // of a container, for Kubernetes
	Claim     string  `json:"claim,omitempty"` // the volume with the folder, for Kubernetes
}

// file is a sweep as it is typed.
type file struct {
	Name      string                       `json:"name"`
	Base      map[string]json.RawMessage   `json:"base"`
	Grid      map[string]json.RawMessage   `json:"grid"`
	Set       []map[string]json.RawMessage `json:"set"`
	Seeds     json.RawMessage              `json:"seeds"`
	Measure   []string                     `json:"measure"`
	Learned   string                       `json:"learned"`
	Every     int                          `json:"every"`
	Kernel    string                       `json:"kernel"`
	Resources Resources                    `json:"resources"`
}

// Usual are the measures that are taken where a sweep names none.
var Usual = []string{"clarity_y", "late_error"}

// usualLearned is what counts as learned where a sweep does not say, and measures it.
const usualLearned = "clarity_y > 0.9"

// Parse reads a sweep's file, JSON or YAML. The spec.Errors name everything in it that
// cannot be: fields as the file has them, such as grid.tau, and settings of points.
func Parse(b []byte) (Sweep, error) {
	f, err := decode(b)
	if err != nil {
		return Sweep{}, spec.Errors{{Field: "", Message: err.Error()}}
	}
	s := Sweep{Name: f.Name, Base: f.Base, Set: f.Set, Measure: f.Measure, Learned: f.Learned, Every: f.Every, Kernel: f.Kernel, Resources: f.Resources}
	if len(s.Measure) == 0 {
		s.Measure = slices.Clone(Usual)
	}
	if s.Learned == "" && slices.Contains(s.Measure, "clarity_y") {
		s.Learned = usualLearned
	}
	errs := s.checkNames()
	errs = append(errs, s.readGrid(f.Grid)...)
	errs = append(errs, s.readSeeds(f.Seeds)...)
	errs = append(errs, s.checkResources()...)
	if !slices.ContainsFunc(errs, func(e spec.FieldError) bool { return e.Field == "seeds" }) {
		_, more := s.points()
		errs = append(errs, more...)
	}
	if len(errs) > 0 {
		return s, errs[:min(len(errs), maxErrors)]
	}
	return s, nil
}

func decode(b []byte) (f file, err error) {
	if len(b) > MaxFile {
		return f, fmt.Errorf("a sweep's file has at most %d MB", MaxFile>>20)
	}
	if trimmed := bytes.TrimSpace(b); len(trimmed) == 0 || trimmed[0] != '{' {
		if b, err = fromYAML(b); err != nil {
			return f, err
		}
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return f, errors.New("cannot be read: " + strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); err != io.EOF {
		return f, errors.New("one JSON object is expected, more follows")
	}
	return f, nil
}

// fromYAML is YAML as JSON. It is read as YAML 1.2, in which y is no truth. What stands
// for another part of the file may stand for far more than the file, and is refused.
func fromYAML(b []byte) ([]byte, error) {
	for _, t := range lexer.Tokenize(string(b)) {
		if t.Type == token.AliasType || t.Type == token.MergeKeyType {
			return nil, fmt.Errorf("line %d: write values out, aliases are not taken", t.Position.Line)
		}
	}
	b, err := yaml.YAMLToJSON(b)
	if err != nil {
		return nil, fmt.Errorf("cannot be read as JSON or YAML: %w", err)
	}
	return b, nil
}

var (
	nameForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	wordForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._,-]{0,99}$`)
	memoryForm = regexp.MustCompile(`^[1-9][0-9]{0,8}[KMGT]?$`)
	imageForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}$`)
)

// IsName tells whether a text may be a sweep's name: a folder's on every system.
func IsName(name string) bool { return nameForm.MatchString(name) }

// checkNames judges name, kernel, measures, what counts as learned, and every.
func (s *Sweep) checkNames() (errs spec.Errors) {
	if !IsName(s.Name) {
		errs = append(errs, wrong("name", "is %q, must be up to 64 letters, digits, - and _, such as fig2a", s.Name))
	}
	if s.Kernel != "" && !slices.Contains(Kernels, s.Kernel) {
		errs = append(errs, wrong("kernel", "is %q, must be one of %s", s.Kernel, strings.Join(Kernels, ", ")))
	}
	if s.Every < 0 || s.Every > maxBatches {
		errs = append(errs, wrong("every", "is %d, must be from 0 to %d batches", s.Every, maxBatches))
	}
	if len(s.Measure) > maxNames {
		return append(errs, wrong("measure", "has %d names, at most %d are taken", len(s.Measure), maxNames))
	}
	for i, name := range s.Measure {
		if _, problem := parseMeasure(name); problem != "" {
			errs = append(errs, wrong("measure", "%s", problem))
		}
		if slices.Contains(s.Measure[:i], name) {
			errs = append(errs, wrong("measure", "has %q twice: once is taken", name))
		}
	}
	if _, problem := s.Criterion(); problem != "" {
		errs = append(errs, wrong("learned", "%s", problem))
	}
	return errs
}

// Kernels are all that there are, of this processor or of others.
var Kernels = []string{"generic", "avx2", "avx512"}

func (s *Sweep) checkResources() (errs spec.Errors) {
	r := s.Resources
	if r.Hours < 0 || r.Hours > maxHours {
		errs = append(errs, wrong("resources.hours", "is %g, must be from 0 (no limit) to %d", r.Hours, maxHours))
	}
	if r.Jobs < 0 || r.Jobs > MaxPoints {
		errs = append(errs, wrong("resources.jobs", "is %d, must be from 0 (no limit) to %d", r.Jobs, MaxPoints))
	}
	for _, text := range []struct {
		name, value, example string
		form                 *regexp.Regexp
	}{
		{"memory", r.Memory, "2G", memoryForm}, {"partition", r.Partition, "short", wordForm}, {"account", r.Account, "lab", wordForm},
		{"image", r.Image, "registry.example.org/unmixlab:1", imageForm}, {"claim", r.Claim, "sweeps", wordForm},
	} {
		if text.value != "" && !text.form.MatchString(text.value) {
			errs = append(errs, wrong("resources."+text.name, "is %q, must be such as %s", text.value, text.example))
		}
	}
	return errs
}

func wrong(field, format string, args ...any) spec.FieldError {
	return spec.FieldError{Field: field, Message: fmt.Sprintf(format, args...)}
}

// JSON is the sweep as its folder keeps it; Parse gives the same one.
func (s Sweep) JSON() []byte {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("sweep: " + err.Error()) // of values that were JSON
	}
	return append(b, '\n')
}
