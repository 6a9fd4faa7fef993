// Package train fits networks by backpropagation through whole contexts: smooth L1,
// clipping by value, Adam (Table 2 of the paper).
//
// The rows of a batch are split into fixed groups of kernel.Lanes; cores work on
// groups and their gradients are added in the groups' order. So the same spec, seed
// and kernel give the same loss curve bit by bit on any number of cores.
package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// Adam's constants, as published.
const (
	beta1 = 0.9
	beta2 = 0.999
	eps   = 1e-8
)

// Trainer trains one network, a batch a Step. It is used by one goroutine at a time;
// Step itself works on all cores, unless it is to keep to one.
type Trainer struct {
	net    *model.Network
	src    *data.Sources
	stream *data.Stream
	batch  data.Batch
	groups []*model.TapedGroup
	now    *data.Batch // being fitted
	from   int         // the sample with which its present window begins
	shares []func()    // of that window, one for each group
	wait   sync.WaitGroup
	parts  []float64   // loss by group
	inputs [][]float32 // stimuli (T,S,L) by group
	grad   []float32
	m, v   []float32 // Adam's moments
	losses []float64
	sorted [spikeSpan]float64 // the last of them
	kept   kept

	serial  bool     // groups one after the other
	kernels []string // that trained it so far, in order
}

// Progress is what one batch gave.
type Progress struct {
	Batch    int     // batches done
	Loss     float64 // sum over a context's samples of the mean smooth L1
	GradNorm float64 // Euclidean, before clipping; the largest of the context's windows
	Seconds  float64 // wall time of the batch
	Usual    float64 // median loss of the batches before; 0 in the first ones
	Back     int     // the batch whose weights it went back to, as the loss jumped; 0: none
	Mean     Means   // up to this batch, where whoever keeps the curve has taken them
}

// New starts a run from its spec's own seed; a spec that cannot be trained is a
// spec.Errors that names the fields.
func New(sp spec.Spec, src *data.Sources) (*Trainer, error) {
	if err := sp.Validate(); err != nil {
		return nil, err
	}
	t, err := newTrainer(sp, src)
	if err != nil {
		return nil, err
	}
	t.start()
	return t, nil
}

// start puts all rows into the states with which a run of this seed begins.
func (t *Trainer) start() {
	rng := rand.New(rand.NewPCG(t.net.Spec.Seed, 0x7374617274))
	for _, g := range t.groups {
		g.Start(rng)
	}
}

// newTrainer is a run with the weights of the spec's seed, before it has begun.
func newTrainer(sp spec.Spec, src *data.Sources) (*Trainer, error) {
	net, err := model.New(sp)
	if err != nil {
		return nil, err
	}
	stream, err := data.NewStream(sp, src)
	if err != nil {
		return nil, err
	}
	n := net.Params.Learned
	t := &Trainer{net: net, src: src, stream: stream, grad: make([]float32, n), m: make([]float32, n), v: make([]float32, n)}
	for i := range (sp.Batch + kernel.Lanes - 1) / kernel.Lanes {
		t.groups = append(t.groups, net.NewTapedGroup(sp.Between()))
		t.inputs = append(t.inputs, make([]float32, sp.Steps*sp.Dim*kernel.Lanes))
		t.shares = append(t.shares, func() {
			t.parts[i] = t.fitGroup(i)
			t.wait.Done()
		})
	}
	t.parts = make([]float64, len(t.groups))
	return t, nil
}

// Batch is the number of batches done.
func (t *Trainer) Batch() int { return len(t.losses) }

// Done tells whether all batches of the spec are trained.
func (t *Trainer) Done() bool { return t.Batch() >= t.net.Spec.Batches }

// Network is the network in training; its weights change with every Step.
func (t *Trainer) Network() *model.Network { return t.net }

// Sources are the ones it is trained on.
func (t *Trainer) Sources() *data.Sources { return t.src }

// Losses is the loss of every batch so far.
func (t *Trainer) Losses() []float64 { return t.losses }

// Bytes is what the tapes take in memory.
func (t *Trainer) Bytes() int {
	n := 0
	for _, g := range t.groups {
		n += g.Bytes()
	}
	return n
}

