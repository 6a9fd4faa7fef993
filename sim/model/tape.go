package model

// rows is a range of a frame, in floats: row r of the quantity is the L floats from
// from + r*L on.
type rows struct {
	name     string
	from, to int
}

func (r rows) of(frame []float32) []float32 { return frame[r.from:r.to:r.to] }

// tape keeps every quantity of a run of steps, one frame a step, allocated once.
//
// A frame begins with the block that the LSTM's product reads: x (S rows), y (S),
// h of the step before (H), and a row of ones that multiplies the bias. Then l (M),
// the rows that the pathway registers, and in training the cell's six derivatives.
type tape struct {
	lanes  int
	stride int // floats a frame
	frames int
	data   []float32
	named  []rows
	states []rows // of named, those that a step leaves to the next
}

// add registers n rows under a name; only before alloc.
func (t *tape) add(name string, n int) rows {
	r := rows{name, t.stride, t.stride + n*t.lanes}
	t.stride = r.to
	t.named = append(t.named, r)
	return r
}

// state registers rows that a step leaves to the next: they start at zero, are carried
// from batch to batch, and stand in checkpoints in the order of registration.
func (t *tape) state(name string, n int) rows {
	r := t.add(name, n)
	t.states = append(t.states, r)
	return r
}

// alloc makes the frames, once all rows are registered.
func (t *tape) alloc(frames int) {
	t.frames = frames
	t.data = pages(frames * t.stride)
}

// frame is the rows of step n; a tape of few frames is used as a ring.
func (t *tape) frame(n int) []float32 {
	at := n % t.frames * t.stride
	return t.data[at : at+t.stride : at+t.stride]
}

// find gives the rows registered under a name; ok is false for an unknown name.
func (t *tape) find(name string) (rows, bool) {
	for _, r := range t.named {
		if r.name == name {
			return r, true
		}
	}
	return rows{}, false
}
