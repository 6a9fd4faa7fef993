package model

import "unmixlab/sim/spec"

// published is how the published code keeps a network of a variant. Variants that it
// does not have leave it empty.
type published struct {
	class    string          // its Python class
	tensors  []Renamed       // those of the pathway
	settings func(Published) // takes what only this variant has
}

// Renamed is a tensor's name in the lab and in the published code.
type Renamed struct{ Ours, Theirs string }

// Published is a network in the published code's format, as far as a variant asks
// about it: its settings are to be found from its tensors, named as in the lab, and
// its attributes.
type Published struct {
	Spec          *spec.Spec                                       // to be filled in
	Rows, Columns func(tensor string) int                          // of a matrix
	Number        func(name string, otherwise float64) float64     // an attribute
	Learns        func(part, flag string)                          // adds a part to those learned where the flag is set
	Kernel        func(units int)                                  // finds the width that made K (Z,M)
	Add           func(tensor string, shape []int, data []float32) // a tensor that the published code lacks
	Fail          func(error)
}

// PublishedClass is the published code's class for a model; "" where it has none.
func PublishedClass(model string) string { return variants[model].published.class }

// PublishedTensors are the names of a model's tensors in the lab and in the published code.
func PublishedTensors(model string) []Renamed {
	return append([]Renamed{
		{"lstm.weight_ih", "rec_net.weight_ih_l0"}, {"lstm.weight_hh", "rec_net.weight_hh_l0"},
		{"lstm.bias_ih", "rec_net.bias_ih_l0"}, {"lstm.bias_hh", "rec_net.bias_hh_l0"},
		{"readout.weight", "hidden2out.weight"}, {"readout.bias", "hidden2out.bias"},
	}, variants[model].published.tensors...)
}

// ReadPublished finds the settings that differ from model to model in what shows them,
// the number of sources Dim among them.
func ReadPublished(p Published) { variants[p.Spec.Model].published.settings(p) }
