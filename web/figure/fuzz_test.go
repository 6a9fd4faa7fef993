package figure

import (
	"errors"
	"net/url"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// Whatever a figure's address asks for, it is refused naming fields, or within bounds.
func FuzzQuery(f *testing.F) {
	file, err := modelfile.Ideal()
	if err != nil {
		f.Fatal(err)
	}
	src, err := data.NewSources(file.Network.Spec, nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, query := range []string{"seed=1&contexts=20&samples=1000&noise=0.1", "seed=1e19", "contexts=2&contexts=3", "samples=NaN&noise=-0", "noise=%2C5"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		r, err := NewRequest("ideal-spatial", file, src, values)
		if err != nil {
			if !errors.As(err, new(spec.Errors)) {
				t.Errorf("%q gave an error without fields: %v", query, err)
			}
			return
		}
		if r.Contexts < 2 || r.Contexts > 200 || r.Samples < 100 || r.Contexts*r.Samples > maxSamples || !(r.Noise >= 0 && r.Noise <= 10) || r.Seed > spec.MaxSeed {
			t.Errorf("%q passed as %+v", query, r.Setup)
		}
	})
}
