package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"unmixlab/sim/train"
)

// Block is a frame, read: (Rows, Columns) values of a signal from sample First on.
type Block struct {
	Signal               string
	First, Rows, Columns int
	Values               []float32
}

// ReadFrame reads a binary message.
func ReadFrame(b []byte) (Block, error) {
	if len(b) < header || len(b)%4 != 0 {
		return Block{}, fmt.Errorf("wire: %d bytes are no frame", len(b))
	}
	at := func(i int) int { return int(binary.LittleEndian.Uint32(b[4*i:])) }
	f := Block{First: at(1), Rows: at(2), Columns: at(3)}
	if n := at(0); n < 1 || n > len(Signals) {
		return Block{}, fmt.Errorf("wire: a frame of signal %d, of which there are %d", n, len(Signals))
	}
	f.Signal = Signals[at(0)-1]
	for i := header; i < len(b); i += 4 {
		f.Values = append(f.Values, math.Float32frombits(binary.LittleEndian.Uint32(b[i:])))
	}
	if len(f.Values) != f.Rows*f.Columns {
		return Block{}, fmt.Errorf("wire: a frame of %d values says %d rows of %d", len(f.Values), f.Rows, f.Columns)
	}
	return f, nil
}

// ReadObject reads a text message: its type and all its fields.
func ReadObject(b []byte) (kind string, fields map[string]any, err error) {
	if err := json.Unmarshal(b, &fields); err != nil {
		return "", nil, fmt.Errorf("wire: %w in %s", err, b)
	}
	kind, ok := fields["type"].(string)
	if !ok {
		return "", nil, fmt.Errorf("wire: a message without a type: %s", b)
	}
	return kind, fields, nil
}

// ReadMetrics reads the message of a run's last batches.
func ReadMetrics(b []byte) ([]train.Progress, error) {
	var m struct {
		Type          string
		Points, Means []Numbers
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Type != "metrics" || len(m.Points) != len(m.Means) {
		return nil, fmt.Errorf("wire: no metrics (%v): %s", err, b)
	}
	batches := make([]train.Progress, len(m.Points))
	for i, p := range m.Points {
		mean := m.Means[i]
		if len(p) != 4 || len(mean) != 3 {
			return nil, fmt.Errorf("wire: a batch has %d numbers and %d means, want 4 and 3", len(p), len(mean))
		}
		batches[i] = train.Progress{Batch: int(p[0]), Loss: p[1], GradNorm: p[2], Seconds: p[3],
			Mean: train.Means{Loss: mean[0], GradNorm: mean[1], Seconds: mean[2]}}
	}
	return batches, nil
}
