package wire

import (
	"errors"
	"math"
	"slices"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// What a trainer reports comes out at the other end, and what is no number as NaN.
func TestMetricsCrossTheWire(t *testing.T) {
	t.Parallel()
	sent := []train.Progress{{Batch: 1, Loss: 2.5, GradNorm: 0.1, Seconds: 0.04, Mean: train.Means{Loss: 3.5, GradNorm: 0.2, Seconds: 0.05}},
		{Batch: 1e6, Loss: math.NaN(), GradNorm: math.Inf(1), Seconds: 1}}
	m := Metrics(sent)
	if want := `{"type":"metrics","points":[[1,2.5,0.1,0.04],[1000000,null,null,1]],"means":[[3.5,0.2,0.05],[0,0,0]]}`; !m.Text || string(m.Data) != want {
		t.Errorf("sent %s, want %s", m.Data, want)
	}
	got, err := ReadMetrics(m.Data)
	if err != nil || len(got) != 2 || got[0] != sent[0] || got[1].Batch != 1e6 || !math.IsNaN(got[1].Loss) || !math.IsNaN(got[1].GradNorm) {
		t.Errorf("received %v, %v", got, err)
	}
	if none := Metrics(nil); string(none.Data) != `{"type":"metrics","points":[],"means":[]}` {
		t.Errorf("of no batches it is %s", none.Data)
	}
}

func TestFramesCrossTheWire(t *testing.T) {
	t.Parallel()
	for i, signal := range Signals {
		m := Frame(signal, 7, 2, []float32{1, -2, 3, 0.5})
		if m.Text || len(m.Data) != 32 || m.Data[0] != byte(i+1) {
			t.Errorf("%s is sent as % x", signal, m.Data)
		}
		f, err := ReadFrame(m.Data)
		if err != nil || f.Signal != signal || f.First != 7 || f.Rows != 2 || f.Columns != 2 || !slices.Equal(f.Values, []float32{1, -2, 3, 0.5}) {
			t.Errorf("%s is received as %+v, %v", signal, f, err)
		}
	}
	whole := Frame("y", 0, 2, make([]float32, 4)).Data
	other := slices.Clone(whole)
	other[0] = 99
	for name, b := range map[string][]byte{"nothing": nil, "a header cut short": whole[:12], "values missing": whole[:28], "another signal": other} {
		if _, err := ReadFrame(b); err == nil {
			t.Errorf("%s was read as a frame", name)
		}
	}
}

// Every object has its type first and then the fields of what it tells.
func TestObjects(t *testing.T) {
	t.Parallel()
	type run struct {
		ID string `json:"id"`
	}
	for _, c := range []struct{ got, want string }{
		{string(State(run{"a"}).Data), `{"type":"state","id":"a"}`},
		{string(State(struct{}{}).Data), `{"type":"state"}`},
		{string(Refused(spec.FieldError{Field: "sd", Message: "is missing"}).Data), `{"type":"error","field":"sd","message":"is missing"}`},
		{string(Refused(errors.New("no further context")).Data), `{"type":"error","field":"","message":"no further context"}`},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	kind, hello, err := ReadObject(Hello(run{"a"}).Data)
	kinds, _ := hello["kinds"].(map[string]any)
	if err != nil || kind != "hello" || hello["protocol"] != float64(Protocol) || hello["id"] != "a" || kinds["pc1"] != 11.0 {
		t.Errorf("the hello is %v, %v", hello, err)
	}
	for _, b := range []string{"", "[]", `{"id":"a"}`, `{"type":3}`} {
		if _, _, err := ReadObject([]byte(b)); err == nil {
			t.Errorf("%q was read as an object", b)
		}
	}
}

func TestAContextGoesWithItsInverse(t *testing.T) {
	t.Parallel()
	c := NewContext(data.Normalised(0.75, 0.25), 3, 9)
	if c.From != 3 || c.To != 9 || !slices.Equal(c.A, []float64{0.75, 0.25, 0.25, 0.75}) {
		t.Errorf("the context is %+v", c)
	}
	for i, want := range []float64{1.5, -0.5, -0.5, 1.5} {
		if math.Abs(c.Inverse[i]-want) > 1e-12 {
			t.Errorf("its inverse is %v", c.Inverse)
		}
	}
}
