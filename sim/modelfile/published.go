package modelfile

import (
	"fmt"
	"math"

	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// published tells how the network of each published class is built.
var published = importers()

func importers() map[string]func(a *attributes) (*model.Network, error) {
	all := map[string]func(a *attributes) (*model.Network, error){}
	for _, name := range spec.Models() {
		if class := model.PublishedClass(name); class != "" {
			all[class] = func(a *attributes) (*model.Network, error) { return importNetwork(a, name) }
		}
	}
	return all
}

// importNetwork builds a network of the named model.
func importNetwork(a *attributes, name string) (*model.Network, error) {
	b := begin(a, name)
	model.ReadPublished(model.Published{
		Spec: &b.spec, Rows: b.rows, Columns: b.columns, Number: b.value, Learns: b.learns, Kernel: b.kernel, Add: b.add, Fail: b.fail,
	})
	return b.finish(b.spec.Dim)
}

// building collects a network's spec and weights; the first error stays.
type building struct {
	*attributes
	spec    spec.Spec
	tensors []NamedTensor
	err     error
}

// begin reads what all models have in common.
func begin(a *attributes, name string) *building {
	b := &building{attributes: a, spec: spec.Default(name)}
	b.spec.Sources = a.sources
	for _, t := range model.PublishedTensors(name) {
		b.take(t.Ours, t.Theirs)
	}
	b.spec.Hidden = b.columns("lstm.weight_hh")
	b.spec.Noise = b.value("mix_noise", b.spec.Noise)
	if tau, _ := spec.FieldNamed("tau"); tau.Matters(name) {
		b.spec.Tau = b.value("tau", b.spec.Tau)
	}
	b.fail(a.oneLayer())
	return b
}

func (b *building) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// take copies a published tensor under the lab's name.
func (b *building) take(ours, theirs string) {
	t, err := b.tensor(theirs)
	if err != nil {
		b.fail(err)
		return
	}
	data, err := t.float32s()
	if err != nil {
		b.fail(fmt.Errorf("its %s cannot be read: %w", theirs, err))
		return
	}
	if t.precision() > 0 {
		b.low = t.storage.element
	}
	b.tensors = append(b.tensors, NamedTensor{ours, t.shape, data})
}

// add adds a tensor that the published code does not have.
func (b *building) add(name string, shape []int, data []float32) {
	b.tensors = append(b.tensors, NamedTensor{name, shape, data})
}

// taken is a tensor with two axes; an empty one where it is missing.
func (b *building) taken(name string) NamedTensor {
	for _, t := range b.tensors {
		if t.Name == name && len(t.Shape) == 2 {
			return t
		}
	}
	b.fail(fmt.Errorf("its %s is missing or is no matrix", name))
	return NamedTensor{Shape: []int{0, 0}}
}

func (b *building) rows(name string) int    { return b.taken(name).Shape[0] }
func (b *building) columns(name string) int { return b.taken(name).Shape[1] }

// value is a number of the file's; where it has none, the fallback, which a note says.
func (b *building) value(name string, fallback float64) float64 {
	v, told, err := b.number(name)
	b.fail(err)
	if !told {
		b.assumed = append(b.assumed, fmt.Sprintf("%s %g", name, fallback))
		return fallback
	}
	return v
}

// learns adds a part to those learned where the published flag is set.
func (b *building) learns(part, flag string) {
	v, _, err := b.number(flag)
	b.fail(err)
	if v != 0 {
		b.spec.Learn = append(b.spec.Learn, part)
	}
}

// finish makes the network for a number of sources.
func (b *building) finish(dim int) (*model.Network, error) {
	if dim > 8 {
		return nil, fmt.Errorf("it has %d sources, at most 8 are taken", dim)
	}
	b.spec.Dim = dim
	b.spec.Frequencies = spec.DefaultFrequencies(b.spec.Sources, dim)
	switch input := b.values["input_to_net"].(type) {
	case string:
		b.spec.Input = input
	case nil:
		if dim > 0 && b.columns("lstm.weight_ih") == dim && b.spec.Input != "x" {
			b.spec.Input = "x"
			b.assumed = append(b.assumed, "input_to_net x")
		}
	default:
		b.fail(fmt.Errorf(`its input_to_net is %s, must be "xy", "x" or "y"`, inWords(input)))
	}
	if b.err != nil {
		return nil, b.err
	}
	return assemble(b.spec, b.tensors)
}

// kernel finds the width that made Wm (Z,M), which the files do not keep.
func (b *building) kernel(units int) {
	k := b.taken("K")
	b.spec.Units, b.spec.Feedback = units, k.Shape[1]
	if b.err != nil {
		return
	}
	if k.Shape[0] != units {
		b.fail(fmt.Errorf("its Wm has shape %v for %d units", k.Shape, units))
		return
	}
	tolerance := 1e-5
	if t, err := b.tensor("Wm"); err == nil {
		tolerance = max(tolerance, t.precision())
	}
	width, ok := kernelWidth(k, tolerance)
	if !ok {
		b.fail(fmt.Errorf("its Wm is no kernel of diffuse modulation, of any width"))
	}
	b.spec.Width = width
}

// kernelWidth inverts model.RingKernel, to the tolerance of the kernel's numbers: of
// widths that agree, the one with the fewest digits.
func kernelWidth(k NamedTensor, tolerance float64) (width float64, ok bool) {
	units, signals := k.Shape[0], k.Shape[1]
	candidates := []float64{spec.Uniform}
	if signals <= units {
		candidates = append(candidates, 0)
	}
	// the first column is exp((cos(2πi/Z) - 1)/width): its smallest entries tell most
	for i := units / 2; i > 0; i-- {
		v := float64(k.Data[i*signals])
		if v > 1e-30 && v < 1 {
			w := (math.Cos(2*math.Pi*float64(i)/float64(units)) - 1) / math.Log(v)
			for _, digits := range []float64{1e1, 1e2, 1e3, 1e4} {
				candidates = append(candidates, math.Round(w*digits)/digits)
			}
			candidates = append(candidates, w)
			break
		}
	}
	for _, w := range candidates {
		if !(w >= 0 && w <= spec.Uniform) {
			continue
		}
		made, same := model.RingKernel(units, signals, w), true
		for i, v := range made {
			same = same && math.Abs(float64(v-k.Data[i])) <= tolerance
		}
		if same {
			return w, true
		}
	}
	return 0, false
}
