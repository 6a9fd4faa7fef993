package wire

import (
	"bytes"
	"testing"

	"unmixlab/sim/train"
)

// Whatever a binary message is, it is refused, or a frame that is the same when sent on.
func FuzzReadFrame(f *testing.F) {
	for _, signal := range Signals {
		f.Add(Frame(signal, 7, 2, []float32{1, -2, 3, 0.5}).Data)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		block, err := ReadFrame(b)
		if err != nil {
			return
		}
		if len(block.Values) != block.Rows*block.Columns {
			t.Errorf("%d rows of %d are %d values", block.Rows, block.Columns, len(block.Values))
		}
		if block.Rows > 0 && block.Columns > 0 && !bytes.Equal(Frame(block.Signal, block.First, block.Columns, block.Values).Data[:header], b[:header]) {
			t.Errorf("% x is sent on otherwise", b)
		}
	})
}

// Whatever a text message is, it is refused or has a type, and metrics their numbers.
func FuzzReadText(f *testing.F) {
	f.Add(Metrics([]train.Progress{{Batch: 1, Loss: 2.5, GradNorm: 0.1, Seconds: 0.04}}).Data)
	f.Add(Hello(struct{}{}).Data)
	f.Add([]byte(`{"type":"metrics","points":[[1,2,3,null]],"means":[[1,2,3]]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if kind, fields, err := ReadObject(b); err == nil && fields["type"] != kind {
			t.Errorf("%s is of the type %q", b, kind)
		}
		if batches, err := ReadMetrics(b); err == nil {
			if again, err := ReadMetrics(Metrics(batches).Data); err != nil || len(again) != len(batches) {
				t.Errorf("%s is sent on as %v, %v", b, again, err)
			}
		}
	})
}
