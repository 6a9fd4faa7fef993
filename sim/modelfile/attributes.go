package modelfile

import (
	"errors"
	"fmt"
	"strings"
)

// attributes reads what a file tells of its network, by the published names.
type attributes struct {
	values  map[string]any
	module  bool // saved whole; otherwise a state_dict
	sources string
	assumed []string // names and values of what the file does not tell
	low     *element // the type of weights in less than float32's precision
}

// tensor finds a tensor by its dotted name, among attributes, parameters and buffers.
func (a *attributes) tensor(name string) (*tensor, error) {
	if t := tensorOf(a.values[name]); t != nil {
		return t, nil
	}
	if v, ok := a.values[name]; ok && v != nil {
		return nil, fmt.Errorf("its %s is %s, must be a tensor", name, inWords(v))
	}
	if !a.module {
		return nil, fmt.Errorf("it has no tensor %q, which a state_dict of the published code may leave out: save the network whole, %s", name, saveWhole)
	}
	return nil, fmt.Errorf("it has no tensor %q", name)
}

// number reads a number or truth value, also from a tensor or an array with one value;
// told is false where it is absent.
func (a *attributes) number(name string) (v float64, told bool, err error) {
	switch v := a.values[name].(type) {
	case nil:
		return 0, false, nil
	case int:
		return float64(v), true, nil
	case float64:
		return v, true, nil
	case bool:
		if v {
			return 1, true, nil
		}
		return 0, true, nil
	case *tensor, *array:
		if x, ok := tensorOf(v).scalar(); ok {
			return x, true, nil
		}
	}
	return 0, false, fmt.Errorf("its %s is %s, must be a number, such as 100", name, inWords(a.values[name]))
}

// shape is a tensor's shape; nil where there is none of that name.
func (a *attributes) shape(name string) []int {
	if t := tensorOf(a.values[name]); t != nil {
		return t.shape
	}
	return nil
}

// infer tells the class of a state_dict from the tensors it has and their shapes.
func (a *attributes) infer() (class string, err error) {
	has := func(name string) bool { return tensorOf(a.values[name]) != nil }
	in, out := a.shape("rec_net.weight_ih_l0"), a.shape("hidden2out.weight")
	switch {
	case has("wx") || has("w_inh"):
		return "DaleRateNet", nil
	case has("Wro") || has("Wm"):
		return "SpatialNet", nil
	case has("w0"):
		return "ModulationNet", nil
	case len(in) == 2 && len(out) == 2 && in[1] == out[0] && out[0] != 4:
		return "DirectDemixNet", nil // as many inputs as outputs
	}
	return "", errors.New("it holds the weights of an LSTM and its readout, which several published networks have: " +
		`save the network whole, ` + saveWhole + `, or tell its class and fixed arrays as well, torch.save({"class": type(net).__name__, ` +
		`"state_dict": net.state_dict(), "settings": {k: v for k, v in vars(net).items() if k[0] != "_"}}, "net.pt")`)
}

// oneLayer refuses a recurrent network other than an LSTM of one layer.
func (a *attributes) oneLayer() error {
	if o, ok := a.values["rec_net"].(*object); ok && o.name != "LSTM" {
		return fmt.Errorf("its rec_net is a %s, must be an LSTM", o.name)
	}
	for _, c := range []struct {
		name, tensor string
		must         float64
	}{{"num_layers", "weight_ih_l1", 1}, {"bidirectional", "weight_ih_l0_reverse", 0}, {"proj_size", "weight_hr_l0", 0}} {
		v, told, err := a.number("rec_net." + c.name)
		if err != nil {
			return err
		}
		if told && v != c.must {
			return fmt.Errorf("its LSTM has %s %g, must be %g", c.name, v, c.must)
		}
		if tensorOf(a.values["rec_net."+c.tensor]) != nil {
			return fmt.Errorf("its LSTM has a %s: %s must be %g", c.tensor, c.name, c.must)
		}
	}
	ih, hh := a.shape("rec_net.weight_ih_l0"), a.shape(anchor)
	if len(ih) == 2 && len(hh) == 2 && ih[0] != 4*hh[1] {
		return fmt.Errorf("its rec_net has %d rows of weights for %d cells, an LSTM has 4 for each", ih[0], hh[1])
	}
	return nil
}

// note says how the network was found, and what was assumed.
func (a *attributes) note(class string) string {
	kind := "a PyTorch " + class
	if !a.module {
		kind = "the state_dict of " + kind
	}
	text := fmt.Sprintf("Imported from %s. The file does not tell its sources; %s are assumed.", kind, a.sources)
	if len(a.assumed) > 0 {
		text += " Nor does it tell the following, which is assumed: " + strings.Join(a.assumed, ", ") + "."
	}
	if a.low != nil {
		text += " Its weights were in " + a.low.name + "."
	}
	return text
}
