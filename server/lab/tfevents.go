package lab

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"unmixlab/sim/train"
)

// Fields of TensorBoard's messages Event, Summary and Summary.Value.
const (
	eventWallTime, eventStep, eventFileVersion, eventSummary protowire.Number = 1, 2, 3, 5

	summaryValue protowire.Number = 1

	valueTag, valueSimple protowire.Number = 1, 2
)

// WriteEvents writes metrics in the format of TensorBoard's event files: TFRecords,
// each an Event in protocol buffers' encoding. Scalars "loss" and "grad_norm" stand
// at the step of their batch; values that are no numbers are left out.
func WriteEvents(w io.Writer, began time.Time, batches []train.Progress) error {
	wall := float64(began.UnixMilli()) / 1000
	version := appendBytes(appendTime(nil, wall), eventFileVersion, []byte("brain.Event:2"))
	if err := writeRecord(w, version); err != nil {
		return err
	}
	for _, p := range batches {
		wall += p.Seconds
		var summary []byte
		summary = appendScalar(summary, "loss", p.Loss)
		summary = appendScalar(summary, "grad_norm", p.GradNorm)
		if summary == nil {
			continue
		}
		event := appendTime(nil, wall)
		event = protowire.AppendTag(event, eventStep, protowire.VarintType)
		event = protowire.AppendVarint(event, uint64(p.Batch))
		if err := writeRecord(w, appendBytes(event, eventSummary, summary)); err != nil {
			return err
		}
	}
	return nil
}

func appendTime(event []byte, wall float64) []byte {
	event = protowire.AppendTag(event, eventWallTime, protowire.Fixed64Type)
	return protowire.AppendFixed64(event, math.Float64bits(wall))
}

// appendScalar appends a value to a summary, unless it is no number.
func appendScalar(summary []byte, tag string, x float64) []byte {
	if finite(x) == nil {
		return summary
	}
	value := appendBytes(nil, valueTag, []byte(tag))
	value = protowire.AppendTag(value, valueSimple, protowire.Fixed32Type)
	value = protowire.AppendFixed32(value, math.Float32bits(float32(x)))
	return appendBytes(summary, summaryValue, value)
}

func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), v)
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
