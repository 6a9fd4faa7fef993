package web

import (
	"net/url"
	"testing"

	"unmixlab/sim/spec"
)

// Whatever is typed into the form, it is refused naming fields, or settings that go
// through the form again.
func FuzzRunForm(f *testing.F) {
	for _, p := range spec.Presets {
		f.Add(FormValues(p.Spec).Encode())
	}
	f.Add("model=spatial&tau=1e400&hidden=1,000&frequencies=1;2&lr=0,1&dim=2&dim=3")
	f.Fuzz(func(t *testing.T, query string) {
		typed, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		sp, errs := ReadRunForm(typed)
		for _, e := range errs {
			if e.Field == "" || e.Message == "" {
				t.Errorf("%q gave an error without a field or a word: %+v", query, e)
			}
		}
		TypedRunForm(typed, errs, nil)
		if len(errs) > 0 {
			return
		}
		if again, errs := ReadRunForm(FormValues(sp)); len(errs) > 0 || again.String() != sp.String() {
			t.Errorf("%q went through the form as %v, %v", query, again, errs)
		}
	})
}
