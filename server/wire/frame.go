package wire

import (
	"encoding/binary"
	"math"
	"slices"

	"unmixlab/server/hub"
	"unmixlab/sim/record"
)

// Signals are all that a frame can carry; a frame's header numbers them from 1 on, in
// this order. "pc1" is a population's first principal component, whitened; recordings
// of runs have none.
var Signals = []string{"s", "x", "y", "w", "m", "l", "p", "z", "z_L", "z_H", "pc1"}

// Shown are the signals sent unless a client asks for others.
var Shown = []string{"s", "x", "y", "w", "m", "l", "p", "pc1"}

// header is the length in bytes of what stands before a frame's values: the number of
// the signal, first sample, rows and columns, each a uint32, little-endian.
const header = 16

// Frame is a binary message of a signal's (rows, columns) values in row-major order,
// the first row at sample first.
func Frame(signal string, first, columns int, values []float32) hub.Message {
	b := make([]byte, 0, header+4*len(values))
	for _, v := range []int{slices.Index(Signals, signal) + 1, first, len(values) / columns, columns} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return hub.Message{Data: b}
}

// Frames are the frames of those of the wanted signals that a recording has, and
// their names. first is the number of the recording's first sample.
func Frames(rec *record.Recording, first int, wanted []string) (names []string, frames hub.Group) {
	for _, name := range wanted {
		if s := rec.Signal(name); s != nil && s.Width > 0 {
			names = append(names, name)
			frames = append(frames, Frame(name, first, s.Width, s.Data))
		}
	}
	return names, frames
}
