package spec

import (
	"fmt"
	"strings"
)

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

// RecipeWords say in what a run's recipe differs from the paper's, for those who read how
// a network was trained.
func (s Spec) RecipeWords() string {
	if s.Recipe() == Paper {
		return "paper's recipe"
	}
	var how []string
	if s.Between() < s.Steps {
		how = append(how, fmt.Sprintf("weights move every %d samples", s.Between()))
	}
	if s.Schedule != "constant" {
		how = append(how, s.Schedule+" rate")
	}
	if s.Warmup > 0 {
		how = append(how, fmt.Sprintf("warm-up over %g %% of the run", 100*s.Warmup))
	}
	if s.ClipNorm > 0 {
		how = append(how, fmt.Sprintf("gradients of length %g at most", s.ClipNorm))
	}
	if s.Smooth > 0 {
		how = append(how, "changes of feedback cost")
	}
	if s.OnSpike != "go_on" {
		how = append(how, "half the rate after a jump of the loss")
	}
	return "fast recipe: " + strings.Join(how, ", ")
}

// Between is the number of samples between two steps of Adam.
func (s Spec) Between() int {
	if s.Window == 0 {
		return s.Steps
	}
	return s.Window
}
