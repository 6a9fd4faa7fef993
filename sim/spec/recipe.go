package spec

// How a network can learn.
const (
	Paper = "paper" // the weights move once a context, at a constant rate
	Fast  = "fast"  // in any other way
)

// Recipe tells how a run learns: Paper, or Fast where the weights move more often than
// once a context, the rate changes over the run or after a jump of the loss, a change of
// feedback costs, or gradients are shortened as a whole.
func (s Spec) Recipe() string {
	if s.Between() < s.Steps || s.Schedule != "constant" || s.Warmup > 0 || s.Smooth > 0 || s.ClipNorm > 0 || s.OnSpike != "go_on" {
		return Fast
	}
	return Paper
}

// Between is the number of samples between two steps of Adam.
func (s Spec) Between() int {
	if s.Window == 0 {
		return s.Steps
	}
	return s.Window
}
