package wire

import (
	"testing"

	"unmixlab/sim/train"
)

// Whatever a binary message is, it is refused, or blocks that are the same when sent on.
func FuzzReadFrame(f *testing.F) {
	for i, signal := range Signals {
		block := Block{Signal: signal, Side: i % 2, Stride: 1 + i, First: 7, Rows: 2, Columns: 2, Values: []float32{1, -2, 3, 0.5}}
		f.Add(Frame([]Block{block, block}).Data)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		blocks, err := ReadFrame(b)
		if err != nil {
			return
		}
		for _, block := range blocks {
			if len(block.Values) != block.Rows*block.Columns {
				t.Errorf("%d rows of %d are %d values", block.Rows, block.Columns, len(block.Values))
			}
		}
		again, err := ReadFrame(Frame(blocks).Data)
		if err != nil || len(again) != len(blocks) {
			t.Errorf("%d blocks are sent on as %d, %v", len(blocks), len(again), err)
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
