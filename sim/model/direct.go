package model

// direct is the LSTM alone: its readout is the output of the same step. The LSTM
// sees x only, for y is not there yet.
type direct struct {
	fromZero
	y, l rows
}

var directVariant = variant{weights: noWeights, build: newDirect, published: published{class: "DirectDemixNet", settings: directSettings}}

func directSettings(p Published) {
	p.Spec.Dim = p.Rows("readout.weight")
}

func newDirect(b *builder) pathway {
	_, y, l := b.shared()
	return &direct{y: y, l: l}
}

func (p *direct) pack()                               {}
func (p *direct) respond([]float32)                   {}
func (p *direct) modulate(now, _ []float32)           { copy(p.y.of(now), p.l.of(now)) }
func (p *direct) forget()                             {}
func (p *direct) modulateBack(dl, dy, _, _ []float32) { copy(dl, dy) }
func (p *direct) respondBack([]float32, []float32)    {}
func (p *direct) settle()                             {}
