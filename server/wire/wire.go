// Package wire is what the lab's websockets carry: the one encoder of its messages,
// and a decoder that says what a client makes of them. Text messages are JSON objects
// with a type, the first of a socket a hello with the protocol's version; binary ones
// are frames, each of some signals' values. It knows neither runs nor connections.
package wire

import (
	"encoding/json"
	"errors"
	"math"

	"unmixlab/server/hub"
	"unmixlab/sim/data"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// Protocol is the version of what the websockets say.
const Protocol = 2

// Hello is the first message of a socket: the protocol, the numbers of the signals in
// its frames, and the fields of v.
func Hello(v any) hub.Message {
	kinds := map[string]int{}
	for i, name := range Signals {
		kinds[name] = i + 1
	}
	return object(struct {
		Type     string         `json:"type"`
		Protocol int            `json:"protocol"`
		Kinds    map[string]int `json:"kinds"`
	}{"hello", Protocol, kinds}, v)
}

// State tells how a run or a live session stands: the fields of v.
func State(v any) hub.Message { return object(typed{"state"}, v) }

// Refused says what is wrong with which field of a client's message.
func Refused(err error) hub.Message {
	var field spec.FieldError
	if !errors.As(err, &field) {
		field.Message = err.Error()
	}
	return object(typed{"error"}, field)
}

// View passes on how a presenter looks at a stage: v is a JSON object of the presenter's
// own making.
func View(v json.RawMessage) hub.Message {
	return object(typed{"view"}, struct {
		View json.RawMessage `json:"view"`
	}{v})
}

// Ended says that a stage is over, and why.
func Ended(words string) hub.Message {
	return object(typed{"ended"}, struct {
		Message string `json:"message"`
	}{words})
}

// Metrics is the message of a run's last batches: points are [batch, loss, grad_norm,
// seconds], means the running means of the last three up to each batch.
func Metrics(batches []train.Progress) hub.Message {
	points, means := make([]Numbers, len(batches)), make([]Numbers, len(batches))
	for i, p := range batches {
		points[i] = Numbers{float64(p.Batch), p.Loss, p.GradNorm, p.Seconds}
		means[i] = Numbers{p.Mean.Loss, p.Mean.GradNorm, p.Mean.Seconds}
	}
	return object(typed{"metrics"}, struct {
		Points []Numbers `json:"points"`
		Means  []Numbers `json:"means"`
	}{points, means})
}

// Activity is a recording as messages: what it is, then a frame with its signals. They
// are delivered together.
func Activity(batch int, rec *record.Recording) hub.Group {
	contexts := []Context{}
	for _, s := range rec.Contexts() {
		contexts = append(contexts, NewContext(s.Context, s.From, s.To))
	}
	blocks, names := Blocks(rec, Place{}, Shown), []string{}
	for _, b := range blocks {
		names = append(names, b.Signal)
	}
	head := object(typed{"activity"}, struct {
		Batch    int       `json:"batch"`
		Samples  int       `json:"samples"`
		Contexts []Context `json:"contexts"`
		Signals  []string  `json:"signals"`
	}{batch, rec.Samples, contexts, names})
	return hub.Group{head, Frame(blocks)}
}

// Context is a context and the weights that undo it, row by row.
type Context struct {
	From    int       `json:"from"`
	To      int       `json:"to"`
	A       []float64 `json:"a"`
	Inverse []float64 `json:"inverse"`
}

// NewContext is a context that lasts from one sample to another.
func NewContext(c data.Context, from, to int) Context {
	return Context{From: from, To: to, A: c.A, Inverse: c.Inverse()}
}

// Numbers are values of which some may be no finite number: null in JSON, and NaN
// when read back.
type Numbers []float64

func (n Numbers) MarshalJSON() ([]byte, error) {
	out := make([]*float64, len(n))
	for i, x := range n {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			out[i] = &x
		}
	}
	return json.Marshal(out)
}

func (n *Numbers) UnmarshalJSON(b []byte) error {
	var in []*float64
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*n = make(Numbers, len(in))
	for i, x := range in {
		if (*n)[i] = math.NaN(); x != nil {
			(*n)[i] = *x
		}
	}
	return nil
}

type typed struct {
	Type string `json:"type"`
}

// object is one JSON object with the fields of head and then those of v. Both are
// structs of kinds that JSON has.
func object(head, v any) hub.Message {
	b, err := json.Marshal(head)
	if err != nil {
		panic("wire: the head of a message: " + err.Error())
	}
	more, err := json.Marshal(v)
	if err != nil || more[0] != '{' {
		panic("wire: a message is no JSON object: " + string(more))
	}
	if len(more) > len("{}") {
		b = append(append(b[:len(b)-1], ','), more[1:]...)
	}
	return hub.Message{Text: true, Data: b}
}
