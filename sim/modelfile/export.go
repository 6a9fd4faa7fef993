package modelfile

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"unmixlab/sim/model"
)

// TorchFormat names the layout of files for PyTorch, in their metadata.
const TorchFormat = "unmixlab/torch/1"

// WriteTorch writes a network as a safetensors file for PyTorch: the LSTM and its readout
// as state dictionaries of torch.nn.LSTM (lstm.weight_ih_l0, lstm.weight_hh_l0,
// lstm.bias_ih_l0, lstm.bias_hh_l0; gates in PyTorch's order i, f, g, o) and
// torch.nn.Linear (readout.weight, readout.bias), the pathway's matrices under their own
// names. Those that the network uses by their absolute value are written so: no sign is
// left to settle. The metadata hold spec and provenance as in Write, the names of the
// tensors that were not trained as fixed, and the order of the gates.
func WriteTorch(w io.Writer, f *File) error {
	var tensors []NamedTensor
	fixed := []string{}
	for _, t := range f.Network.Params.Tensors {
		if i := notFinite(t.Data); i >= 0 {
			return notFiniteError(t.Name, t.Data[i], i)
		}
		name, values := torchName(t.Name), t.Data
		if model.ByAbsoluteValue(f.Network.Spec, t.Name) {
			values = model.Absolute(t.Data)
		}
		if !t.Learned {
			fixed = append(fixed, name)
		}
		tensors = append(tensors, NamedTensor{name, t.Shape, values})
	}
	slices.Sort(fixed)
	known := f.Provenance
	known.Weights = WeightsHash(f.Network)
	provenance, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("provenance: %w", err)
	}
	names, err := json.Marshal(fixed)
	if err != nil {
		return err
	}
	return WriteTensors(w, tensors, map[string]string{
		"format": TorchFormat, "spec": string(f.Network.Spec.JSON()), "provenance": string(provenance),
		"fixed": string(names), "gates": "i, f, g, o",
	})
}

// torchName is what PyTorch calls a tensor of the LSTM's only layer.
func torchName(name string) string {
	switch name {
	case "lstm.weight_ih", "lstm.weight_hh", "lstm.bias_ih", "lstm.bias_hh":
		return name + "_l0"
	}
	return name
}
