package lab

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"time"

	"unmixlab/sim/train"
)

// WriteEvents writes metrics in the format of TensorBoard's event files: TFRecords,
// each an Event in protocol buffers' encoding. Scalars "loss" and "grad_norm" stand
// at the step of their batch; values that are no numbers are left out.
func WriteEvents(w io.Writer, began time.Time, ms []train.Progress) error {
	wall := float64(began.UnixMilli()) / 1000
	version := protoDouble(nil, 1, wall)
	version = protoBytes(version, 3, []byte("brain.Event:2"))
	if err := writeRecord(w, version); err != nil {
		return err
	}
	for _, m := range ms {
		wall += m.Seconds
		var summary []byte
		summary = scalar(summary, "loss", m.Loss)
		summary = scalar(summary, "grad_norm", m.GradNorm)
		if summary == nil {
			continue
		}
		event := protoDouble(nil, 1, wall)
		event = protoVarint(event, 2, uint64(m.Batch))
		event = protoBytes(event, 5, summary)
		if err := writeRecord(w, event); err != nil {
			return err
		}
	}
	return nil
}

// scalar appends a Summary.Value: tag (field 1) and simple_value (field 2).
func scalar(summary []byte, tag string, x float64) []byte {
	if finite(x) == nil {
		return summary
	}
	value := protoBytes(nil, 1, []byte(tag))
	value = append(value, 2<<3|5)
	value = binary.LittleEndian.AppendUint32(value, math.Float32bits(float32(x)))
	return protoBytes(summary, 1, value)
}

func protoVarint(b []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(append(b, byte(field<<3)), v)
}

func protoDouble(b []byte, field int, x float64) []byte {
	return binary.LittleEndian.AppendUint64(append(b, byte(field<<3|1)), math.Float64bits(x))
}

func protoBytes(b []byte, field int, v []byte) []byte {
	b = binary.AppendUvarint(append(b, byte(field<<3|2)), uint64(len(v)))
	return append(b, v...)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is TFRecord's checksum: CRC-32C turned and shifted, so that a checksum of
// data that holds checksums is not a special one.
func masked(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// writeRecord writes length, its checksum, data and their checksum.
func writeRecord(w io.Writer, data []byte) error {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	b = binary.LittleEndian.AppendUint32(b, masked(b))
	b = append(b, data...)
	b = binary.LittleEndian.AppendUint32(b, masked(data))
	_, err := w.Write(b)
	return err
}
