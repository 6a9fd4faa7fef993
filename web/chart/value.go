package chart

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// Value is a number in an option or a table: five significant digits, and null
// when it is not finite.
type Value float64

// MarshalJSON writes null for NaN and for infinities.
func (v Value) MarshalJSON() ([]byte, error) {
	x := float64(v)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 5, 64), 64)
	return json.Marshal(rounded)
}

// Values converts a list.
func Values(x []float64) []Value {
	v := make([]Value, len(x))
	for i := range x {
		v[i] = Value(x[i])
	}
	return v
}

// pairs are the points of a line or a scatter.
func pairs(x, y []float64) [][2]Value {
	p := make([][2]Value, len(x))
	for i := range x {
		p[i] = [2]Value{Value(x[i]), Value(y[i])}
	}
	return p
}

// encode writes an option without escaping <, > and &.
func encode(option map[string]any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(option); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
