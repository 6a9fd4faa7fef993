package wire

import (
	"encoding/binary"
	"math"
	"slices"

	"unmixlab/server/hub"
	"unmixlab/sim/record"
)

// Signals are all that a frame can carry; a block's header numbers them from 1 on, in
// this order. "pc1" is a population's first principal component, whitened; recordings
// of runs have none.
var Signals = []string{"s", "x", "y", "w", "m", "l", "p", "z", "z_L", "z_H", "pc1"}

// Shown are the signals sent unless a client asks for others.
var Shown = []string{"s", "x", "y", "w", "m", "l", "p", "pc1"}

// Block is some of a signal's samples on one side: rows Stride samples apart, the
// first of them at sample First.
type Block struct {
	Signal               string
	Side                 int // 0 is the network, 1 its twin
	Stride               int // samples from row to row
	First, Rows, Columns int
	Values               []float32 // (Rows, Columns), row-major
}

// header is the length in bytes of what stands before a block's values: its kind, first
// sample, rows and columns, each a uint32, little-endian. The kind is the number of the
// signal, the side shifted by 8 bits and the stride shifted by 16.
const header = 16

// Frame is a binary message of blocks, one after the other.
func Frame(blocks []Block) hub.Message {
	size := 0
	for _, b := range blocks {
		size += header + 4*len(b.Values)
	}
	out := make([]byte, 0, size)
	for _, b := range blocks {
		kind := slices.Index(Signals, b.Signal) + 1 | b.Side<<8 | b.Stride<<16
		for _, v := range []int{kind, b.First, b.Rows, b.Columns} {
			out = binary.LittleEndian.AppendUint32(out, uint32(v))
		}
		for _, v := range b.Values {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return hub.Message{Data: out}
}

// Place is where a recording stands in what is shown, and how wide signals are thinned.
type Place struct {
	Side   int
	First  int // number of the recording's first sample
	Stride int // of signals with more than Narrow columns: one sample in so many is kept
}

// Narrow is the largest width of a signal of which every sample is sent.
const Narrow = 16

// Blocks are those of the wanted signals that a recording has. Thinned ones keep the
// samples whose numbers the stride divides, so that frame follows upon frame; one that
// keeps none is left out.
func Blocks(rec *record.Recording, at Place, wanted []string) []Block {
	var blocks []Block
	for _, name := range wanted {
		if s := rec.Signal(name); s != nil && s.Width > 0 {
			if b := at.Block(name, s.Width, s.Data); b.Rows > 0 {
				blocks = append(blocks, b)
			}
		}
	}
	return blocks
}

// Block is a signal's (T, columns) values, thinned where it is wide.
func (at Place) Block(signal string, columns int, values []float32) Block {
	b := Block{Signal: signal, Side: at.Side, Stride: 1, First: at.First, Rows: len(values) / columns, Columns: columns, Values: values}
	if columns <= Narrow || at.Stride <= 1 {
		return b
	}
	skip := (at.Stride - at.First%at.Stride) % at.Stride // up to the first number that the stride divides
	kept := make([]float32, 0, len(values)/at.Stride+columns)
	for t := skip; t < b.Rows; t += at.Stride {
		kept = append(kept, values[t*columns:(t+1)*columns]...)
	}
	b.First, b.Stride, b.Rows, b.Values = at.First+skip, at.Stride, len(kept)/columns, kept
	return b
}
