package app

import (
	"encoding/binary"
	"encoding/json"
	"math"

	"unmixlab/server/hub"
	"unmixlab/sim/data"
	"unmixlab/sim/record"
	"unmixlab/sim/train"
)

// protocol is the version of what the websockets say.
const protocol = 1

// kinds number the signals in the binary frames' headers.
var signalKinds = map[string]uint32{"s": 1, "x": 2, "y": 3, "w": 4, "m": 5, "l": 6, "p": 7, "z": 8, "z_L": 9, "z_H": 10, "pc1": 11}

// shownSignals are sent unless a client asks for others. "pc1" is the population's
// first principal component, whitened; recordings of runs have none.
var shownSignals = []string{"s", "x", "y", "w", "m", "l", "p", "pc1"}

// frameHeader is the length in bytes of what stands before a frame's values: kind,
// first sample, rows and columns, each a uint32, little-endian.
const frameHeader = 16

// frame is a binary message of (rows, columns) values in row-major order.
func frame(kind uint32, first, columns int, values []float32) hub.Message {
	b := make([]byte, frameHeader, frameHeader+4*len(values))
	binary.LittleEndian.PutUint32(b, kind)
	binary.LittleEndian.PutUint32(b[4:], uint32(first))
	binary.LittleEndian.PutUint32(b[8:], uint32(len(values)/columns))
	binary.LittleEndian.PutUint32(b[12:], uint32(columns))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return hub.Message{Data: b}
}

// signalFrames are the frames of those of the wanted signals that a recording has,
// and their names. first is the number of the recording's first sample.
func signalFrames(rec *record.Recording, first int, wanted []string) (names []string, frames hub.Group) {
	for _, name := range wanted {
		if s := rec.Signal(name); s != nil && s.Width > 0 {
			names = append(names, name)
			frames = append(frames, frame(signalKinds[name], first, s.Width, s.Data))
		}
	}
	return names, frames
}

// contextJSON is a context and the weights that undo it, row by row.
type contextJSON struct {
	From    int       `json:"from"`
	To      int       `json:"to"`
	A       []float64 `json:"a"`
	Inverse []float64 `json:"inverse"`
}

func newContextJSON(c data.Context, from, to int) contextJSON {
	return contextJSON{From: from, To: to, A: c.A, Inverse: c.Inverse()}
}

// textMessage is v as JSON; v is of kinds that JSON has.
func textMessage(v any) hub.Message {
	b, err := json.Marshal(v)
	if err != nil {
		panic("app: a message: " + err.Error())
	}
	return hub.Message{Text: true, Data: b}
}

// metricsGroup is the message of the last batches: [batch, loss, grad_norm, seconds].
func metricsGroup(ms []train.Progress) hub.Group {
	points := make([][4]*float64, len(ms))
	for i, m := range ms {
		points[i] = [4]*float64{finite(float64(m.Batch)), finite(m.Loss), finite(m.GradNorm), finite(m.Seconds)}
	}
	return hub.Group{textMessage(map[string]any{"type": "metrics", "points": points})}
}

// activityGroup is a recording as messages: what it is, then one binary frame for
// each signal. They are delivered together.
func activityGroup(batch int, rec *record.Recording) hub.Group {
	contexts := []contextJSON{}
	for _, s := range rec.Contexts() {
		contexts = append(contexts, newContextJSON(s.Context, s.From, s.To))
	}
	names, frames := signalFrames(rec, 0, shownSignals)
	head := textMessage(map[string]any{
		"type": "activity", "batch": batch, "samples": rec.Samples, "contexts": contexts, "signals": names,
	})
	return append(hub.Group{head}, frames...)
}