// Serially has Step keep to its caller's core, with the same result: for those who train
// as many networks at once as there are cores, and would wait for joins.
func (t *Trainer) Serially() { t.serial = true }

// Kernels are those that have trained the network, a change of kernel adding one.
func (t *Trainer) Kernels() []string { return t.kernels }

// Step trains one batch. An error means that no further context could be drawn.
func (t *Trainer) Step() (Progress, error) {
	begin := time.Now()
	if err := t.stream.Batch(t.Batch(), &t.batch); err != nil {
		return Progress{}, fmt.Errorf("batch %d: %w", t.Batch()+1, err)
	}
	t.noteKernel()
	usual := t.usual()
	loss, norm := t.fit(&t.batch)
	p := Progress{Batch: t.Batch(), Loss: loss, GradNorm: norm, Usual: usual}
	p.Back = t.mind(p)
	p.Seconds = time.Since(begin).Seconds()
	return p, nil
}

// noteKernel remembers by which kernel this batch is computed.
func (t *Trainer) noteKernel() {
	if name := kernel.Name(); !slices.Contains(t.kernels, name) {
		t.kernels = append(t.kernels, name)
	}
}

// fit goes forward and back through one batch, window by window, and moves the weights
// at the end of each. States go on from window to window, detached.
func (t *Trainer) fit(b *data.Batch) (loss, norm float64) {
	t.now = b
	for t.from = 0; t.from < t.net.Spec.Steps; t.from += t.net.Spec.Between() {
		part, n := t.fitWindow()
		loss, norm = loss+part, max(norm, n)
	}
	t.losses = append(t.losses, loss)
	return loss, norm
}

// fitWindow is fit for the window that begins at t.from.
func (t *Trainer) fitWindow() (loss, norm float64) {
	t.wait.Add(len(t.shares))
	for _, share := range t.shares {
		if t.serial {
			share()
		} else {
			go share()
		}
	}
	t.wait.Wait()
	copy(t.grad, t.groups[0].Grad.Flat)
	loss = t.parts[0]
	for i, g := range t.groups[1:] {
		kernel.Add(t.grad, g.Grad.Flat)
		loss += t.parts[i+1]
	}
	norm = kernel.Norm(t.grad)
	shorten(t.grad, norm, t.net.Spec.ClipNorm)
	t.move()
	return loss, norm
}

// shorten scales a gradient of Euclidean length norm down to the given length, where it
// is longer; a length of 0 leaves it as it is.
func shorten(grad []float32, norm, length float64) {
	if length > 0 && norm > length {
		kernel.ScaleAdd(grad, float32(length/norm-1), grad)
	}
}

// fitGroup is one group's share of a window; it returns its part of the loss.
func (t *Trainer) fitGroup(i int) float64 {
	g, sp := t.groups[i], &t.net.Spec
	if t.from == 0 {
		t.now.Stimuli(t.inputs[i], sp.Dim*kernel.Lanes, i, kernel.Lanes)
	}
	row := sp.Dim * kernel.Lanes
	for n := range g.Steps {
		copy(g.X(n), t.inputs[i][(t.from+n)*row:])
	}
	g.Pack()
	g.Forward()
	loss := g.Backward(model.Loss{
		Target: t.now.S, From: t.from, Active: min(kernel.Lanes, sp.Batch-i*kernel.Lanes),
		BatchRows: sp.Batch, // costs are means over rows, as the error is
		Lambda:    float32(sp.Lambda / float64(sp.Batch)), Smooth: float32(sp.Smooth / float64(sp.Batch)),
	})
	g.Carry()
	return loss
}

// move clips the gradient's values and takes Adam's step.
func (t *Trainer) move() {
	sp := t.net.Spec
	windows := sp.Steps / sp.Between()
	n := t.Batch()*windows + t.from/sp.Between()
	step := float64(n + 1)
	kernel.Adam(t.net.Params.Flat[:t.net.Params.Learned], t.grad, t.m, t.v, kernel.AdamStep{
		Rate: float32(t.slowed() * rate(sp, step, float64(sp.Batches*windows))), Beta1: beta1, Beta2: beta2, Eps: eps, Clip: float32(sp.Clip),
		Bias1: float32(1 - math.Pow(beta1, step)), Bias2: float32(1 - math.Pow(beta2, step)),
	})
}
