// Package figure computes the paper's figures for a loaded model: a table of them,
// what each asks of a request, and for each a file that says which experiments it needs
// (sim/experiment), what is asked of their recordings (sim/analysis) and which panels
// it draws (web/chart). Figures know nothing of HTTP, and play no network themselves.
package figure

import (
	"encoding/json"
	"math"

	"unmixlab/web/chart"
)

// Figure is a computed figure as the API gives it.
type Figure struct {
	Figure   string            `json:"figure"`
	Title    string            `json:"title"`
	See      string            `json:"see"` // the verdict, from the numbers
	Model    string            `json:"model"`
	Training string            `json:"training"` // what was trained for it: nothing but the one network
	Params   map[string]any    `json:"params"`
	Numbers  map[string]Number `json:"numbers"`
	Readings []Reading         `json:"readings"` // the same numbers, explained
	Panels   []Panel           `json:"panels"`
	Notes    []string          `json:"notes,omitempty"`

	seed    uint64
	weights string // their hash
}

// Number is written in full, and as null when it is not finite.
type Number float64

// MarshalJSON writes null for NaN and for infinities.
func (n Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads null as NaN.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	return json.Unmarshal(b, (*float64)(n))
}

// Reading is a number with what is needed to judge it.
type Reading struct {
	Name       string  `json:"name"`
	Label      string  `json:"label"`
	Unit       string  `json:"unit,omitempty"`
	Value      Number  `json:"value"`
	SD         *Number `json:"sd,omitempty"`
	N          string  `json:"n"`                    // how many of what, and what sd is over
	How        string  `json:"how"`                  // tested only, retrained for it, or closed form
	Checkpoint *Number `json:"checkpoint,omitempty"` // measured from the published checkpoint of this kind
	Origin     string  `json:"origin,omitempty"`     // of that value, in words
}

// Panel is one chart with its title, what to see in it, what its bars mean and its
// table. A panel that a model cannot have holds only the reason, in Why.
type Panel struct {
	ID     string          `json:"id"`
	Title  string          `json:"title"`
	See    string          `json:"see"`
	N      string          `json:"n,omitempty"`
	Why    string          `json:"why,omitempty"`
	Option json.RawMessage `json:"option,omitempty"`
	Flat   json.RawMessage `json:"flat,omitempty"` // in place of Option where there is no WebGL
	Table  chart.Table     `json:"table"`

	data []Array
}

// Array is plotted data in full, for the files: row-major, of any shape.
type Array struct {
	Name   string
	Shape  []int
	Values []float64
}
