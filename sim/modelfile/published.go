package modelfile

import (
	"fmt"
	"math"

	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// published tells how the network of each published class is built.
var published map[string]func(a *attributes) (*model.Network, error)

func init() { // breaks the circle: findClass needs the table's names
	published = map[string]func(a *attributes) (*model.Network, error){
		"UnmixingModel":  importUnmixing,
		"ModulationNet":  importModulation,
		"SpatialNet":     importSpatial,
		"DaleRateNet":    importDale,
		"DirectDemixNet": importDirect,
	}
}

// recurrent are the published names of the LSTM's and its readout's tensors.
var recurrent = map[string]string{
	"lstm.weight_ih": "rec_net.weight_ih_l0", "lstm.weight_hh": "rec_net.weight_hh_l0",
	"lstm.bias_ih": "rec_net.bias_ih_l0", "lstm.bias_hh": "rec_net.bias_hh_l0",
	"readout.weight": "hidden2out.weight", "readout.bias": "hidden2out.bias",
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
	for ours, theirs := range recurrent {
		b.take(ours, theirs)
	}
	b.spec.Hidden = b.columns("lstm.weight_hh")
	b.spec.Noise = b.value("mix_noise", b.spec.Noise)
	b.spec.Tau = b.value("tau", 1)
	for _, c := range []struct {
		name string
		must float64
	}{{"num_layers", 1}, {"bidirectional", 0}, {"proj_size", 0}} {
		lstm, _ := entry(a.module.state["_modules"], "rec_net").(*object)
		if lstm == nil {
			break // its tensors are missing, which take has said
		}
		v, err := (&attributes{module: lstm}).number(c.name, c.must)
		if err == nil && v != c.must {
			err = fmt.Errorf("its LSTM has %s %g, must be %g", c.name, v, c.must)
		}
		b.fail(err)
	}
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
	b.tensors = append(b.tensors, NamedTensor{ours, t.shape, t.rowMajor()})
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

func (b *building) value(name string, fallback float64) float64 {
	v, err := b.number(name, fallback)
	b.fail(err)
	return v
}

// learns adds a part to those learned where the published flag is set.
func (b *building) learns(part, flag string) {
	if b.value(flag, 0) != 0 {
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
	switch input, _ := b.module.state["input_to_net"].(string); {
	case input != "":
		b.spec.Input = input
	case dim > 0 && b.columns("lstm.weight_ih") == dim:
		b.spec.Input = "x"
	}
	if b.err != nil {
		return nil, b.err
	}
	return assemble(b.spec, b.tensors)
}

func importUnmixing(a *attributes) (*model.Network, error) {
	b := begin(a, spec.Unmixing)
	b.spec.Tau = 1
	return b.finish(int(math.Round(math.Sqrt(float64(b.rows("readout.weight"))))))
}

func importDirect(a *attributes) (*model.Network, error) {
	b := begin(a, spec.Direct)
	b.spec.Tau = 1
	return b.finish(b.rows("readout.weight"))
}

func importModulation(a *attributes) (*model.Network, error) {
	b := begin(a, spec.Modulation)
	b.take("W0", "w0")
	b.spec.Additive = b.value("add", 0) != 0
	return b.finish(b.rows("W0"))
}

func importSpatial(a *attributes) (*model.Network, error) {
	b := begin(a, spec.Spatial)
	b.take("W_x", "w0")
	b.take("W_ro", "Wro")
	b.spec.Learn = nil
	b.learns("baseline", "learn_baseline")
	b.learns("readout", "learn_ro")
	b.kernel(b.rows("W_x"))
	return b.finish(b.columns("W_x"))
}

// importDale represents the published product w_inh of the two inhibitory matrices
// by as many inhibitory as lower-level units, each driven by one of them.
func importDale(a *attributes) (*model.Network, error) {
	b := begin(a, spec.Dale)
	b.take("W_Lx", "wx")
	b.take("W_HL", "w0")
	b.take("W_HI", "w_inh")
	b.take("W_ro", "Wro")
	b.spec.Inhibition, b.spec.LowerUnits = 1, b.columns("W_HL")
	b.spec.Learn, b.spec.Lambda = nil, 0
	b.learns("baseline", "learn_baseline")
	b.learns("wx", "learn_wx")
	b.learns("readout", "learn_ro")
	switch target := b.value("mod_target", 0); target {
	case 0, 1, 2:
		b.spec.Target = []string{"both", "exc", "inh"}[int(target)]
	default:
		b.fail(fmt.Errorf("its mod_target is %g, must be 0, 1 or 2", target))
	}
	b.kernel(b.rows("W_HL"))
	if n := b.spec.LowerUnits; n <= 1000 {
		b.tensors = append(b.tensors, NamedTensor{"W_IL", []int{n, n}, identity(n)})
	}
	return b.finish(b.columns("W_Lx"))
}

func identity(n int) []float32 {
	out := make([]float32, n*n)
	for i := range n {
		out[i*n+i] = 1
	}
	return out
}

// kernel takes Wm (Z,M) and finds the width that made it, which the files do not keep.
func (b *building) kernel(units int) {
	b.take("K", "Wm")
	k := b.taken("K")
	b.spec.Units, b.spec.Feedback = units, k.Shape[1]
	if b.err != nil {
		return
	}
	if k.Shape[0] != units {
		b.fail(fmt.Errorf("its Wm has shape %v for %d units", k.Shape, units))
		return
	}
	width, ok := kernelWidth(k)
	if !ok {
		b.fail(fmt.Errorf("its Wm is no kernel of diffuse modulation, of any width"))
	}
	b.spec.Width = width
}

// kernelWidth inverts model.RingKernel.
func kernelWidth(k NamedTensor) (width float64, ok bool) {
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
			rounded := math.Round(w*1e4) / 1e4
			candidates = append(candidates, rounded, w)
			break
		}
	}
	for _, w := range candidates {
		if !(w >= 0 && w <= spec.Uniform) {
			continue
		}
		made, same := model.RingKernel(units, signals, w), true
		for i, v := range made {
			same = same && math.Abs(float64(v-k.Data[i])) < 1e-5
		}
		if same {
			return w, true
		}
	}
	return 0, false
}
