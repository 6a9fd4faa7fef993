package modelfile

import (
	"encoding/binary"
	"math"
)

// element is a type of numbers as they lie in a file.
type element struct {
	size      int                                            // bytes
	precision float64                                        // relative, of one value; 0 for what float32 holds or rounds
	name      string                                         // as a note says it, where the precision is low
	value     func(b []byte, order binary.ByteOrder) float64 // nil for a type that is not read
}

// elements by PyTorch's names of their storages.
var elements = map[string]*element{
	"FloatStorage":    {size: 4, value: func(b []byte, o binary.ByteOrder) float64 { return float64(math.Float32frombits(o.Uint32(b))) }},
	"DoubleStorage":   {size: 8, value: func(b []byte, o binary.ByteOrder) float64 { return math.Float64frombits(o.Uint64(b)) }},
	"HalfStorage":     {size: 2, precision: 0x1p-11, name: "half precision", value: func(b []byte, o binary.ByteOrder) float64 { return half(o.Uint16(b)) }},
	"BFloat16Storage": {size: 2, precision: 0x1p-8, name: "bfloat16", value: bfloat16},
	"BoolStorage":     {size: 1, value: func(b []byte, _ binary.ByteOrder) float64 { return float64(min(b[0], 1)) }},
	"ByteStorage":     {size: 1, value: func(b []byte, _ binary.ByteOrder) float64 { return float64(b[0]) }},
	"CharStorage":     {size: 1, value: func(b []byte, _ binary.ByteOrder) float64 { return float64(int8(b[0])) }},
	"ShortStorage":    {size: 2, value: func(b []byte, o binary.ByteOrder) float64 { return float64(int16(o.Uint16(b))) }},
	"IntStorage":      {size: 4, value: func(b []byte, o binary.ByteOrder) float64 { return float64(int32(o.Uint32(b))) }},
	"LongStorage":     {size: 8, value: func(b []byte, o binary.ByteOrder) float64 { return float64(int64(o.Uint64(b))) }},
	"UInt16Storage":   {size: 2, value: func(b []byte, o binary.ByteOrder) float64 { return float64(o.Uint16(b)) }},
	"UInt32Storage":   {size: 4, value: func(b []byte, o binary.ByteOrder) float64 { return float64(o.Uint32(b)) }},
	"UInt64Storage":   {size: 8, value: func(b []byte, o binary.ByteOrder) float64 { return float64(o.Uint64(b)) }},

	"ComplexHalfStorage": {size: 4}, "ComplexFloatStorage": {size: 8}, "ComplexDoubleStorage": {size: 16}, "UntypedStorage": {size: 1},
	"QInt8Storage": {size: 1}, "QUInt8Storage": {size: 1}, "QInt32Storage": {size: 4}, "QUInt4x2Storage": {size: 1}, "QUInt2x4Storage": {size: 1},
}

// half is IEEE 754's binary16: one bit of sign, five of exponent, ten of fraction.
func half(bits uint16) float64 {
	fraction, exponent := float64(bits&0x3ff), int(bits>>10&0x1f)
	var v float64
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		if v = math.Inf(1); fraction > 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if bits>>15 == 1 {
		return -v
	}
	return v
}

// bfloat16 is the upper half of a float32.
func bfloat16(b []byte, order binary.ByteOrder) float64 {
	return float64(math.Float32frombits(uint32(order.Uint16(b)) << 16))
}
