// Package spec describes a training run: which network, on which sources and
// contexts, trained how. The same Spec stands in the form, the API, the command
// line and the model file, and one table (Fields) gives every field its default,
// range, unit and line of help, so that all of them refuse the same values.
package spec

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Spec is everything that decides a run's result, the kernel apart.
type Spec struct {
	Model       string    `json:"model"`
	Sources     string    `json:"sources"`
	Frequencies []float64 `json:"frequencies"`
	WAV         []string  `json:"wav,omitempty"`
	Duration    float64   `json:"duration"`
	Dim         int       `json:"dim"`
	Hidden      int       `json:"hidden"`
	Tau         float64   `json:"tau"`
	Additive    bool      `json:"additive"`
	Input       string    `json:"input"`
	Units       int       `json:"units"`
	LowerUnits  int       `json:"lower_units"`
	Feedback    int       `json:"feedback"`
	Width       float64   `json:"width"`
	Inhibition  float64   `json:"inhibition"`
	Target      string    `json:"target"`
	Learn       []string  `json:"learn"`
	Mixing      string    `json:"mixing"`
	Matrices    []float64 `json:"matrices,omitempty"`
	Threshold   float64   `json:"threshold"`
	Noise       float64   `json:"noise"`
	Batch       int       `json:"batch"`
	Steps       int       `json:"steps"`
	Batches     int       `json:"batches"`
	LR          float64   `json:"lr"`
	Window      int       `json:"window"`
	Schedule    string    `json:"schedule"`
	Warmup      float64   `json:"warmup"`
	Clip        float64   `json:"clip"`
	ClipNorm    float64   `json:"clip_norm"`
	Lambda      float64   `json:"lambda"`
	Smooth      float64   `json:"smooth"`
	OnSpike     string    `json:"on_spike"`
	Seed        uint64    `json:"seed"`
}

// Uniform is the kernel width from which on feedback reaches all units alike.
const Uniform = 10

// Default is the paper's setting for a model (Tables 1 to 3); an unknown model
// gets the modulation network's, under its own name, so that Validate can say so.
func Default(model string) Spec {
	s := Spec{
		Model: model, Sources: "chords", Duration: 2, Dim: 2, Hidden: 100, Tau: 1, Input: "xy",
		Units: 100, LowerUnits: 40, Feedback: 4, Width: 0.2, Inhibition: 0.5, Target: "both",
		Learn: []string{}, Mixing: "random_norm", Threshold: 0.2, Noise: 0.001,
		Batch: 32, Steps: 1000, Batches: 10000, LR: 1e-3, Schedule: "constant", Clip: 1, OnSpike: "go_on", Seed: 1,
	}
	if v, _ := VariantNamed(model); v.Paper != nil {
		v.Paper(&s)
	}
	s.Frequencies = DefaultFrequencies(s.Sources, s.Dim)
	return s
}

// DefaultFrequencies are the paper's for up to as many sources as it has, in Hz,
// and go on in the same manner: one for a sine or an ICA-style wave, two for a chord.
func DefaultFrequencies(sources string, dim int) []float64 {
	f := []float64{}
	for i := range dim {
		n := float64(i)
		switch sources {
		case "chords":
			if i < 2 {
				f = append(f, 100+50*n, 125+85*n)
			} else {
				f = append(f, 170+60*n, 265+90*n)
			}
		case "sines":
			f = append(f, 100+80*n)
		case "ica":
			f = append(f, []float64{120, 80, 140}[i%3]+110*float64(i/3))
		}
	}
	return f
}

// Parse reads a spec from JSON. Fields left out take the model's defaults; unknown
// fields are an error. The Errors name every field that cannot be: first those that
// cannot be read, as they come, then those that are out of their range. A spec
// without Errors may still be one that Validate refuses.
func Parse(b []byte) (Spec, error) {
	all, err := members(b)
	if err != nil {
		return Spec{}, Errors{{"", err.Error()}}
	}
	s, e := decode(all)
	if len(s.Frequencies) == 0 && s.Dim <= 8 {
		s.Frequencies = DefaultFrequencies(s.Sources, s.Dim)
	}
	if len(e) == 0 {
		return s, nil
	}
	for _, more := range s.checkFields() {
		if !e.has(more.Field) {
			e = append(e, more)
		}
	}
	return s, e
}

// Learns tells whether a fixed part of the pathway ("baseline", "wx", "readout",
// "inhibition") is trained as well.
func (s Spec) Learns(part string) bool { return slices.Contains(s.Learn, part) }

// Inhibitory is N_I, the number of inhibitory units of a Dalean network.
func (s Spec) Inhibitory() int { return int(math.Round(s.Inhibition * float64(s.LowerUnits))) }

// PoolSize is how many signals the pool of sources holds; a batch draws Dim of them.
func (s Spec) PoolSize() int {
	switch s.Sources {
	case "chords":
		return len(s.Frequencies) / 2
	case "wav":
		return len(s.WAV)
	}
	return len(s.Frequencies)
}

// String names a run in a line: model, sources and what differs from the default.
func (s Spec) String() string {
	parts := []string{s.Model, s.Sources}
	if v, _ := VariantNamed(s.Model); v.uses("tau") {
		parts = append(parts, fmt.Sprintf("τ %g", s.Tau))
	}
	d := Default(s.Model)
	if s.Dim != d.Dim {
		parts = append(parts, fmt.Sprintf("%d sources", s.Dim))
	}
	if s.Input != d.Input {
		parts = append(parts, "input "+s.Input)
	}
	if s.Hidden != d.Hidden {
		parts = append(parts, fmt.Sprintf("%d cells", s.Hidden))
	}
	if s.Recipe() == Fast {
		parts = append(parts, "fast recipe")
	}
	return strings.Join(parts, " · ")
}
