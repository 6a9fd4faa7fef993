package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"unmixlab/sim/train"
)

// ReadFrame reads a binary message: its blocks in order.
func ReadFrame(b []byte) ([]Block, error) {
	var blocks []Block
	for len(b) > 0 {
		block, size, err := readBlock(b)
		if err != nil {
			return nil, err
		}
		blocks, b = append(blocks, block), b[size:]
	}
	if blocks == nil {
		return nil, errors.New("wire: a frame without blocks")
	}
	return blocks, nil
}

// readBlock reads the first block of a frame and gives its size in bytes.
func readBlock(b []byte) (Block, int, error) {
	if len(b) < header {
		return Block{}, 0, fmt.Errorf("wire: %d bytes are no block", len(b))
	}
	at := func(i int) int { return int(binary.LittleEndian.Uint32(b[4*i:])) }
	kind := at(0)
	signal := kind & 0xff
	if signal < 1 || signal > len(Signals) {
		return Block{}, 0, fmt.Errorf("wire: a block of signal %d, of which there are %d", signal, len(Signals))
	}
	f := Block{Signal: Signals[signal-1], Side: kind >> 8 & 0xff, Stride: max(1, kind>>16), First: at(1), Rows: at(2), Columns: at(3)}
	values := (len(b) - header) / 4
	if f.Columns > 0 && f.Rows > values/f.Columns {
		return Block{}, 0, fmt.Errorf("wire: a block says %d rows of %d, and %d values follow", f.Rows, f.Columns, values)
	}
	size := header + 4*f.Rows*f.Columns
	for i := header; i < size; i += 4 {
		f.Values = append(f.Values, math.Float32frombits(binary.LittleEndian.Uint32(b[i:])))
	}
	return f, size, nil
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
