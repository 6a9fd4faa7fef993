package wire

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
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
	var sent []Block
	for i, signal := range Signals {
		sent = append(sent, Block{signal, i % 2, 1 + 70*i, 7 * i, 2, 2, []float32{1, -2, float32(i), 0.5}})
	}
	m := Frame(sent)
	if m.Text || len(m.Data) != 32*len(Signals) || !slices.Equal(m.Data[32:36], []byte{2, 1, 71, 0}) {
		t.Errorf("it is sent as % x", m.Data[:64])
	}
	got, err := ReadFrame(m.Data)
	if err != nil || !reflect.DeepEqual(got, sent) {
		t.Errorf("it is received as %+v, %v", got, err)
	}
	whole := Frame([]Block{{Signal: "y", Rows: 2, Columns: 2, Values: make([]float32, 4)}}).Data
	if got, err := ReadFrame(whole); err != nil || got[0].Stride != 1 {
		t.Errorf("a stride of 0 is read as %+v, %v", got, err)
	}
	other := slices.Clone(whole)
	other[0] = 99
	huge := slices.Clone(whole)
	copy(huge[8:], []byte{255, 255, 255, 255, 255, 255, 255, 255})
	for name, b := range map[string][]byte{"nothing": nil, "a header cut short": whole[:12], "values missing": whole[:28],
		"another signal": other, "more rows than there are": huge, "half a second block": append(slices.Clone(whole), whole[:20]...)} {
		if _, err := ReadFrame(b); err == nil {
			t.Errorf("%s was read as a frame", name)
		}
	}
}

// Of a wide signal the same samples are kept, however its recordings are cut.
func TestWideSignalsAreThinned(t *testing.T) {
	t.Parallel()
	const columns, stride = Narrow + 1, 3
	sample := func(first, n, width int) []float32 {
		values := make([]float32, n*width)
		for i := range values {
			values[i] = float32(first + i/width)
		}
		return values
	}
	var kept []float32
	first := 0
	for _, n := range []int{1, 1, 5, 0, 2, 8} {
		b := Place{Side: 1, First: first, Stride: stride}.Block("z", columns, sample(first, n, columns))
		if b.Side != 1 || b.Stride != stride || len(b.Values) != b.Rows*b.Columns || (b.Rows > 0 && float32(b.First) != b.Values[0]) {
			t.Errorf("%d samples from %d on became %+v", n, first, b)
		}
		for r := range b.Rows {
			kept = append(kept, b.Values[r*columns])
		}
		first += n
	}
	if !slices.Equal(kept, []float32{0, 3, 6, 9, 12, 15}) {
		t.Errorf("of samples 0 to 16, %v were kept", kept)
	}
	if b := (Place{First: 4, Stride: stride}).Block("x", Narrow, sample(4, 5, Narrow)); b.Rows != 5 || b.Stride != 1 || b.First != 4 {
		t.Errorf("a narrow signal became %d rows, %d apart, from %d on", b.Rows, b.Stride, b.First)
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
		{string(View(json.RawMessage(`{"at":3}`)).Data), `{"type":"view","view":{"at":3}}`},
		{string(Ended("over").Data), `{"type":"ended","message":"over"}`},
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
