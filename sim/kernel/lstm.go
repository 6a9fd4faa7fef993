package kernel

// An LSTM holds the weights W (4H,K) of a layer of H LSTM cells, gates in the
// order i, f, g, o, as the implementation reads them. One goroutine may use it
// at a time.
type LSTM struct {
	set                 *set
	units, inner, lanes int
	gates               *Panel    // W, where the gates go through memory,
	pre                 []float32 // and these (4H,L)
	blocks              []float32 // W, where they stay in registers: (cells, K, 4 gates of each)
}

// NewLSTM returns a layer of zeros for H = units and K = inner, with L = lanes,
// which is Lanes or 1, for the implementation in use.
func NewLSTM(units, inner, lanes int) *LSTM { return active.newLSTM(units, inner, lanes) }

func (s *set) newLSTM(units, inner, lanes int) *LSTM {
	l := &LSTM{set: s, units: units, inner: inner, lanes: lanes}
	if s.cells > 0 && lanes == Lanes {
		require(units >= 0 && inner >= 0)
		padded := (units + s.cells - 1) / s.cells * s.cells
		l.blocks = aligned(4 * padded * inner)
		return l
	}
	l.gates, l.pre = s.newPanel(4*units, inner, lanes), aligned(4*units*lanes)
	return l
}

// Pack sets W[r][k] = w[r*stride+k].
func (l *LSTM) Pack(w []float32, stride int) {
	if l.gates != nil {
		l.gates.Pack(w, stride)
		return
	}
	if len(l.blocks) == 0 {
		return
	}
	require(stride >= l.inner && len(w) >= (4*l.units-1)*stride+l.inner)
	width := 4 * l.set.cells
	for u := range l.units {
		first := u % l.set.cells
		to := l.blocks[4*(u-first)*l.inner+4*first:]
		for gate := range 4 {
			for k := range l.inner {
				to[k*width+gate] = w[(gate*l.units+u)*stride+k]
			}
		}
	}
}

// Step advances the cells: src (K,L) holds their inputs, h and c (H,L) the
// states, c in place.
//
//	i, f, g, o = W·src
//	i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
//	c = f*c + i*tanh(g)
//	h = o*tanh(c)
func (l *LSTM) Step(h, c, src []float32) {
	n := l.units * l.lanes
	require(len(h) >= n && len(c) >= n && len(src) >= l.inner*l.lanes)
	switch {
	case l.gates != nil:
		l.gates.Mul(l.pre, src)
		l.set.cell(h[:n], c, l.pre)
	case n > 0:
		l.set.lstm(h, c, l.blocks, src, l.units, l.inner)
	}
}

// StepTape does what [LSTM.Step] does and keeps what [CellBack] needs: tape
// (6,H,L) is, with g for tanh(g),
//
//	Pi = g*(i-i²)   Pf = c*(f-f²), c before   Pg = i-i*g²
//	Po = h-h*o      Pc = o-h*tanh(c)          f
func (l *LSTM) StepTape(h, c, tape, src []float32) {
	n := l.units * l.lanes
	require(len(h) >= n && len(c) >= n && len(tape) >= 6*n && len(src) >= l.inner*l.lanes)
	switch {
	case l.gates != nil:
		l.gates.Mul(l.pre, src)
		l.set.cellTape(h[:n], c, tape, l.pre)
	case n > 0:
		l.set.lstmTape(h, c, tape, l.blocks, src, l.units, l.inner)
	}
}
