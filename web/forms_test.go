package web

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"unmixlab/sim/spec"
)

// Every preset and every model's default comes back from its own form.
func TestFormRoundTrip(t *testing.T) {
	specs := map[string]spec.Spec{}
	for _, p := range spec.Presets {
		specs[p.Slug] = p.Spec
	}
	model, _ := spec.FieldNamed("model")
	for _, m := range model.Choices {
		specs[m] = spec.Default(m)
	}
	sounds := spec.Default(spec.Spatial)
	sounds.Sources, sounds.WAV, sounds.Frequencies = "wav", []string{"a1", "b2"}, []float64{}
	specs["sounds"] = sounds
	own := spec.Default(spec.Modulation)
	own.Mixing, own.Matrices = "file", []float64{0.8, 0.2, 0.5, 0.5}
	specs["matrices"] = own
	for name, sp := range specs {
		got, errs := ReadRunForm(FormValues(sp))
		if len(errs) > 0 {
			t.Errorf("%s: %v", name, errs)
		}
		if got, want := string(got.JSON()), string(sp.JSON()); got != want {
			t.Errorf("%s came back as\n%s, was\n%s", name, got, want)
		}
	}
}

// Each field that a form changes arrives in the spec: none is forgotten.
func TestEveryFieldArrives(t *testing.T) {
	other := map[string][]string{
		"hidden": {"1,000"}, "input": {"x"}, "tau": {"3"}, "units": {"12"}, "lower_units": {"9"}, "feedback": {"6"}, "width": {"0.5"},
		"inhibition": {"0.25"}, "target": {"exc"}, "learn": {"wx"}, "sources": {"sines"}, "dim": {"3"}, "frequencies": {"1, 2 ;3 4"},
		"duration": {"3"}, "mixing": {"random"}, "matrices": {"1; 0; 0; 1"}, "threshold": {"0.1"}, "noise": {"0.5"}, "steps": {"20"}, "batches": {"7"}, "batch": {"5"},
		"lr": {"1e-2"}, "window": {"250"}, "schedule": {"cosine"}, "warmup": {"0.1"}, "clip": {"0"}, "lambda": {"0.5"}, "smooth": {"0.2"}, "clip_norm": {"10"}, "on_spike": {"halve"}, "seed": {"77"},
	}
	for _, f := range spec.Fields {
		if f.Name == "model" || f.Name == "additive" || f.Name == "wav" {
			continue
		}
		want, ok := other[f.Name]
		if !ok {
			t.Errorf("%s is not tried here", f.Name)
			continue
		}
		values := FormValues(spec.Default(spec.Dale))
		values[f.Name] = want
		got, _ := ReadRunForm(values)
		if reflect.DeepEqual(FormValues(got)[f.Name], FormValues(spec.Default(spec.Dale))[f.Name]) {
			t.Errorf("%s set to %v stays %v", f.Name, want, FormValues(got)[f.Name])
		}
	}
	got, _ := ReadRunForm(url.Values{"model": {"modulation"}, "additive": {"on"}})
	if !got.Additive {
		t.Error("additive does not arrive")
	}
	got, _ = ReadRunForm(url.Values{"model": {"spatial"}, "sources": {"wav"}, "wav": {"x", "y"}})
	if len(got.WAV) != 2 {
		t.Error("wav does not arrive")
	}
}

func TestErrorsStandBesideTheirFields(t *testing.T) {
	typed := FormValues(spec.Default(spec.Modulation))
	typed.Set("tau", "soon")
	typed.Set("hidden", "2.5")
	typed.Set("lr", "7")
	typed.Set("batches", "-3")
	typed.Set("frequencies", "100, x")
	typed.Set("seed", "99999999999999999999")
	_, errs := ReadRunForm(typed)
	form := TypedRunForm(typed, errs, nil)
	shown := map[string]string{}
	for _, g := range form.Groups {
		for _, f := range g.Fields {
			if f.Error != "" {
				shown[f.Name] = f.Error
				if f.Value != typed.Get(f.Name) {
					t.Errorf("%s shows %q, typed was %q", f.Name, f.Value, typed.Get(f.Name))
				}
			}
		}
	}
	for name, part := range map[string]string{
		"tau": `"soon"`, "hidden": "whole number", "lr": "from 1e-07 to 1", "batches": "at least 1", "frequencies": `"x"`, "seed": "whole number",
	} {
		if !strings.Contains(shown[name], part) {
			t.Errorf("%s: the error is %q, should tell %s", name, shown[name], part)
		}
	}
	if len(form.Errors) != len(shown) {
		t.Errorf("the list has %d errors, the fields %d", len(form.Errors), len(shown))
	}
}

// What does not matter for a model is not held against it.
func TestHiddenFieldsDoNotMatter(t *testing.T) {
	typed := FormValues(spec.Default(spec.Dale))
	typed.Set("units", "many")
	typed.Set("model", "modulation")
	typed.Del("lambda")
	got, errs := ReadRunForm(typed)
	if len(errs) > 0 || got.Units != spec.Default(spec.Modulation).Units || len(got.Learn) != 0 {
		t.Errorf("got %+v and %v", got, errs)
	}
}

func TestSettingsNameWhatIsNotThePapers(t *testing.T) {
	sp := spec.Default(spec.Spatial)
	sp.Feedback, sp.Seed = 2, 9
	var changed []string
	for _, g := range Settings(sp) {
		for _, row := range g.Rows {
			if row.Changed {
				changed = append(changed, row.Name+"="+row.Value+" for "+row.Paper)
			}
		}
	}
	if len(changed) != 1 || changed[0] != "feedback=2 for 4" {
		t.Errorf("changed are %v", changed)
	}
}
