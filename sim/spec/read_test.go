package spec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func field(t *testing.T, name string) Field {
	t.Helper()
	f, ok := FieldNamed(name)
	if !ok {
		t.Fatalf("no field %s", name)
	}
	return f
}

// What is typed is read for certain, or refused with what may have been meant.
func TestTypedNumbersAreReadForCertain(t *testing.T) {
	for _, c := range []struct {
		field, text string
		want        any
	}{
		{"lr", "0.001", 0.001}, {"lr", "1e-3", 0.001}, {"lr", " 5E-4 ", 5e-4}, {"lr", "", nil},
		{"inhibition", ".5", 0.5}, {"tau", "100.", 100.0}, {"tau", "\u2212" + "3", -3.0},
		{"batches", "10000", int64(10000)}, {"batches", "10,000", int64(10000)}, {"batches", "10 000", int64(10000)},
		{"batches", "1,000,000", int64(1000000)}, {"hidden", "1\u202f000", int64(1000)},
		{"seed", "9007199254740991", int64(MaxSeed)},
		{"frequencies", "100.5; 200.25", []float64{100.5, 200.25}}, {"frequencies", "100, 125, 150, 210", []float64{100, 125, 150, 210}},
		{"frequencies", "90,110,130,170", []float64{90, 110, 130, 170}}, {"frequencies", "1, 2 ;3 4", []float64{1, 2, 3, 4}},
		{"frequencies", "1.5,2.5", []float64{1.5, 2.5}}, {"frequencies", "100;\n200,", []float64{100, 200}},
		{"frequencies", "1e2 2e2", []float64{100, 200}}, {"frequencies", "", []float64{}},
	} {
		got, problem := field(t, c.field).Read([]string{c.text})
		if problem != "" || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %q is read as %v, %s; want %v", c.field, c.text, got, problem, c.want)
		}
	}
}

func TestTypedNumbersOfTwoReadingsAreRefused(t *testing.T) {
	for _, c := range []struct{ field, text, say string }{
		{"frequencies", "100,5; 200,25", "100.5 or 100; 5"}, {"frequencies", "100,180", "100.180 or 100; 180"},
		{"frequencies", "1.000,5 2.000,5", "1000.5"}, {"frequencies", "1,000", "two"}, {"frequencies", "100 ,125", "numbers"},
		{"frequencies", "1,200,300 x", "semicolons"}, {"frequencies", "100,,200", "semicolons"}, {"frequencies", "nan", "semicolons"},
		{"lr", "0,001", "write 0.001"}, {"lr", "1,5e-3", "1.5e-3"}, {"tau", "1,000", "1000 or 1.000"}, {"tau", "1.000,5", "1000.5"},
		{"tau", "1 000,5", "1000.5"}, {"tau", "inf", "such as 100"}, {"tau", "0x1p4", "such as 100"}, {"tau", "1_000", "such as 100"},
		{"tau", "1e999", "such as 100"}, {"tau", "1'000", "such as"},
		{"batches", "1,5", "whole number"}, {"batches", "100,0", "whole number"}, {"batches", "1 5", "whole number"},
		{"batches", "10,00", "whole number"}, {"batches", "1.000", "whole number"}, {"batches", "1,000 000", "whole number"},
		{"batches", "0,001", "whole number"}, {"batches", "-3", "at least 1"}, {"batches", "2000000", "from 1 to 1000000"},
		{"seed", "9007199254740992", "9007199254740991"}, {"seed", "9007199254740993", "is 9007199254740993"},
		{"seed", "99999999999999999999", "9007199254740991"},
	} {
		got, problem := field(t, c.field).Read([]string{c.text})
		if got != nil || !strings.Contains(problem, c.say) {
			t.Errorf("%s %q is read as %v, %q; want a refusal that says %q", c.field, c.text, got, problem, c.say)
		}
	}
	for _, name := range []string{"lr", "seed", "model", "additive"} {
		if got, problem := field(t, name).Read([]string{"1", "2"}); got != nil || !strings.Contains(problem, "2 times") {
			t.Errorf("%s given twice is read as %v, %q", name, got, problem)
		}
	}
}

// Everything wrong with an object is told at once, in words of JSON rather than Go.
func TestParseTellsAllThatIsWrong(t *testing.T) {
	_, err := Parse([]byte(`{"model":"modulation","lr":"0,001","hidden":2.5,"additive":"yes","frequencies":[100,"x"],"wav":3,
		"sources":7,"seed":9007199254740993,"batch":-1,"tau":1e999,"noise":100,"dim":9,"taus":3,"clip":1,"clip":2}`))
	want := map[string]string{
		"lr": "must be a number such as 0.001", "hidden": "is 2.5, must be a whole number such as 100", "additive": "true or false",
		"frequencies": "such as [100, 125, 150, 210]", "wav": `such as ["a", "b"]`, "sources": "chords, sines",
		"seed": "is 9007199254740993, must be from 0 to 9007199254740991", "batch": "from 1 to 256",
		"tau": "is 1e999, must be a number", "noise": "is 100, must be from 0 to 10", "dim": "from 2 to 8",
		"taus": "no field", "clip": "given twice",
	}
	errs, _ := err.(Errors)
	for _, e := range errs {
		if word, ok := want[e.Field]; !ok || !strings.Contains(e.Message, word) {
			t.Errorf("%s %s: want a word about %q", e.Field, e.Message, word)
		}
		for _, word := range []string{"float64", "int64", "uint64", "bool", "[]", "json:"} {
			if strings.Contains(e.Message, word) {
				t.Errorf("%s %s: speaks of Go's %s", e.Field, e.Message, word)
			}
		}
		delete(want, e.Field)
	}
	for name := range want {
		t.Errorf("nothing is said about %s", name)
	}
}

func TestParseTakesWholeNumbersHoweverWritten(t *testing.T) {
	for text, want := range map[string]uint64{"100": 100, "100.0": 100, "1e2": 100, "9007199254740991": MaxSeed} {
		s, err := Parse(fmt.Appendf(nil, `{"model":"dale","seed":%s}`, text))
		if err != nil || s.Seed != want {
			t.Errorf("seed %s is read as %d, %v", text, s.Seed, err)
		}
	}
	s, err := Parse([]byte(`{"model":"dale","learn":null,"tau":null}`))
	if err != nil || len(s.Learn) != 0 || s.Tau != 100 {
		t.Errorf("null gives learn %v and tau %g, %v; want nothing and the default", s.Learn, s.Tau, err)
	}
}
