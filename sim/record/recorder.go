package record

import (
	"slices"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// recorder runs a group whose lanes each have a place in the sources, a context and
// noise of their own, and copies the signals of every step out of the lanes.
type recorder struct {
	group *model.Group
	src   *data.Sources
	lanes []lane
	names []string
	step  int
}

// lane is what one row of a group is given.
type lane struct {
	sample  int             // next sample of the sources
	now     [][]float32     // the S sources' present sample, views of length 1
	context [1]data.Context // once a phase has begun
	noise   float32
	normal  data.Normal
	swapped bool // the sources come in reverse order
	out     *Recording
}

func newRecorder(n *model.Network, src *data.Sources, lanes int, hidden bool) (*recorder, error) {
	if len(src.Signals) < n.Spec.Dim {
		return nil, spec.FieldError{Field: "sources", Message: "are fewer than the network separates"}
	}
	r := &recorder{group: n.NewGroup(lanes), src: src, lanes: make([]lane, lanes), names: []string{"x", "y"}}
	for i := range r.lanes {
		r.lanes[i].now = make([][]float32, n.Spec.Dim)
	}
	if hidden && n.Spec.Trainable() {
		r.names = append(r.names, "h")
	}
	r.names = append(r.names, model.Signals(n.Spec)...)
	return r, nil
}

// fork goes on from where r stands, for a network with the weights of r's own.
func (r *recorder) fork(n *model.Network) *recorder {
	f := &recorder{group: r.group.Fork(n), src: r.src, lanes: slices.Clone(r.lanes), names: r.names, step: r.step}
	for i := range f.lanes {
		f.lanes[i].now, f.lanes[i].out = make([][]float32, n.Spec.Dim), nil
	}
	return f
}

// begin puts a lane to the first sample.
func (r *recorder) begin(i int, seed uint64, sample int, noise float64) {
	l := &r.lanes[i]
	l.sample, l.noise = sample, float32(noise)
	l.normal.Seed(seed, 0x7265636f7264)
	r.group.Reset(i, gainSource(seed), 0.1)
}

// enter begins a phase in a lane.
func (r *recorder) enter(i int, p Phase) {
	r.setContext(i, p.Context)
	r.group.Freeze(i, p.Frozen)
}

func (r *recorder) setContext(i int, c data.Context) {
	r.lanes[i].context[0] = c
	r.group.SetContext(i, c.Inverse)
}

// recording makes room for T samples of every signal.
func (r *recorder) recording(samples int) *Recording {
	sp := r.group.Net.Spec
	rec := &Recording{Spec: sp, Samples: samples}
	rec.Signals = append(rec.Signals, Signal{"s", sp.Dim, make([]float32, samples*sp.Dim)})
	for _, name := range r.names {
		width := len(r.group.Rows(name, 0)) / r.group.Lanes
		rec.Signals = append(rec.Signals, Signal{name, width, make([]float32, samples*width)})
	}
	return rec
}

// advance runs one step and writes it to row `at` of the lanes' recordings; lanes
// whose recording is over, or that have none, run along unseen.
func (r *recorder) advance(at int) {
	dim, n := r.group.Net.Spec.Dim, r.group.Lanes
	x := r.group.X(r.step)
	for i := range r.lanes {
		if l := &r.lanes[i]; l.out != nil && at < l.out.Samples {
			l.mix(x[i:], n, r.src, l.out.Signals[0].Data[at*dim:(at+1)*dim])
		}
	}
	r.group.Step(r.step)
	for k, name := range r.names {
		r.copyOut(k+1, at, r.group.Rows(name, r.step))
	}
	r.step++
}

// mix writes the sources s (S) of the lane's next sample and their stimuli, which are
// `pitch` floats apart.
func (l *lane) mix(x []float32, pitch int, src *data.Sources, s []float32) {
	for j := range s {
		from := j
		if l.swapped {
			from = len(s) - 1 - j
		}
		s[j] = src.At(from, l.sample)
		l.now[j] = s[j : j+1]
	}
	if l.noise > 0 {
		data.Mix(x, 0, pitch, l.context[:], l.now, func() float32 { return l.noise * l.normal.Next() })
	} else {
		data.Mix(x, 0, pitch, l.context[:], l.now, nil)
	}
	l.sample++
}

// copyOut sorts the rows (N,L) of one step into the lanes' recordings.
func (r *recorder) copyOut(signal, at int, rows []float32) {
	n := r.group.Lanes
	for i := range r.lanes {
		rec := r.lanes[i].out
		if rec == nil || at >= rec.Samples {
			continue
		}
		s := &rec.Signals[signal]
		dst := s.Data[at*s.Width : (at+1)*s.Width]
		if n == 1 {
			copy(dst, rows)
			continue
		}
		for k := range dst {
			dst[k] = rows[k*n+i]
		}
	}
}
