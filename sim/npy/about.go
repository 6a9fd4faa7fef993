package npy

import (
	"encoding/json"

	"unmixlab/sim/build"
)

// About is what a reader of an archive has to know to make it again.
type About struct {
	Model      string // its id; "" where there are many
	Weights    string // their hash
	Seed       uint64
	Parameters any // as JSON
}

// End adds what the archive is about, and ends it as Close does: the texts about/model,
// about/weights, about/parameters (JSON), about/version and about/commit, the number
// about/seed, and, one for each array of numbers added so far, about/array and about/unit.
func (a *Archive) End(about About) error {
	parameters, err := json.Marshal(about.Parameters)
	if err != nil {
		return err
	}
	names, units := a.arrays, a.unit
	a.Text("about/model", about.Model)
	a.Text("about/weights", about.Weights)
	a.Text("about/parameters", string(parameters))
	a.Text("about/version", build.Version())
	a.Text("about/commit", build.Commit())
	a.Int64("about/seed", None, nil, []int64{int64(about.Seed)})
	a.Texts("about/array", names)
	a.Texts("about/unit", units)
	return a.Close()
}
